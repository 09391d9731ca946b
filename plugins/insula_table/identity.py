"""What a row of a manifest is called: its trial and its recording."""

from collections import Counter
from collections.abc import Hashable, Sequence
from pathlib import Path

from insula import DataError
from insula_table.manifest import Manifest


def trial_ids(manifest: Manifest) -> list[str]:
    """Return one id per row, the shortest that is unique.

    With a column ``trial`` it is that, then ``subject/trial``, then ``subject/session/trial``; without one, the file's
    stem, its path without suffix, or stem and row number where several rows are stretches of one file.

    Raises
    ------
    DataError
        If two rows are the same trial.
    """
    rows = range(1, len(manifest.cells) + 1)
    if "trial" in manifest.cells.columns:
        given = [text or f"row {row}" for row, text in zip(rows, manifest.texts("trial"), strict=True)]
        subjects, sessions = manifest.texts("subject"), manifest.texts("session")
        people = [f"{who}/{name}" for who, name in zip(subjects, given, strict=True)]
        full = [f"{who}/{when}/{name}" for who, when, name in zip(subjects, sessions, given, strict=True)]
        candidates = [given, people, full]
        refuse_repeated(manifest, full)
    else:
        files = row_files(manifest)
        refuse_repeated(manifest, list(zip(files, manifest.texts("start"), manifest.texts("stop"), strict=True)))
        first = [Path(names[0] if names else f"row {row}") for row, names in zip(rows, files, strict=True)]
        stems = [path.stem for path in first]
        numbered = [f"{stem}:{row}" for row, stem in zip(rows, stems, strict=True)]
        candidates = [stems, [path.with_suffix("").as_posix() for path in first], numbered]
    return next(names for names in candidates if len(set(names)) == len(names))


def recordings(manifest: Manifest, ids: Sequence[str]) -> list[str]:
    """Return one recording per row: the one that it names, else its trial, else its files where several rows share
    them.

    Raises
    ------
    DataError
        If rows of one recording name different files: a recording is read once, so all but the first would be ignored.
    """
    files = row_files(manifest)
    shared = {names for names, count in Counter(files).items() if count > 1}
    own = [" + ".join(names) if names and names in shared else name for names, name in zip(files, ids, strict=True)]
    found = [name or default for name, default in zip(manifest.texts("recording"), own, strict=True)]
    first: dict[str, tuple[str, ...]] = {}
    for name, names in zip(found, files, strict=True):
        if first.setdefault(name, names) != names:
            apart = f"{' + '.join(first[name])} and {' + '.join(names)}"
            raise DataError(
                f"{manifest.path}: the recording {name!r} has different files, {apart}. A recording is one "
                "file per modality; what belongs together otherwise can share a session"
            )
    return found


def row_files(manifest: Manifest) -> list[tuple[str, ...]]:
    """Return the files that every row names, without empty cells."""
    rows = manifest.cells[manifest.paths].itertuples(index=False)
    return [tuple(text for text in row if text) for row in rows]


def refuse_repeated(manifest: Manifest, keys: Sequence[Hashable]) -> None:
    """Raise a DataError that names the rows of the first key that is there twice."""
    key, count = Counter(keys).most_common(1)[0]
    if count > 1:
        rows = [str(row) for row, other in enumerate(keys, 1) if other == key]
        raise DataError(
            f"{manifest.path}: the rows {', '.join(rows)} are the same trial ({key}); list every trial once"
        )
