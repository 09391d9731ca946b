"""EEG: cleaning and features, on MNE and SciPy."""

from insula import hookimpl


@hookimpl
def register_preprocessors():
    """Offer the steps on a recording, then the features of a window."""
    return {
        "despike": "insula_eeg.despike:Despike",
        "bandpass": "insula_eeg.bandpass:Bandpass",
        "notch": "insula_eeg.notch:Notch",
        "ica": "insula_eeg.ica:ICA",
        "average_reference": "insula_eeg.average_reference:AverageReference",
        "resample": "insula_eeg.resample:Resample",
        "band_power": "insula_eeg.band_power:BandPower",
        "differential_entropy": "insula_eeg.differential_entropy:DifferentialEntropy",
        "band_statistics": "insula_eeg.band_statistics:BandStatistics",
        "frontal_asymmetry": "insula_eeg.frontal_asymmetry:FrontalAsymmetry",
    }
