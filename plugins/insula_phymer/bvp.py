"""PhyMERBVP: blood volume pulse."""

from insula_phymer.wristband import WristbandReader


class PhyMERBVP(WristbandReader):
    """Reads the blood volume pulse (channel BVP, 64 Hz), in the nanowatts of light that the device measures."""

    modality = "bvp"
    channel, unit = "BVP", "nW"
