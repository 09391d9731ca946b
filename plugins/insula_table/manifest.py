"""The manifest: one row per trial, as text."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from insula import DataError

PATH = "path"
PLACES = (
    "subject",
    "trial",
    "session",
    "stimulus",
    "recording",
    "group",
    "position",
    "parent",
    "dataset",
    "start",
    "stop",
)
DELIMITERS = ",;\t|"
NAMES = ("manifest.csv", "manifest.parquet")


@dataclass(frozen=True, eq=False)
class Manifest:
    """A manifest that was read: where it is, and its cells as stripped text, ``""`` where empty.

    Parameters
    ----------
    path
        The file.
    cells
        One row per trial.
    """

    path: Path
    cells: pd.DataFrame

    @property
    def folder(self) -> Path:
        """What the paths in it are relative to."""
        return self.path.parent

    @property
    def paths(self) -> list[str]:
        """The columns that name files: ``path`` and ``path_<modality>``."""
        return [name for name in self.cells.columns if name == PATH or name.startswith(f"{PATH}_")]

    def texts(self, column: str) -> list[str]:
        """Return the cells of a column; all empty if it isn't there."""
        return list(self.cells[column]) if column in self.cells.columns else [""] * len(self.cells)

    @property
    def free(self) -> list[str]:
        """The columns that aren't reserved: labels and context."""
        return [name for name in self.cells.columns if name not in (*PLACES, *self.paths)]


def read_manifest(root: Path | None) -> Manifest:
    """Read a manifest.

    Parameters
    ----------
    root
        A CSV file (UTF-8, with or without a byte order mark; separated by comma, semicolon, tab or bar), a Parquet
        file, or a folder with ``manifest.csv`` or ``manifest.parquet``.

    Raises
    ------
    DataError
        If it isn't there, can't be read, has no rows, or lacks ``path`` or ``subject``.
    """
    path = _find(root)
    try:
        cells = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)
    except (OSError, ValueError) as error:  # pandas, pyarrow and codecs raise children of these
        raise DataError(f"the manifest {path} can't be read: {' '.join(str(error).split())}") from error
    if not len(cells):
        raise DataError(f"the manifest {path} has no rows")
    manifest = Manifest(path, cells)
    _check_columns(manifest)
    return manifest


def _find(root: Path | None) -> Path:
    candidates = [] if root is None else [root, *(root / name for name in NAMES)]
    for path in candidates:
        if path.is_file():
            return path
    where = "no manifest is given" if root is None else f"there is no manifest at {root}"
    raise DataError(f"table: {where}. Say where the CSV or Parquet file is: dataset.root=DIR/manifest.csv")


def _csv(path: Path) -> pd.DataFrame:
    cells = pd.read_csv(
        path, sep=sniffed(path), dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False
    )
    return _stripped(cells)


def sniffed(path: Path) -> str:
    """Return what separates a CSV's columns: the candidate that its header has most of."""
    with path.open(encoding="utf-8-sig") as file:
        header = next((line for line in file if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def _parquet(path: Path) -> pd.DataFrame:
    frame = pd.read_parquet(path).reset_index(drop=True)
    return _stripped(pd.DataFrame({name: _texts(column) for name, column in frame.items()}, dtype=object))


def _texts(column: pd.Series) -> list[str]:
    # Whole numbers beside empty cells arrive as floats: 3.0 is meant as 3.
    filled = column.dropna()
    whole = (
        pd.api.types.is_float_dtype(column) and len(filled) < len(column) and all(value % 1 == 0 for value in filled)
    )
    return ["" if pd.isna(value) else str(int(value) if whole else value) for value in column]


def _stripped(cells: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {str(name).strip(): [text.strip() for text in column] for name, column in cells.items()}, dtype=object
    )


def _check_columns(manifest: Manifest) -> None:
    found = f"Its columns are: {', '.join(manifest.cells.columns)}"
    if not manifest.paths:
        raise DataError(
            f"the manifest {manifest.path} has no column 'path', which names each trial's file, relative to the "
            f"manifest's folder (further modalities: path_<modality>). {found}"
        )
    if "subject" not in manifest.cells.columns:
        raise DataError(
            f"the manifest {manifest.path} has no column 'subject'. Without it nobody can keep one person's "
            "trials from being in both training and test, and the figures would be too good. Add one that names the "
            f"person (the speaker) of each trial; with one person, the same name in every row. {found}"
        )
