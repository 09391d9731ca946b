"""Reader: loads the Signal of one modality of a trial."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

from insula.types import Signal, Trial


class Reader(ABC):
    """Loads one modality. Its constructor takes ``root`` and, after ``*``, its options.

    Parameters
    ----------
    root
        The folder (or manifest file) of the corpus; None for data that is made in memory.
    """

    reach: tuple[float, float] = (0.0, 0.0)
    """Seconds of past and future that one sample depends on, where the device has smoothed what it wrote."""

    def __init__(self, root: Path | None) -> None:
        self.root: Path = root  # type: ignore[assignment]  # None only for data that is made in memory

    @abstractmethod
    def read(self, trial: Trial) -> Signal | None:
        """Load the trial's whole recording, or return None where the trial lacks the modality.

        It is called once per recording; the framework cuts ``start`` to ``stop``. A file that is there but can't be
        read raises :class:`insula.SignalError` with its path: the run leaves it out, counts it and goes on.
        """

    def files(self, trial: Trial) -> Iterable[Path]:
        """Return the files that :meth:`read` opens: their contents decide whether prepared data is still good.

        By default all files below the root, which is right for any reader; name the trial's own files to prepare less
        again.
        """
        if self.root is None:
            return []
        folder = self.root if self.root.is_dir() else self.root.parent
        return sorted(path for path in folder.rglob("*") if path.is_file())
