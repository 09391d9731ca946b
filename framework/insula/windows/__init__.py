"""Signals to windows, folds and batches."""
