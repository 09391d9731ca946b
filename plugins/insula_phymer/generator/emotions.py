"""The seven emotions: how the label file spells them, and where they lie on arousal and valence."""

import numpy as np

EMOTIONS = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
AROUSAL = np.array([6.8, 5.5, 7.0, 6.2, 3.0, 3.8, 6.5])
VALENCE = np.array([2.6, 2.8, 3.0, 7.5, 5.2, 3.0, 5.8])
"""Typical ratings from 1 to 9: our assumption, after the circumplex of affect; PhyMER's own are not known here."""
LEVEL = (AROUSAL - AROUSAL.mean()) / AROUSAL.std()
"""Arousal by emotion with mean 0 and variance 1: what the body follows."""
