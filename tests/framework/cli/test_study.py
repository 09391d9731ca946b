"""Studies: named rows of runs, one command, a table of what was published and what was measured."""

import json

import pytest
import yaml

from insula.cli.main import main
from insula.cli.study import Chosen, Study, last_of_each, told

QUICK = [
    "controls=null",
    "training.epochs=1",
    "training.progress=false",
    "dataset.trials=6",
    "dataset.seconds=4",
    "dataset.subjects=5",
]
ROWS = {
    "as_published": {"published": {"accuracy": 0.9, "parameters": 15619}, "note": "all of it"},
    "small": {"overrides": ["cell.hidden_size=4"], "published": {"accuracy": 0.8}},
    "theirs": {"run": False, "published": {"accuracy": 0.95}, "protocol": "random windows"},
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of one's own with a study."""
    monkeypatch.setenv("INSULA_STORE", str(tmp_path / "store"))
    (tmp_path / "conf" / "study").mkdir(parents=True)
    study = {"title": "A study", "source": "somewhere", "base": ["experiment=demo"], "rows": ROWS}
    study["sizes"] = {"smoke": QUICK}
    (tmp_path / "conf" / "study" / "mine.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
    return tmp_path


@pytest.fixture
def insula(capfd):
    def run(*words):
        try:
            code = main(list(words))
        except SystemExit as stopped:
            code = stopped.code
        return code, *capfd.readouterr()

    return run


def test_a_study_runs_every_row_and_puts_published_values_beside_measured_ones(insula, folder):
    command = ["train", "--config-dir", str(folder / "conf"), "study=mine", "study.size=smoke"]
    code, _, said = insula(*command, "seed=3", f"hydra.sweep.dir={folder / 'out'}")
    assert code == 0, said
    table = json.loads((folder / "out" / "study.json").read_text())
    assert [(row["row"], row["state"]) for row in table["rows"]] == [("as_published", "done"), ("small", "done")]
    assert table["rows"][0]["parameters"] > table["rows"][1]["parameters"]
    for name in ("as_published", "small"):
        run = json.loads((folder / "out" / name / "config.json").read_text())
        assert (run["seed"], run["training"]["epochs"]) == (3, 1)
        again = json.loads((folder / "out" / name / "environment.json").read_text())["command"]
        assert again[:2] == ["insula", "train"]
        assert {"seed=3", "training.epochs=1"} <= {*again}
        assert not [word for word in again if "sweep" in word or word.startswith("++")]
    page = (folder / "out" / "study.md").read_text()
    assert "each row minus " in page, "rows of one protocol are held against the one that validation chose"
    assert "on the test rows, with 95 % intervals, over what a row costs" in page
    assert "Size: smoke" in page
    assert "15,619" in page
    # made-up scores never stand beside published ones, nor published ones beside them
    assert "SYNTHETIC" in page
    assert "0.9 " not in page
    assert "theirs" not in page


def test_on_real_data_published_scores_stand_beside_measured_ones(folder):
    from insula.evaluation.run_folder import digest_options
    from insula.report.study import write_study

    chosen = Chosen("mine", Study(title="A study", rows=ROWS), "full", ("++training.epochs=3",))
    for name, epochs in (("small", 3), ("as_published", 1)):  # of the second one the folder holds another run
        config = {"training": {"epochs": epochs, "progress": True}}
        metrics = {"metrics": {"accuracy": {"value": 0.5, "low": 0.4, "high": 0.6}}, "parameters": 100}
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(json.dumps(config))
        (folder / name / "metrics.json").write_text(json.dumps({**metrics, "grade": "A", "claim": ["new trials"]}))
    options = digest_options({"training": {"epochs": 3, "progress": False}})
    write_study(told(chosen), {name: {"row": name, "options": options} for name in ("as_published", "small")}, folder)
    lines = [line for line in (folder / "study.md").read_text().splitlines() if line.startswith("|")]
    assert "| small | 0.8 | 0.500 [0.400, 0.600] |" in lines[3]
    assert lines[3].rstrip(" |").endswith("A | new trials")
    assert "| as_published | 0.9 | no result |" in lines[2]
    assert "These runs are the study's with training.epochs=3." in (folder / "study.md").read_text()
    assert "| theirs | 0.95 | not run here |" in lines[4]
    assert "random windows" in lines[4]
    assert "<table>" in (folder / "study.html").read_text()
    elsewhere = Chosen("mine", Study(title="A study", rows=ROWS), "full", ("dataset=emodb", "++training.epochs=3"))
    write_study(told(elsewhere), {"small": {"row": "small", "options": options}}, folder)
    page = (folder / "study.md").read_text()
    assert "| small | 0.500 [0.400, 0.600] |" in page, "scores of other data are no peers"
    assert "theirs" not in page


def test_check_sizes_every_row_and_adds_them_up(insula, folder):
    arguments = ["--config-dir", str(folder / "conf"), "study=mine", "study.size=smoke"]
    code, shown, said = insula("check", *arguments)
    assert code == 0, said
    lines = shown.splitlines()
    assert lines[0] == "2 combinations are valid; a few steps of each:"
    assert [line.partition(":")[0] for line in lines[1:3]] == ["as_published", "small"]
    assert lines[3].startswith("together: 10 models, at most ")
    assert "of memory" in lines[3]


def test_a_row_may_be_swept(insula, folder):
    arguments = ["--config-dir", str(folder / "conf"), "study=mine", "study.size=smoke", "-m", "cell=gru,lstm"]
    code, shown, said = insula("check", *arguments)
    assert code == 0, said
    names = [line.partition(":")[0] for line in shown.splitlines()[1:5]]
    assert names == ["as_published cell=gru", "as_published cell=lstm", "small cell=gru", "small cell=lstm"]


def test_a_row_has_its_own_runs_whatever_others_are_called_and_keeps_their_overrides(insula, folder):
    path = folder / "conf" / "study" / "mine.yaml"
    study = yaml.safe_load(path.read_text())
    study["rows"] = {"raw": {"published": {"accuracy": 0.1}}, "raw_psd": {"published": {"accuracy": 0.2}}, "my row": {}}
    path.write_text(yaml.safe_dump(study, sort_keys=False))
    command = ["train", "-m", "--config-dir", str(folder / "conf"), "study=mine", "study.size=smoke", "seed=40"]
    words = ["streams.eeg.encoder.channels=[3,4],[5,6]", "training.batch_size=${seed}"]
    code, _, said = insula(*command, *words, f"hydra.sweep.dir={folder / 'out'}")
    assert code == 0, said
    rows = json.loads((folder / "out" / "study.json").read_text())["rows"]
    assert [(row["row"].partition("_streams")[0], row["published"].get("accuracy")) for row in rows] == [
        *(("raw", 0.1), ("raw", 0.1), ("raw_psd", 0.2), ("raw_psd", 0.2), ("my_row", None), ("my_row", None))
    ]
    run = json.loads((folder / "out" / rows[1]["row"] / "config.json").read_text())
    assert (run["streams"]["eeg"]["encoder"]["channels"], run["training"]["batch_size"]) == ([5, 6], 40)


def test_what_is_typed_wins_over_the_study():
    study = Study(title="t", base=("experiment=demo", "cell=gru"), sizes={"smoke": ("seed=0",)}, rows={"a": {}})
    words = Chosen("mine", study, "smoke", ("cell=lstm", "++seed=5")).runs()["a"]
    assert words == ["experiment=demo", "cell=lstm", "++seed=5"]
    assert last_of_each(["a=1", "~b", "a=2"]) == ["~b", "a=2"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["study=mien"], "there is no study called 'mien' (did you mean 'mine'?)"),
        (["study=mine", "study.size=smok"], "study=mine has the sizes full, smoke (did you mean 'smoke'?)"),
        (["study.size=smoke", "experiment=demo"], "study.size=smoke stands beside no study: type study=NAME, too"),
        (["study=mine", "cell=lsmt"], "[as_published] there is no cell called 'lsmt' (did you mean 'lstm'?)"),
        (
            ["-m", "study=mine", "training.optimizer.lr=interval(0.001,0.1)"],
            "training.optimizer.lr=interval(0.001,0.1): a study runs every value there is: list them",
        ),
        (["study=twins"], "study=twins: two of its runs would have the folder a_b: rename a row"),
        (["study=mine", "--cfg", "job"], "--cfg shows one run, and study=mine asks for several: leave it out"),
        (["-m", "experiment=demo", "--cfg", "job"], "--cfg shows one run, and -m asks for several: leave it out"),
        (["study=broken"], "rows.a.publishd: Extra inputs are not permitted"),
    ],
)
def test_wrong_input_is_told(insula, folder, words, message):
    (folder / "conf" / "study" / "broken.yaml").write_text("title: t\nrows: {a: {publishd: {accuracy: 1}}}\n")
    (folder / "conf" / "study" / "twins.yaml").write_text(
        "{title: t, base: [experiment=demo], rows: {a b: {}, a_b: {}}}"
    )
    code, _, said = insula("train", "--config-dir", str(folder / "conf"), *words)
    assert code == 1
    assert message in said
    assert "Traceback" not in said


def test_every_value_of_an_axis_is_a_row_behind_the_others(insula, folder):
    path = folder / "conf" / "study" / "mine.yaml"
    study = yaml.safe_load(path.read_text())
    axes = {
        "units": {4: ["cell.hidden_size=4"], 8: ["cell.hidden_size=8"]},
        "layers": {"two layers": ["cell.layers=2"]},
    }
    path.write_text(yaml.safe_dump({**study, "rows": {"gru": {"overrides": ["cell=gru"]}}, "axes": axes}))
    command = ["train", "--config-dir", str(folder / "conf"), "study=mine", "study.size=smoke", "training.epochs=2"]
    less = ["~streams.eeg", "~streams.personality", "split.take=1"]
    code, _, said = insula(*command, *less, f"hydra.sweep.dir={folder / 'out'}")
    assert code == 0, said
    found = json.loads((folder / "out" / "two_layers,_units_8" / "config.json").read_text())["cell"]
    assert (found["hidden_size"], found["layers"]) == (8, 2)
    rows = json.loads((folder / "out" / "study.json").read_text())["rows"]
    names = ["gru", "two layers, units 4", "two layers, units 8"]
    assert [(row["row"], row["state"]) for row in rows] == [(name, "done") for name in names]
    assert sum(row["chosen_of"] == 3 for row in rows) == 1
    page = (folder / "out" / "study.html").read_text()
    assert ">Over units</h2>" in page
    assert "Loss by epoch" in page


def test_words_stand_alone_in_a_name_and_numbers_or_what_two_axes_have_behind_their_axis():
    axes = {"a": {"on": [], "off": ["x=1"]}, "b": {"off": [], 0.5: ["y=1"]}, "c": {"2 s": []}}
    study = Study(title="t", axes=axes)
    assert list(study.every) == ["on, b off, c 2 s", "on, b 0.5, c 2 s", "a off, b off, c 2 s", "a off, b 0.5, c 2 s"]
    assert study.every["a off, b 0.5, c 2 s"].overrides == ("x=1", "y=1")
    assert study.points["on, b 0.5, c 2 s"] == {"a": "on", "b": "0.5", "c": "2 s"}


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({}, "a study needs rows, or axes, or both"),
        ({"axes": {"units": {}}}, "axes.units: an axis needs values, each with its overrides"),
        ({"axes": {"units": {8: []}}, "rows": {"units 8": {}}}, "rows.units 8: the axes make a row of this name, too"),
        (
            {"axes": {"a": {1: ["seed=1"]}, "b": {2: ["x=1", "++seed=2"]}}},
            "axes: seed is set by 2 axes, of which the last would win",
        ),
        ({"axes": {"units": {8: "cell.hidden_size=8"}}}, "axes.units.8: Input should be a valid tuple"),
    ],
)
def test_axes_that_can_not_be_used_are_told(insula, folder, about, message):
    path = folder / "conf" / "study" / "mine.yaml"
    path.write_text(yaml.safe_dump({"title": "t", "base": ["experiment=demo"], **about}))
    code, _, said = insula("train", "--config-dir", str(folder / "conf"), "study=mine")
    assert code == 1
    assert f"{path}: {message}" in said


def test_a_row_that_fails_is_named_and_the_others_go_on(insula, folder):
    path = folder / "conf" / "study" / "mine.yaml"
    study = yaml.safe_load(path.read_text())
    study["rows"] = {"bad": {"overrides": ["training.optimizer.lr=1e30", "training.clip=null"]}, "good": {}}
    path.write_text(yaml.safe_dump(study))
    command = ["train", "--config-dir", str(folder / "conf"), "study=mine", "study.size=smoke"]
    code, _, said = insula(*command, "training.epochs=3", f"hydra.sweep.dir={folder / 'out'}")
    assert code == 1
    assert "1 of 2 runs failed" in said
    assert "bad: the loss became" in said
    table = json.loads((folder / "out" / "study.json").read_text())
    assert [(row["row"], row["state"]) for row in table["rows"]] == [("bad", "no result"), ("good", "done")]
