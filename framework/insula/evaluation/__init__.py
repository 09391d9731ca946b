"""Trained model and held-out windows to predictions, metrics and analyses."""
