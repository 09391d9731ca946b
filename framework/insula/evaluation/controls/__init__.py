"""Controls: what a result is shown beside, so that a reader can tell what it is worth."""
