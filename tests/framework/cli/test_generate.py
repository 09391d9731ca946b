"""``insula generate``: flags from a signature, and folders that are written whole or not at all."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from insula import DataError
from insula.cli import generate
from insula.cli.main import main


def test_it_writes_what_the_dataset_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "made"
    words = [
        "generate",
        "synthetic",
        str(folder),
        "--seed",
        "4",
        "--subjects",
        "2",
        "--trial-offset",
        "0.5",
        "--seconds",
        "3",
    ]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"insula train experiment=demo dataset.root={folder}" in said
    assert "SYNTHETIC" in said
    from insula_synthetic.dataset import Synthetic

    recipe = Synthetic(folder).recipe
    assert (recipe.seed, recipe.subjects, recipe.trial_offset, recipe.seconds, recipe.trials) == (4, 2, 0.5, 3.0, 12)
    assert [path.name for path in folder.parent.iterdir()] == ["made"]


def test_help_lists_datasets_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--help"]) == 0
    assert "\n  synthetic\n" in capsys.readouterr().out
    assert main(["generate"]) == 2
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main(["generate", "synthetic", "--help"])
    assert end.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "--effect" in said
    assert "Other seeds give other people. (default: 0)" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--effect", "much"], "--effect: Input should be a valid number"),
        (["--subjects", "0"], "--subjects: Input should be greater than or equal to 1, got '0'"),
        (["--efect", "1"], "unrecognized arguments: --efect"),
    ],
)
def test_wrong_flags_are_usage_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["generate", "synthetic", str(tmp_path / "made"), *words])
    assert end.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


def test_wrong_names_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "emodb", str(tmp_path / "x")]) == 1
    assert "dataset=emodb has no generator; those that have one: " in capsys.readouterr().err
    assert main(["generate", "synthetc", str(tmp_path / "x")]) == 1
    assert "did you mean 'synthetic'" in capsys.readouterr().err


def test_only_new_or_empty_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("precious")
    (tmp_path / "empty").mkdir()
    for taken in (tmp_path / "full", tmp_path / "full" / "mine.txt"):
        with pytest.raises(DataError, match="is there already and not an empty folder; name a new one"):
            generate.write(taken, lambda part: (part / "x").touch())
    assert (tmp_path / "full" / "mine.txt").read_text() == "precious"
    generate.write(tmp_path / "empty", lambda part: (part / "x").touch())
    assert (tmp_path / "empty" / "x").exists()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(DataError, match="is the current folder"):
        generate.write(Path("."), lambda part: None)


@pytest.mark.parametrize("failure", [OSError("No space left on device"), RuntimeError("a defect"), KeyboardInterrupt()])
def test_nothing_half_written_is_left(tmp_path: Path, failure: BaseException) -> None:
    def fail(part: Path) -> None:
        (part / "half").touch()
        raise failure

    with pytest.raises(
        DataError if isinstance(failure, OSError) else type(failure),
        match=None if not failure.args else failure.args[0],
    ):
        generate.write(tmp_path / "made", fail)
    assert list(tmp_path.iterdir()) == []


GENERATOR = """
from pathlib import Path
from insula import Dataset, Target

class Lab(Dataset):
    \"\"\"A lab's recordings.\"\"\"

    licence, citation = "free", "nobody"
    readers, targets = {"x": "lab"}, {"mood": Target("classes", ("a", "b"))}
    resumable = True

    def trials(self):
        return []

    @classmethod
    def generate(cls, root: Path, *, files: int = 3, stop: Path = Path("nowhere")) -> None:
        for number in range(files):
            if not (root / str(number)).exists():
                (root / str(number)).write_text("made")
                with (root.parent / "log").open("a") as log:
                    log.write(str(number))
                if number == 1 and stop.exists():
                    WAIT
"""
HOOK = """
from insula import hookimpl

@hookimpl
def register_datasets():
    return {"lab": "lab_made.data:Lab"}
"""


def _lab(stranger, monkeypatch: pytest.MonkeyPatch, wait: str) -> None:
    """Install a generator that stops in its second file while a file is there."""
    from insula.plugin import manager

    stranger("lab_made", __init__=HOOK, data=GENERATOR.replace("WAIT", wait))
    manager.installed.cache_clear()
    monkeypatch.setattr(generate, "_experiment", lambda dataset: [])


@pytest.fixture
def fresh():
    yield
    from insula.plugin import manager

    manager.installed.cache_clear()


def test_an_interrupted_generator_goes_on(stranger, fresh, tmp_path, monkeypatch, capsys) -> None:
    _lab(stranger, monkeypatch, "raise KeyboardInterrupt")
    stop, made = tmp_path / "stop", tmp_path / "out" / "made"
    stop.touch()
    words = ["generate", "lab", str(made), "--stop", str(stop)]
    assert main(words) == 130
    assert "interrupted: the same command goes on where it was" in capsys.readouterr().err
    assert not made.exists()
    stop.unlink()
    assert main(["generate", "lab", str(made), "--files", "2"]) == 0  # other options begin anew
    said = capsys.readouterr().err
    assert "part is left from a command with other options; delete it unless that runs" in said
    assert sorted(path.name for path in made.iterdir()) == ["0", "1"]
    made.rename(tmp_path / "out" / "two")
    assert main(words) == 0
    assert "going on with what was interrupted" in capsys.readouterr().err
    assert sorted(path.name for path in made.iterdir()) == ["0", "1", "2"]
    assert (tmp_path / "out" / "log").read_text() == "01" + "01" + "2"
    assert sorted(path.name for path in made.parent.iterdir()) == ["log", "made", "two"]


def test_a_killed_generator_goes_on_and_is_alone(stranger, fresh, tmp_path, monkeypatch) -> None:
    _lab(stranger, monkeypatch, "__import__('time').sleep(60)")
    stop, made = tmp_path / "stop", tmp_path / "out" / "made"
    stop.touch()
    words = ["generate", "lab", str(made), "--stop", str(stop)]
    there = {**os.environ, "PYTHONPATH": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", "insula", *words], env=there, stderr=subprocess.DEVNULL)
    try:
        log = tmp_path / "out" / "log"
        until = time.monotonic() + 60
        while not (log.exists() and log.read_text() == "01") and time.monotonic() < until:
            time.sleep(0.02)
        with pytest.raises(DataError, match=r"another process is writing .*made: wait for it, or name another folder"):
            generate.write(made, lambda part: None, _key(words))
    finally:
        process.kill()
        process.wait()
    assert not made.exists()
    stop.unlink()
    assert main(words) == 0
    assert sorted(path.name for path in made.iterdir()) == ["0", "1", "2"]
    assert log.read_text() == "012"


def _key(words: list[str]) -> str:
    from insula.plugin.manager import installed

    parser, model = generate.parser_for(installed().get("datasets", "lab"))
    given = vars(parser.parse_args(words[2:]))
    return generate._digest("lab", model(**{name: value for name, value in given.items() if name != "directory"}))


@pytest.mark.parametrize("failure", [OSError("No space left on device"), RuntimeError("a defect"), DataError("wrong")])
def test_a_failure_leaves_nothing_to_go_on_with(tmp_path: Path, failure: Exception) -> None:
    def fail(part: Path) -> None:
        raise failure

    with pytest.raises(DataError if isinstance(failure, OSError) else type(failure)):
        generate.write(tmp_path / "made", fail, "key")
    assert list(tmp_path.iterdir()) == []


def test_flags_of_a_strangers_generator() -> None:
    from insula.plugin.registry import REGISTRIES, Component

    component = Component(REGISTRIES["datasets"], "made", f"{__name__}:Made", "test")
    component.__dict__["cls"] = Made
    parser, model = generate.parser_for(component)
    assert isinstance(parser, argparse.ArgumentParser)
    given = vars(parser.parse_args(["d", "--names", "a", "b", "--loud", "true"]))
    options = model(**{key: value for key, value in given.items() if key != "directory"})
    assert options.model_dump() == {"names": ("a", "b"), "loud": True, "share": 0.5}
    assert "Whose voices. (default: ('x',))" in parser.format_help()
    assert "100 %" in parser.format_help()


class Made:
    """Made-up."""

    @classmethod
    def generate(cls, root: Path, *, names: tuple[str, ...] = ("x",), loud: bool = False, share: float = 0.5) -> None:
        """Write voices.

        Parameters
        ----------
        names
            Whose voices.
        share
            Up to 100 % of them.
        """
