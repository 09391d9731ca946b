"""Tables made for tests: small datasets of one's own, whose classes differ in the level of a signal."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

SFREQ = 16
SECONDS = 4


def made_table(
    folder: Path,
    classes: Sequence[str] = ("calm", "tense"),
    *,
    people: int = 3,
    each: int = 2,
    sfreq: int = SFREQ,
    channels: Sequence[str] = ("EDA", "TEMP"),
    label: str = "mood",
    seed: int = 0,
    columns: Mapping[str, str] | None = None,
) -> Path:
    """Write a manifest and its recordings: ``each`` trials of every class from every person.

    People are called p0, p1, ... and trials t0, t1, ... in every table, so that only the dataset tells them apart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    rows = [["path", "subject", "trial", label, *(columns or {})]]
    for person in range(people):
        for number in range(each * len(classes)):
            trial = f"t{person * each * len(classes) + number}"
            level = number % len(classes)
            data = level + 0.3 * rng.standard_normal((sfreq * SECONDS, len(channels)))
            lines = [",".join(["time", *channels])]
            lines += [",".join(map(str, [k / sfreq, *row])) for k, row in enumerate(data.round(4))]
            (folder / f"{trial}.csv").write_text("\n".join(lines))
            rows.append([f"{trial}.csv", f"p{person}", trial, classes[level], *(columns or {}).values()])
    manifest = folder / "manifest.csv"
    manifest.write_text("\n".join(map(",".join, rows)))
    return manifest
