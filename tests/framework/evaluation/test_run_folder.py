"""A run's folder: which run it holds, who is writing to it, and how a half-finished one is taken up."""

import json
import os
import subprocess
import sys

import pytest

from insula import ConfigError
from insula.evaluation.run_folder import open_run

PLAIN = {
    "streams": {"eeg": {"features": {"log": {}, "standardize": {"fit": "train"}}}},
    "training": {"epochs": 2, "device": "auto", "progress": True},
    "store": "/a",
}


def changed(block: str, **options):
    return {**PLAIN, block: {**PLAIN[block], **options}}


@pytest.fixture
def begun(tmp_path):
    """A folder whose first fold has a checkpoint."""
    with open_run(PLAIN, tmp_path):
        checkpoints = tmp_path / "folds" / "seed0-fold0" / "checkpoints"
        checkpoints.mkdir(parents=True)
        (checkpoints / "last.ckpt").touch()
    return tmp_path


def test_it_records_the_run_and_gives_the_folder_back(tmp_path):
    with open_run(PLAIN, tmp_path / "new"):
        assert (tmp_path / "new" / ".running").read_text() == str(os.getpid())
    assert json.loads((tmp_path / "new" / "config.json").read_text()) == PLAIN
    assert "epochs: 2" in (tmp_path / "new" / "config.yaml").read_text()


def test_other_options_are_refused_once_a_fold_was_started(begun):
    with (
        pytest.raises(ConfigError, match=r"training\.epochs: 2 there, 3 here.*choose another hydra\.run\.dir"),
        open_run(changed("training", epochs=3), begun),
    ):
        pass
    assert json.loads((begun / "config.json").read_text()) == PLAIN


def test_a_dropped_step_without_options_is_another_run(begun):
    fewer = changed("streams", eeg={"features": {"standardize": {"fit": "train"}}})
    with (
        pytest.raises(ConfigError, match=r"streams\.eeg\.features\.log: \{\} there, None here"),
        open_run(fewer, begun),
    ):
        pass


@pytest.mark.parametrize("options", [{"device": "cpu"}, {"progress": False}, {"threads": 2}, {"logger": "tensorboard"}])
def test_options_that_change_no_result_may_change(begun, options):
    with open_run({**changed("training", **options), "store": "/b"}, begun):
        assert json.loads((begun / "config.json").read_text())["store"] == "/b"


def test_before_a_fold_has_begun_any_options_may_change(tmp_path):
    with open_run(PLAIN, tmp_path):
        (tmp_path / "folds" / "seed0-fold0" / "checkpoints").mkdir(parents=True)
        (tmp_path / "folds" / "data.json").touch()
    with open_run(changed("training", epochs=3), tmp_path):
        pass
    assert json.loads((tmp_path / "config.json").read_text())["training"]["epochs"] == 3


HOLD = """
import sys, pathlib
from insula.evaluation.run_folder import open_run
with open_run({"window": {}}, pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


def test_a_folder_that_another_process_writes_to_is_refused_until_it_ends_however_it_ends(tmp_path):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], **pipes)
    try:
        assert other.stdout.readline() == b"held\n"
        message = f"process {other.pid} is writing to .*: wait for it"
        with pytest.raises(ConfigError, match=message), open_run(PLAIN, tmp_path):
            pass
    finally:
        other.kill()
        other.communicate()
    with open_run(PLAIN, tmp_path):
        assert (tmp_path / ".running").read_text() == str(os.getpid())
