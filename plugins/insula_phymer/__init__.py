"""PhyMER, and the Korean emotion recognition challenge of 2021, which has its signals."""

from insula import hookimpl


@hookimpl
def register_datasets():
    """Offer the two layouts."""
    return {
        "phymer": "insula_phymer.dataset:PhyMER",
        "kerc2021": "insula_phymer.challenge:KERC2021",
    }


@hookimpl
def register_readers():
    """Offer their readers, one per modality."""
    return {
        "phymer_eeg": "insula_phymer.eeg:PhyMEREEG",
        "phymer_eda": "insula_phymer.eda:PhyMEREDA",
        "phymer_bvp": "insula_phymer.bvp:PhyMERBVP",
        "phymer_temp": "insula_phymer.temperature:PhyMERTemperature",
        "phymer_hr": "insula_phymer.heart_rate:PhyMERHeartRate",
        "phymer_personality": "insula_phymer.personality:PhyMERPersonality",
    }
