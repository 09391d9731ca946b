"""Files on disk to Signals."""
