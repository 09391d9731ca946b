"""PhyMEREDA: skin conductance."""

from insula_phymer.wristband import WristbandReader


class PhyMEREDA(WristbandReader):
    """Reads skin conductance (channel EDA, 4 Hz), which the file has in µS, in siemens."""

    modality = "eda"
    channel, unit, scale = "EDA", "S", 1e-6
