"""Write: a generated IEMOCAP on disk, dialogue by dialogue, going on where it was interrupted."""

from pathlib import Path

from insula import begin_made_up
from insula_iemocap.generator.dialogue import write_dialogue
from insula_iemocap.generator.missing import write_missing
from insula_iemocap.generator.oddities import write_oddities
from insula_iemocap.generator.plan import plan, session_folder
from insula_iemocap.generator.recipe import VERSION, Recipe

MARK = "SYNTHETIC.json"
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
    begin_made_up(root, VERSION, recipe.options)
    write_missing(root / RELEASE / MARK, (root / MARK).read_bytes())  # either may be given as a dataset's root
    dialogues = plan(recipe)
    count = sum(map(len, dialogues.values()))
    quiet = None if count > SHOWN_FROM else True  # None: where nobody looks at a terminal
    firsts = {session_folder(name): name for name in reversed(dialogues)}
    with tqdm(desc="SYNTHETIC IEMOCAP", total=count, unit="utterance", disable=quiet) as bar:
        for said in dialogues.values():
            write_dialogue(root / RELEASE, recipe, said, bar.update)
    for name in firsts.values():
        write_oddities(root / RELEASE, recipe, dialogues[name])
