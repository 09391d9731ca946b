"""Rows about streams: one line of a study stands for each stream of the run."""

import pytest
import yaml

from insula.cli.compose import preflight
from insula.cli.main import main
from insula.cli.study import Study, read_study
from insula.errors import ConfigError

LEAVE_ONE_OUT = {"without {stream}": {"overrides": ["~streams.{stream}", "seed=1"], "note": "kept"}}
ONE_ALONE = {"{stream} alone": {"overrides": ["streams.{others}.used=false"]}}


def test_a_row_about_streams_becomes_one_of_each():
    study = Study(title="t", rows={"all": {}, **LEAVE_ONE_OUT, **ONE_ALONE}).over(["a", "b", "c"])
    found = {name: list(row.overrides) for name, row in study.every.items()}
    assert found == {
        "all": [],
        **{f"without {name}": [f"~streams.{name}", "seed=1"] for name in "abc"},
        "a alone": ["streams.b.used=false", "streams.c.used=false"],
        "b alone": ["streams.a.used=false", "streams.c.used=false"],
        "c alone": ["streams.a.used=false", "streams.b.used=false"],
    }
    assert study.rows["without b"].note == "kept"


def test_axes_stand_behind_them():
    study = Study(title="t", rows=ONE_ALONE, axes={"units": {8: ["cell.hidden_size=8"]}}).over(["a", "b"])
    assert list(study.every) == ["a alone", "b alone", "units 8"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study").mkdir()
    study = {"title": "t", "base": ["experiment=demo", "split.take=1"], "rows": {**LEAVE_ONE_OUT, **ONE_ALONE}}
    (tmp_path / "study" / "mine.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
    return tmp_path


def test_the_streams_are_those_of_the_run_that_is_composed(folder):
    words = ["--config-dir", str(folder), "study=mine", "~streams.personality"]
    jobs = {job.row: job.config for job in preflight(words)}
    assert list(jobs) == ["without eeg", "without peripheral", "eeg alone", "peripheral alone"]
    assert list(jobs["without eeg"].used) == ["peripheral"]
    assert list(jobs["eeg alone"].used) == ["eeg"]
    assert list(jobs["eeg alone"].streams) == ["eeg", "peripheral"]


def test_they_may_be_swept(folder):
    words = ["-m", "--config-dir", str(folder), "study=mine", "~streams.personality", "cell=gru,lstm"]
    assert len(preflight(words)) == 8


def test_a_run_of_one_stream_is_told(folder):
    words = ["--config-dir", str(folder), "study=mine", "~streams.eeg", "~streams.peripheral"]
    with pytest.raises(ConfigError, match=r"study=mine takes streams away, and this run has personality: type an"):
        preflight(words)


def test_a_row_without_the_streams_name_is_told(folder, capsys):
    path = folder / "study" / "mine.yaml"
    path.write_text("{title: t, base: [experiment=demo], rows: {less: {overrides: ['~streams.{stream}']}}}")
    with pytest.raises(ConfigError, match=r"rows.less: a row for each stream has \{stream\} in its name, too"):
        read_study("mine", [folder])
    assert main(["check", "--config-dir", str(folder), "study=mine"]) == 1
    assert "rows.less" in capsys.readouterr().err


def test_a_run_must_use_a_stream():
    words = ["experiment=demo", *(f"streams.{name}.used=false" for name in ("eeg", "peripheral", "personality"))]
    with pytest.raises(ConfigError, match=r"^streams: the model sees none of them; type used=true for one$"):
        preflight(words)
