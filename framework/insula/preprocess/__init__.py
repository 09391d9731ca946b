"""Signal to Signal."""
