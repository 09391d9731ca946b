"""Readers: checks of a Reader."""

import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from insula.errors import InsulaError
from insula.plugin.testing.datasets import generated
from insula.plugin.testing.signals import equal
from insula.plugin.testing.specimen import Specimen, Tested
from insula.sources.dataset import Dataset
from insula.sources.reader import Reader
from insula.types import Signal, Trial


def check_reader(
    component: Tested | Reader,
    *,
    dataset: type[Dataset] | None = None,
    root: Path | str | None = None,
    trials: Sequence[Trial] | None = None,
    **options: Any,
) -> None:
    """Check a reader against its contract, on some trials of its dataset.

    Parameters
    ----------
    component
        The reader's class, or a reader.
    dataset
        The dataset that lists the trials; not needed where ``trials`` are given.
    root
        Where the files are; without one, ``dataset`` generates some if it needs files.
    trials
        The trials to read.
    **options
        Of the reader.
    """
    with tempfile.TemporaryDirectory() as folder:
        if root is None and dataset is not None and dataset.needs_root:
            root = generated(Specimen("datasets", dataset), Path(folder) / "generated")
        place = Path(root) if root is not None else None
        if trials is None:
            assert dataset is not None, "give the trials to read, or the dataset that lists them"
            trials = list(islice(Specimen("datasets", dataset, (place,)).build().trials(), 3))
        if isinstance(component, Reader):
            _check_read(Specimen("readers", type(component)), component, trials)
            return
        specimen = Specimen("readers", component, (place,), options)
        with specimen.trying("constructing it"):
            reader = specimen.build()
        _check_read(specimen, reader, trials)
        specimen.given = (Path(folder),)
        _check_missing(specimen, specimen.build(), trials)


def _check_read(specimen: Specimen, reader: Reader, trials: Sequence[Trial]) -> None:
    found = 0
    for trial in trials:
        with specimen.trying(f"read({trial.id!r})"):
            signal, again = reader.read(trial), reader.read(trial)
        if signal is None:
            specimen.expect(again is None, f"trial {trial.id!r} is there at one time and missing at another.")
            continue
        found += 1
        specimen.expect(
            isinstance(signal, Signal),
            f"read returned {type(signal).__name__}, not a Signal or None. Use Signal.of(...).",
        )
        specimen.expect(
            again is not None and equal(signal, again),
            "reading a trial twice gives two signals. Draw nothing while reading.",
        )
        specimen.expect(signal.n_times > 0, f"trial {trial.id!r} has no sample. Raise SignalError with the path.")
        specimen.expect(
            bool(signal.defined.any()),
            f"every sample of trial {trial.id!r} is undefined. Return None, or raise SignalError.",
        )
        specimen.expect(all(signal.units), "a channel has no unit. Give SI units, or '1' for what has none.")
        specimen.expect(
            signal.static or trial.start < signal.stop,
            f"the recording of trial {trial.id!r} ends before the trial starts ({trial.start} s).",
        )
        missing = [path for path in reader.files(trial) if not Path(path).is_file()]
        specimen.expect(not missing, f"files({trial.id!r}) names what isn't a file: {missing[:1]}")
    specimen.expect(
        found > 0, f"none of {len(trials)} trials has this modality. Check how the reader finds a trial's file."
    )


def _check_missing(specimen: Specimen, reader: Reader, trials: Sequence[Trial]) -> None:
    with specimen.trying("a trial whose file is missing (return None, or raise insula.SignalError with the path)"):
        try:
            reader.read(trials[0])
        except InsulaError:
            return
