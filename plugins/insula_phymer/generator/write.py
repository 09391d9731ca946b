"""Write: a generated PhyMER on disk, trial by trial, going on where it was interrupted."""

import json
from pathlib import Path

from insula import DataError, __version__
from insula_phymer.generator.raw import NOTE
from insula_phymer.generator.recipe import VERSION, Recipe
from insula_phymer.generator.replacing import write_text
from insula_phymer.generator.showings import showings
from insula_phymer.generator.tables import write_labels, write_personality
from insula_phymer.generator.trial_files import write_trial

ABOUT = "SYNTHETIC.json"
SHOWN_FROM = 20
"""Trials; above, a progress bar is shown."""


def write(root: Path, recipe: Recipe) -> None:
    """Write everything that isn't there yet; the labels last, so that what is unfinished is no dataset.

    Raises
    ------
    DataError
        If the folder holds something else, or was begun with other options, or ``set`` needs what isn't installed.
    """
    from tqdm import tqdm

    _check_eeglab(recipe)
    _begin(root, recipe)
    shown = showings(recipe)
    quiet = None if len(shown) > SHOWN_FROM else True  # None: where nobody looks at a terminal
    for showing in tqdm(shown, desc="SYNTHETIC PhyMER", unit="trial", disable=quiet):
        write_trial(root, recipe, showing)
    write_personality(root, recipe)
    write_labels(root, recipe, shown)


def _begin(root: Path, recipe: Recipe) -> None:
    """Write what the data are made from, or make sure that what was begun there was made from the same."""
    about = root / ABOUT
    if not about.exists():
        if root.is_dir() and any(path.name != f".{ABOUT}" for path in root.iterdir()):
            raise DataError(f"{root} isn't empty, and {ABOUT} isn't in it: name a new folder")
        made = {"note": NOTE, "version": VERSION, "insula": __version__, "options": recipe.options}
        write_text(about, json.dumps(made, indent=2))
        return
    try:
        made = json.loads(about.read_text(encoding="utf-8"))
        before = {"version": made["version"], **made["options"]}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{about} can't be read ({error!r}): name a new folder") from error
    now = {"version": VERSION, **recipe.options}
    other = [
        f"{name}: {before.get(name)} there, {value} now" for name, value in now.items() if before.get(name) != value
    ]
    if other:
        raise DataError(f"{root} was begun with other options ({'; '.join(other)}): name a new folder, or delete it")


def _check_eeglab(recipe: Recipe) -> None:
    """Make sure that SET files can be written, before anything is."""
    if not recipe.set:
        return
    try:
        import eeglabio  # noqa: F401
    except ImportError as error:
        raise DataError("SET files need eeglabio: pip install eeglabio, or leave --set out") from error
