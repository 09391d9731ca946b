"""KERC2021: the 60-s samples of the 3rd Korean emotion recognition challenge."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from insula import DataError, Dataset, LeftOut, SignalError, Trial
from insula_phymer.affect import QUADRANTS, halves_of, quadrant_targets
from insula_phymer.assessments import ANSWERS, Assessments
from insula_phymer.assessor import TRAITS
from insula_phymer.codes import regex
from insula_phymer.findings import Findings
from insula_phymer.reader import SOUGHT
from insula_phymer.sheet import Sheet, read_sheet
from insula_phymer.tree import files_below

Key = tuple[str, str]
"""Part and sample."""
NOBODY = "unknown"
MODALITIES = ("eeg", "eda", "bvp", "temp")


class KERC2021(Dataset):
    """KERC2021: 690 samples of 60 s of EEG, skin conductance, pulse and temperature with the quadrant of emotion.

    A folder with ``train_labels.csv`` (Id, label), ``train_personality.csv`` (Id and five traits), and a folder per
    sample ``train/<Id>`` with ``EEG_256.csv``, ``EDA_4.csv``, ``BVP_64.csv`` and ``TEMP_4.csv``; the same of further
    parts. A sample without a label is left out, as those of ``val`` and ``test`` are where their labels aren't there.

    Whose sample it is, and what was watched, isn't said anywhere: there is no stimulus, so that the audit can't see
    what videos give away, and ``subjects`` says what stands for the person.

    Targets: ``quadrant`` (LALV, LAHV, HALV, HAHV: low or high arousal, then valence), ``arousal_binary`` and
    ``valence_binary``.

    Parameters
    ----------
    root
        The folder that holds ``train_labels.csv``.
    subjects
        ``profile``: samples with the same five traits count as one person's. Whoever answered the questionnaire once is
        then on one side of a split by subjects, and the audit sees that the traits name people. Where a sample lacks a
        trait, nobody is known. ``unknown``: all samples count as one person's, so that no run can claim new people.
    parts
        Which parts to list.
    id_column
        The column that names the sample, in the files of labels and of personality.
    label
        The column of the quadrant.
    pattern
        Regular expression of the names of a sample's files; its group is the signal.

    Notes
    -----
    https://www.kaggle.com/c/kerc2021/; the layout from the organisers' baseline, github.com/dntai/KERC21Baseline.
    """

    licence = "That under which the challenge gave you the data; PhyMER is for non-commercial academic research only"
    citation = "3rd Korean Emotion Recognition Challenge, 2021; Pant et al. (2023): PhyMER. IEEE Access 11, 107638."
    identifiability = "Recordings are numbers, and who is who isn't said; signals and personality may tell"
    intended_use = "That of the challenge: four quadrants of arousal and valence from recordings of 60 s"
    readers = {
        **{name: f"phymer_{name}" for name in MODALITIES},
        "personality": {"name": "phymer_personality", "who": "Id", "by": "trial"},
    }
    targets = quadrant_targets()

    def __init__(
        self,
        root: Path,
        *,
        subjects: Literal["profile", "unknown"] = "profile",
        parts: Annotated[tuple[str, ...], Field(min_length=1)] = ("train", "val", "valid", "test"),
        id_column: str = "Id",
        label: str = "label",
        pattern: str = r"^(EEG|EDA|BVP|TEMP)_[\d.]+\.csv$",
    ) -> None:
        super().__init__(root)
        self.subjects, self.parts, self.id_column, self.label = subjects, parts, id_column, label
        self.pattern = regex("pattern", pattern, groups=1)
        personality = {"name": "phymer_personality", "who": id_column, "by": "trial"}
        self.readers = {**type(self).readers, "personality": personality}

    def trials(self) -> Iterable[Trial]:
        """List the samples that have a label and a file.

        Raises
        ------
        DataError
            If no part has labels, or none of its samples a file.
        """
        self.left_out.clear()
        labels = {key: label for part in self.parts for key, label in self._labels(part).items()}
        if not labels:
            names = ", ".join(f"{part}_labels.csv" for part in self.parts)
            raise DataError(
                f"KERC2021: no sample has a label: looked in {self.root} for {names}. Type dataset.root=DIR"
            )
        findings = self._findings()
        having = findings.keys()
        for part, sample in sorted(labels.keys() - having):
            self.leave_out(f"{part}_labels.csv: {sample}", "no file of the sample was found")
        self._count_unlabelled(having - labels.keys())
        keys = sorted(labels.keys() & having)
        if not keys:
            raise DataError(f"none of the {len(labels)} samples has a file: {'; '.join(findings.sought.values())}")
        people = self._people(keys)
        return [self._trial(key, labels[key], people[key], findings) for key in keys]

    def _trial(self, key: Key, quadrant: str, subject: str, findings: Findings[Key]) -> Trial:
        name = "/".join(key)
        personality = Path(f"{key[0]}_personality.csv")
        shared = {"personality": personality} if (self.root / personality).is_file() else {}
        return Trial(
            id=name,
            dataset="kerc2021",
            subject=subject,
            labels=halves_of(quadrant),
            context={
                "part": key[0],
                "sample": key[1],
                **shared,
                **findings.of(key, name),
                SOUGHT: dict(findings.sought),
            },
        )

    def _labels(self, part: str) -> dict[Key, str]:
        """Return the quadrants of a part's samples."""
        path = self.root / f"{part}_labels.csv"
        if not path.is_file():
            return {}
        found: dict[Key, str] = {}
        for row in self._sheet(path, self.id_column, self.label).rows:
            sample, label = row[self.id_column.lower()], row[self.label.lower()].upper()
            if label not in QUADRANTS:
                self.leave_out(f"{path.name}: {sample} {label!r}", f"its label is none of {', '.join(QUADRANTS)}")
            elif (part, sample) in found:
                self.leave_out(f"{path.name}: {sample}", "the sample has a row before it, which counts")
            else:
                found[part, sample] = label
        return found

    def _sheet(self, path: Path, *columns: str) -> Sheet:
        try:
            sheet = read_sheet(path)
        except (OSError, SignalError) as error:
            raise DataError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
        if not sheet.has(*columns):
            raise DataError(
                f"{path} lacks one of the columns {', '.join(columns)} (it has: {', '.join(sheet.columns)}). "
                "Say what they are called: dataset.id_column=NAME dataset.label=NAME"
            )
        return sheet

    def _findings(self) -> Findings[Key]:
        findings: Findings[Key] = Findings(self.root, self.leave_out)
        files = [found for part in self.parts for found in files_below(self.root, part, self.pattern)]
        sought = (
            f"below {', '.join(self.parts)} for names like {self.pattern.pattern}; if they are called otherwise, type "
            "dataset.pattern=REGEX"
        )
        for modality in MODALITIES:
            of = [path for path, fits in files if fits.group(1).lower() == modality]
            findings.add(modality, [((path.parts[0], path.parent.name), path) for path in of], sought)
        return findings

    def _count_unlabelled(self, keys: set[Key]) -> None:
        for part in self.parts:
            if count := sum(key[0] == part for key in keys):
                self.left_out.append(LeftOut(f"samples of {part}", "no label is known of them", count))

    def _people(self, keys: Iterable[Key]) -> Mapping[Key, str]:
        """Return what stands for the person of every sample."""
        keys = list(keys)
        try:
            if self.subjects == "profile":
                sheets = {part: self._assessments(part) for part, _ in keys}
                return {(part, name): _profile(sheets[part].levels(name)) for part, name in keys}
        except (OSError, SignalError) as error:
            self.leave_out("who the samples are of", f"not all have their five traits: {error}")
        return dict.fromkeys(keys, NOBODY)

    def _assessments(self, part: str) -> Assessments:
        sheet = read_sheet(self.root / f"{part}_personality.csv")
        return Assessments(sheet, self.id_column, "trial", TRAITS, ANSWERS, "auto")


def _profile(levels: tuple[float, ...]) -> str:
    if any(level != level for level in levels):
        raise SignalError("a trait is missing")
    return "-".join(f"{level:g}" for level in levels)
