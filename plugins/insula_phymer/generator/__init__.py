"""The generator: SYNTHETIC people, videos and signals in PhyMER's published layout, with a known effect or none."""
