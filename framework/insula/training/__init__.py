"""Model and windows to a trained model."""
