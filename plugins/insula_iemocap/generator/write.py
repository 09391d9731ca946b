"""Write: a generated IEMOCAP on disk, dialogue by dialogue, going on where it was interrupted."""

import json
from pathlib import Path

from insula import DataError, __version__
from insula_iemocap.generator.dialogue import write_dialogue
from insula_iemocap.generator.oddities import write_oddities
from insula_iemocap.generator.plan import plan, session_folder
from insula_iemocap.generator.recipe import VERSION, Recipe
from insula_iemocap.generator.replacing import write_bytes

ABOUT = "SYNTHETIC.json"
NOTE = "SYNTHETIC: made-up data. Scores on it never stand beside published ones."
RELEASE = "IEMOCAP_full_release"
SHOWN_FROM = 100
"""Utterances; above, a progress bar is shown."""


def write(root: Path, *, seed: int, preset: str, utterances: int, effect: float | None, others: float) -> None:
    """Write SYNTHETIC people who talk in IEMOCAP's layout, whatever isn't there yet.

    Parameters
    ----------
    root
        A new folder, or one in which the same options were interrupted; the release is a folder in it.
    seed
        Other seeds give other people, dialogues and words; the counts are the same.
    preset
        ``null`` (no sound knows its label) or ``default``.
    utterances
        How many have one of the labels angry, happy, excited, sad and neutral; 5531 gives the release's counts.
    effect
        By how much the label moves the voice, in place of the preset's (0 and 1).
    others
        How many more have another label or no majority, as a share of ``utterances``; the release's is 0.815.

    Raises
    ------
    DataError
        If the folder holds something else, or was begun with other options.
    """
    from tqdm import tqdm

    recipe = Recipe.of(preset, effect=effect, seed=seed, utterances=utterances, others=others)
    _begin(root, recipe)
    dialogues = plan(recipe)
    count = sum(map(len, dialogues.values()))
    quiet = None if count > SHOWN_FROM else True  # None: where nobody looks at a terminal
    firsts = {session_folder(name): name for name in reversed(dialogues)}
    with tqdm(desc="SYNTHETIC IEMOCAP", total=count, unit="utterance", disable=quiet) as bar:
        for said in dialogues.values():
            write_dialogue(root / RELEASE, recipe, said, bar.update)
    for name in firsts.values():
        write_oddities(root / RELEASE, recipe, dialogues[name])


def _begin(root: Path, recipe: Recipe) -> None:
    """Write what the data are made from, or make sure that what was begun there was made from the same."""
    about = root / ABOUT
    if not about.exists():
        if root.is_dir() and any(path.name != f".{ABOUT}.part" for path in root.iterdir()):
            raise DataError(f"{root} isn't empty, and {ABOUT} isn't in it: name a new folder")
        made = {"note": NOTE, "version": VERSION, "insula": __version__, "options": recipe.options}
        write_bytes(about, json.dumps(made, indent=2).encode())
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
