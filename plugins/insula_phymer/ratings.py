"""Ratings: the rows of ``labels.csv``, one per trial, with what is wrong in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from insula import DataError, SignalError
from insula_phymer.affect import emotion_of, rating_of
from insula_phymer.codes import Codes, Key, last_number, trial_id
from insula_phymer.sheet import Sheet, read_sheet

LeaveOut = Callable[[str, str], None]


@dataclass(frozen=True)
class Columns:
    """What the columns of ``labels.csv`` are called; None: there is no such column."""

    code: str
    arousal: str | None
    valence: str | None
    emotion: str | None
    target_emotion: str

    def needed(self) -> dict[str, str]:
        """Return option and column of those that must be there."""
        named = {name: getattr(self, name) for name in ("code", "arousal", "valence", "emotion")}
        return {option: column for option, column in named.items() if column is not None}


class Ratings:
    """What people said of the videos, and what the videos were meant to stir.

    Parameters
    ----------
    path
        ``labels.csv``.
    stimuli
        A file with the columns ``video`` and ``emotion``, which need not be there: it says what a video is meant to
        stir, where ``path`` has no column for that.
    columns
        What the columns are called.
    codes
        How subject and video stand in an experiment's code.
    leave_out
        Told of every row that is no trial, and every cell that is no label.

    Raises
    ------
    DataError
        If ``path`` isn't there or lacks a column.
    """

    def __init__(self, path: Path, stimuli: Path, columns: Columns, codes: Codes, leave_out: LeaveOut) -> None:
        self.path, self.columns, self.leave_out = path, columns, leave_out
        sheet = _sheet(path)
        for option, column in columns.needed().items():
            if not sheet.has(column):
                other = "" if option == "code" else f", or dataset.{option}=null if it has none"
                raise DataError(
                    f"{path} has no column {column!r} (it has: {', '.join(sheet.columns)}). "
                    f"Say what it is called: dataset.{option}=NAME{other}"
                )
        self.rows = self._rows(sheet, codes)
        self.targets = None if sheet.has(columns.target_emotion) or not stimuli.is_file() else _by_video(stimuli)

    def _rows(self, sheet: Sheet, codes: Codes) -> dict[Key, Mapping[str, str]]:
        rows: dict[Key, Mapping[str, str]] = {}
        for number, row in enumerate(sheet.rows, 2):
            code = row[self.columns.code.lower()]
            where = f"{self.path.name} row {number} ({code or 'no code'})"
            subject, video = codes.subject_of(code), codes.video_of(code)
            if video is None:
                self.leave_out(where, "its code names no video")
            elif subject is None:
                self.leave_out(where, "its code names no subject")
            elif (subject, video) in rows:
                same = rows[subject, video] == row
                self.leave_out(where, f"the trial has {'the same' if same else 'another'} row before it, which counts")
            else:
                rows[subject, video] = row
        if not rows:
            raise DataError(
                f"no row of {self.path} names a subject and a video in its column {self.columns.code!r} "
                "(as SUB07VID24 does); change dataset.subject_pattern and dataset.video_pattern to fit"
            )
        return dict(sorted(rows.items()))

    def labels(self, key: Key) -> dict[str, str | float | None]:
        """Return the labels of a trial; what is wrong is None, and told."""
        row, columns = self.rows[key], self.columns
        target = row.get(columns.target_emotion.lower(), "") if self.targets is None else self.targets.get(key[1], "")
        return {
            "emotion": self._label(key, "emotion", row.get((columns.emotion or "").lower(), ""), emotion_of),
            "stimulus_emotion": self._label(key, "stimulus emotion", target, emotion_of),
            "valence": self._label(key, "valence", row.get((columns.valence or "").lower(), ""), rating_of),
            "arousal": self._label(key, "arousal", row.get((columns.arousal or "").lower(), ""), rating_of),
        }

    def _label(self, key: Key, name: str, cell: str, parse: Callable) -> str | float | None:
        try:
            return parse(cell)
        except SignalError as error:
            where = f"{name} {cell!r} in {self.path.name} (subject {key[0]:02d}, trial {trial_id(key)})"
            self.leave_out(where, str(error))
            return None


def _sheet(path: Path) -> Sheet:
    try:
        return read_sheet(path)
    except FileNotFoundError:
        raise DataError(
            f"PhyMER: there is no {path}. Say where the data is: dataset.root=DIR, the folder that holds it; or what "
            "the file is called: dataset.labels=NAME.csv"
        ) from None
    except (OSError, SignalError) as error:
        raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _by_video(path: Path) -> dict[int, str]:
    sheet = _sheet(path)
    if not sheet.has("video", "emotion"):
        raise DataError(f"{path} needs the columns 'video' and 'emotion' (it has: {', '.join(sheet.columns)})")
    return {video: row["emotion"] for row in sheet.rows if (video := last_number(row["video"])) is not None}
