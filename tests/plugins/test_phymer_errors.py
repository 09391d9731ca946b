"""A run over damaged files names each of them and goes on with the rest."""

import shutil
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from insula import DataError
from insula.plugin.choice import Choice
from insula.plugin.manager import load_plugins
from insula.plugin.testing import check_plugin
from insula.preprocess.prepare import Source, prepare
from insula.sources.corpus import about, open_corpus
from insula.sources.store import Store
from made_phymer import CHANNELS, START, TRAITS, eeg, write_fif, write_phymer, write_text

POINT = EntryPoint("phymer", "insula_phymer", "insula")
PLUGINS = load_plugins([POINT])
TRIALS = [(1, 7), (1, 24), (2, 7), (2, 24)]


def prepared(root: Path, tmp_path: Path, *modalities: str):
    """Return what was prepared of some modalities, and what was left out."""
    choice = Choice.of("datasets", {"name": "phymer", "root": root}, PLUGINS)
    corpus = open_corpus(choice)
    sources = [Source(name, *corpus.reader(name, name, None, PLUGINS), ()) for name in modalities]
    found = prepare(choice, corpus.trials, sources, Store(tmp_path / "store"), progress=False)
    return found, {item.what: item.why for item in found.left_out}


def test_plugin() -> None:
    check_plugin(POINT)


def test_a_run_goes_on_past_damaged_files(tmp_path: Path) -> None:
    root = write_phymer(tmp_path / "phymer", TRIALS)
    brain, wrist = root / "Emotiv/Sub01/SUB01VID07/SUB01VID07_raw.fif", root / "E4/Sub02/SUB02VID24"
    brain.write_bytes(brain.read_bytes()[:5000])
    write_fif(root / "Emotiv/Sub01/SUB01VID24/SUB01VID24_raw.fif", eeg()[:13], CHANNELS[:13])
    write_text(wrist / "SUB02VID24_BVP_64.csv", "")
    write_text(wrist / "SUB02VID24_EDA_4.csv", f"{START}, IBI\n83.5,0.6\n")
    write_text(root / "Personality/personality.csv", f"{TRAITS}\n1,1,2,3,4,4\n")
    found, why = prepared(root, tmp_path, "eeg", "bvp", "eda", "personality")
    assert set(why) == {
        "eeg: recording SUB01VID07", "eeg: recording SUB01VID24",
        "bvp: recording SUB02VID24", "eda: recording SUB02VID24",
        "personality: recording SUB02VID07", "personality: recording SUB02VID24",
    }  # fmt: skip
    for what, message in why.items():
        trial = what.split()[-1]
        assert f"(subject {trial[3:5]}, trial {trial})" in message, message
        assert ".csv" in message or ".fif" in message
        assert "\n" not in message
    assert why["personality: recording SUB02VID07"].endswith("it has no row of subject 02")
    kept = {place for place in found.signals if found.signal(*place) is not None}
    assert len(kept) == 4 * len(TRIALS) - len(why)


def test_a_stream_that_nobody_has_ends_with_what_was_looked_for(tmp_path: Path) -> None:
    root = write_phymer(tmp_path / "phymer", TRIALS, with_eeg=False)
    with pytest.raises(
        DataError, match=r"streams\.eeg: none of 4 recordings could be used; the first: .*phymer: .*looked below"
    ):
        prepared(root, tmp_path, "eeg")


def test_prepared_data_is_found_again_elsewhere_and_made_anew_for_other_contents(tmp_path: Path) -> None:
    root = write_phymer(tmp_path / "phymer", TRIALS[:2], with_eeg=False)
    before, _ = prepared(root, tmp_path, "hr")
    moved = shutil.copytree(root, tmp_path / "moved")
    again, _ = prepared(moved, tmp_path, "hr")
    assert before.keys == again.keys
    clock = moved / "E4/Sub01/SUB01VID07/SUB01VID07_BVP_64.csv"  # its header says when the heart rate begins
    clock.write_text(clock.read_text().replace(f"{START}", f"{START + 2}"))
    other, _ = prepared(moved, tmp_path, "hr")
    assert other.keys["hr", "SUB01VID07"] != before.keys["hr", "SUB01VID07"]
    assert other.keys["hr", "SUB01VID24"] == before.keys["hr", "SUB01VID24"]
    assert (before.signal("hr", "SUB01VID07").t0, other.signal("hr", "SUB01VID07").t0) == (10, 8)


def test_notes_reach_what_was_prepared(tmp_path: Path) -> None:
    root = write_phymer(tmp_path / "phymer", TRIALS[:2])
    write_fif(root / "Emotiv/Sub01/SUB01VID07/SUB01VID07_raw.fif", eeg(seed=5) * 1e6)
    found, _ = prepared(root, tmp_path, "eeg")
    assert found.notes("eeg") == {"rescaled from µV": [1.0, 0.0]}
    np.testing.assert_allclose(found.signal("eeg", "SUB01VID07").data, eeg(seed=5), rtol=1e-5)


def test_a_generated_folder_says_that_it_is_made_up(tmp_path: Path) -> None:
    root = write_phymer(tmp_path / "phymer", TRIALS[:1], with_eeg=False)
    choice = Choice.of("datasets", {"name": "phymer", "root": root}, PLUGINS)
    assert about(choice)["made_up"] is False
    write_text(root / "SYNTHETIC.json", "{}")
    assert about(choice)["made_up"] is True
