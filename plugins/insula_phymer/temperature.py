"""PhyMERTemperature: skin temperature."""

from insula_phymer.wristband import WristbandReader


class PhyMERTemperature(WristbandReader):
    """Reads skin temperature (channel TEMP, 4 Hz), in degrees Celsius."""

    modality = "temp"
    channel, unit = "TEMP", "degC"
