"""The kinds of files a manifest may name: what modality each holds, and what to type where one says no rate."""

AUDIO = (".wav", ".flac", ".ogg", ".mp3")
RECORDING = (".edf", ".bdf", ".fif", ".set")
MODALITIES = {
    **dict.fromkeys(AUDIO, "speech"),
    **dict.fromkeys(RECORDING, "eeg"),
    ".csv": "signal",
    ".npy": "features",
    ".parquet": "features",
}
"""Suffix to the modality of the column ``path``, unless ``dataset.modality`` names it."""
KNOWN = " ".join(MODALITIES)
SAY_RATE = (
    "say its rate to the reader: '+streams.NAME.reader={name: table_file, sfreq: HZ}' "
    "(for the column path_X also column: path_X)"
)
