"""Write: a generated PhyMER on disk, trial by trial, going on where it was interrupted."""

from pathlib import Path

from insula import DataError, begin_made_up
from insula_phymer.generator.recipe import VERSION, Recipe
from insula_phymer.generator.showings import showings
from insula_phymer.generator.tables import write_labels, write_personality
from insula_phymer.generator.trial_files import write_trial

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
    begin_made_up(root, VERSION, recipe.options)
    shown = showings(recipe)
    quiet = None if len(shown) > SHOWN_FROM else True  # None: where nobody looks at a terminal
    for showing in tqdm(shown, desc="SYNTHETIC PhyMER", unit="trial", disable=quiet):
        write_trial(root, recipe, showing)
    write_personality(root, recipe)
    write_labels(root, recipe, shown)


def _check_eeglab(recipe: Recipe) -> None:
    """Make sure that SET files can be written, before anything is."""
    if not recipe.set:
        return
    try:
        import eeglabio  # noqa: F401
    except ImportError as error:
        raise DataError("SET files need eeglabio: pip install eeglabio, or leave --set out") from error
