"""Made-up folders: marked from the first file on, and gone on with by the same options only."""

import json
from pathlib import Path

import pytest

from insula import DataError, begin_made_up, replacing


def test_a_folder_is_marked_and_gone_on_with(tmp_path: Path) -> None:
    root = tmp_path / "made"
    begin_made_up(root, 1, {"people": 4, "effect": 0.5})
    begin_made_up(root, 1, {"people": 4, "effect": 0.5})
    about = json.loads((root / "SYNTHETIC.json").read_text())
    assert about["options"] == {"people": 4, "effect": 0.5}
    assert about["note"].startswith("SYNTHETIC")
    with pytest.raises(
        DataError, match=r"begun with other options \(version: 1 there, 2 now; people: 4 there, 5 now\)"
    ):
        begin_made_up(root, 2, {"people": 5, "effect": 0.5})


def test_what_is_no_made_up_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match=r"isn't empty, and SYNTHETIC\.json isn't in it: name a new folder"):
        begin_made_up(tmp_path, 1, {})
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    (tmp_path / "SYNTHETIC.json").write_text("[]")
    with pytest.raises(DataError, match="can't be read"):
        begin_made_up(tmp_path, 1, {})


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "file.csv"
    with pytest.raises(OSError, match="full"), replacing(path) as part:  # noqa: PT012
        part.write_text("half")
        raise OSError("disk full")
    assert not path.exists()
    with replacing(path) as part:
        part.write_text("whole")
    assert [p.name for p in path.parent.iterdir()] == ["file.csv"]
    assert path.read_text() == "whole"
