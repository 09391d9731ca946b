"""The generator: SYNTHETIC people who talk in IEMOCAP's layout, with a known effect of the emotion on the voice."""
