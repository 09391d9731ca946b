"""Table: anyone's own data, from a manifest."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from insula import DataError, Dataset, SignalError, Trial
from insula_table.formats import KNOWN, MODALITIES
from insula_table.identity import recordings, trial_ids
from insula_table.labels import label_columns
from insula_table.manifest import PATH, Manifest, read_manifest

READER = "table_file"


class Table(Dataset):
    """Trials from a manifest, a CSV or Parquet file with one row per trial.

    Reserved columns: ``path`` (relative to the manifest's folder, or absolute) and ``path_<modality>`` for further
    modalities, empty where a trial lacks one; ``subject`` (needed: honest splits keep people apart); ``trial`` (else
    the file's stem, made longer where that repeats); ``session, stimulus, recording, group, position, parent,
    dataset``; ``start`` and ``stop`` in seconds of the file. Every other column is a label or context:

    1. a number, if ``numbers`` names it; classes, if ``labels`` names it;
    2. where ``numbers`` is empty: a number, if all its values are numbers and they aren't few whole ones;
    3. where ``labels`` is empty: classes (sorted as text), if it has 2 to ``max_classes`` distinct values; true/false
       and yes/no are binary;
    4. else context, which a ``group`` split may use.

    An empty label is a missing label. A run takes ``emotion`` if it names no target, else the first label column.

    Parameters
    ----------
    root
        The manifest, or a folder with ``manifest.csv`` or ``manifest.parquet``.
    labels
        Columns that hold classes; empty: those that rule 3 finds.
    numbers
        Columns that hold numbers; empty: those that rule 2 finds.
    max_classes
        How many distinct values a column of classes may have, for the rules.
    modality
        Modality of the column ``path``; None: by suffix (sound: speech; EDF, BDF, FIF, SET: eeg; CSV: signal; NPY,
        Parquet: features).
    """

    licence = "That of your own data"
    citation = "Your own data"
    consent = "What the people in your own data agreed to"
    identifiability = "That of your own data"
    intended_use = "What the people in your own data agreed to"

    def __init__(
        self,
        root: Path,
        *,
        labels: tuple[str, ...] = (),
        numbers: tuple[str, ...] = (),
        max_classes: Annotated[int, Field(ge=2)] = 20,
        modality: str | None = None,
    ) -> None:
        super().__init__(root)
        self.manifest = read_manifest(root)
        cells, free = self.manifest.cells, self.manifest.free
        self.columns = label_columns(cells, free, labels=labels, numbers=numbers, max_classes=max_classes)
        self.targets = {name: column.target for name, column in self.columns.items()}
        # The reader looks into the column `path` unless it is told another one.
        self.readers = {
            _modality(self.manifest, column, modality): READER if column == PATH else {"name": READER, "column": column}
            for column in self.manifest.paths
        }

    def trials(self) -> Iterable[Trial]:
        """List the rows; one whose file is missing, or whose times or position can't be, is left out.

        Raises
        ------
        DataError
            If two rows are the same trial, one recording has different files, or no row can be used.
        """
        self.left_out.clear()
        ids = trial_ids(self.manifest)
        of = recordings(self.manifest, ids)
        found = []
        for row, cells in enumerate(self.manifest.cells.to_dict("records")):
            try:
                found.append(self._trial(row, cells, ids[row], of[row]))
            except SignalError as why:
                self.leave_out(f"{self.manifest.path.name} row {row + 1} ({ids[row]})", str(why))
        if not found:
            first = self.left_out[0]
            raise DataError(f"no row of {self.manifest.path} can be used; the first: {first.what}: {first.why}")
        return found

    def _trial(self, row: int, cells: Mapping[str, str], name: str, recording: str) -> Trial:
        paths = {column: cells[column] for column in self.manifest.paths if cells[column]}
        _check_files([self.manifest.folder / path for path in paths.values()])
        if not cells["subject"]:
            raise SignalError("it names no subject")
        start, stop = _number(cells, "start") or 0.0, _number(cells, "stop")
        if start < 0 or (stop is not None and stop <= start):
            raise SignalError(f"nothing lies between its start, {start:g} s, and its stop, {stop} s")
        position = _number(cells, "position")
        texts = {key: cells.get(key) or None for key in ("session", "stimulus", "group", "parent")}
        context = {key: cells[key] for key in self.manifest.free if key not in self.columns and cells[key]}
        return Trial(
            id=name,
            dataset=cells.get("dataset") or "table",
            subject=cells["subject"],
            recording=recording,
            start=start,
            stop=stop,
            position=None if position is None else int(position),
            labels={key: column.labels[row] for key, column in self.columns.items()},
            context={**context, **paths},
            **texts,
        )


def _check_files(paths: list[Path]) -> None:
    if not paths:
        raise SignalError("it names no file")
    for path in paths:
        if path.suffix.lower() not in MODALITIES:
            raise SignalError(f"{path}: files of this kind can't be read; known: {KNOWN}")
        if not path.is_file():
            raise SignalError(f"there is no file {path}")


def _number(cells: Mapping[str, str], name: str) -> float | None:
    text = cells.get(name)
    try:
        number = float(text) if text else None
    except ValueError:
        number = math.nan
    if number is not None and not math.isfinite(number):
        raise SignalError(f"its {name} is {text!r}, which is no number")
    return number


def _modality(manifest: Manifest, column: str, given: str | None) -> str:
    """Return the modality of a column of paths."""
    if column != PATH:
        return column.removeprefix(f"{PATH}_")
    if given is not None:
        return given
    suffixes = sorted({Path(text).suffix.lower() for text in manifest.cells[PATH] if text})
    found = sorted({MODALITIES[suffix] for suffix in suffixes if suffix in MODALITIES})
    if len(found) == 1:
        return found[0]
    shown = " ".join(suffixes) or "none at all"
    if found:
        raise DataError(
            f"the column 'path' of {manifest.path} names files of different kinds ({shown}). Write a column "
            "path_<modality> for each kind, or name the one modality that they hold: dataset.modality=NAME"
        )
    raise DataError(f"the column 'path' of {manifest.path} names no file of a known kind ({shown}; known: {KNOWN})")
