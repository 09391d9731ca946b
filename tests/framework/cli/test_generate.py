"""``insula generate``: flags from a signature, and folders that are written whole or not at all."""

import argparse
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
