"""PhyMER: trials from ``labels.csv``, and the files that belong to them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from insula import DataError, Dataset, Trial
from insula_phymer.affect import Threshold, affect_targets
from insula_phymer.codes import Codes, Key, regex, trial_id
from insula_phymer.findings import Findings
from insula_phymer.ratings import Columns, Ratings
from insula_phymer.reader import SOUGHT
from insula_phymer.tree import files_below

WRIST = ("eda", "bvp", "temp", "hr")
_ELSE = "if they are elsewhere or called otherwise, type dataset.{0}=FOLDER or dataset.{0}_pattern=REGEX"


class PhyMER(Dataset):
    """PhyMER: EEG, skin conductance, pulse, temperature and personality of 30 people who watched 23 videos.

    A folder with ``labels.csv`` (a row per trial), ``E4`` (the wristband's CSV files), ``Emotiv`` (EEG as FIF or SET)
    and ``Personality``. Files are found anywhere below their folder by the subject and the video that their path names;
    a missing file is a missing modality, and the report counts it. Numbers of subjects and videos have gaps. The
    inner layout of ``Emotiv`` and the columns of ``Personality`` are not published: options say what they are called.

    Targets: ``emotion`` (self-report) and ``stimulus_emotion`` (what the video is meant to stir), seven classes each;
    ``valence`` and ``arousal``, numbers from 1 to 9; ``valence_binary`` and ``arousal_binary`` (low, high);
    ``valence_three`` and ``arousal_three`` (1–3 low, 4–6 medium, 7–9 high); ``quadrant`` (LALV, LAHV, HALV, HAHV: low
    or high arousal, then valence).

    Parameters
    ----------
    root
        The folder that holds ``labels.csv``.
    threshold
        Where low and high meet, for the targets of two classes and the quadrant: ``midpoint``: 5, which is low itself;
        ``train_median``: the median of a fold's training trials; ``subject_median``: that of all trials of each
        subject, those under test included, which the audit says.
    people
        Only the first so many subjects by number, to try a set-up; null: all.
    labels
        The file of labels.
    code
        Its column that names subject and video (``SUB07VID24``); rows without a video are counted and left out.
    arousal
        Its column of self-reported arousal, 1 to 9; null: there is none.
    valence
        Its column of self-reported valence, 1 to 9; null: there is none.
    emotion
        Its column of the self-reported emotion; null: there is none.
    target_emotion
        Its column of the emotion that the video is meant to stir; need not be there.
    stimuli
        A file with the columns ``video`` and ``emotion`` that says the same, where ``labels`` has no such column; need
        not be there.
    subject_pattern
        Regular expression of the subject in codes and paths; its group is the number. The last place counts.
    video_pattern
        The same of the video.
    e4
        The folder of the wristband's files.
    e4_pattern
        Regular expression of their names; its group is the signal.
    eeg
        The folder of the EEG.
    eeg_pattern
        Regular expression of the names of EEG files; where a trial has FIF and SET, FIF is read.
    personality
        The file of the people's personalities, a pattern in which ``*`` stands for anything; the first that fits
        counts.

    Notes
    -----
    Pant et al. (2023), IEEE Access 11:107638. The names come from the dataset's page,
    https://sites.google.com/view/phymer-dataset, and from code that loads it.
    """

    licence = "Given on request, for non-commercial academic research only"
    citation = "Pant et al. (2023): PhyMER. IEEE Access 11, 107638."
    identifiability = "People are numbers; EEG, pulse, skin conductance, temperature and Big Five may tell who is who"
    intended_use = "Non-commercial academic research. 30 people who watched 23 videos, with emotions that they report"
    readers = {
        "eeg": "phymer_eeg",
        **{name: f"phymer_{name}" for name in WRIST},
        "personality": "phymer_personality",
    }
    targets = affect_targets("midpoint")
    resumable = True

    def __init__(
        self,
        root: Path,
        *,
        threshold: Threshold = "midpoint",
        people: Annotated[int, Field(ge=1)] | None = None,
        labels: str = "labels.csv",
        code: str = "experiment_code",
        arousal: str | None = "arousal",
        valence: str | None = "valence",
        emotion: str | None = "emotion",
        target_emotion: str = "target_emotion",
        stimuli: str = "stimuli.csv",
        subject_pattern: str = r"SUB0*(\d+)",
        video_pattern: str = r"VID0*(\d+)",
        e4: str = "E4",
        e4_pattern: str = r"_(EDA|BVP|TEMP|HR)_[\d.]+\.csv$",
        eeg: str = "Emotiv",
        eeg_pattern: str = r"\.(fif|set)$",
        personality: str = "Personality/*.csv",
    ) -> None:
        super().__init__(root)
        self.targets = affect_targets(threshold)
        self.people, self.labels, self.stimuli, self.personality = people, labels, stimuli, personality
        self.columns = Columns(code, arousal, valence, emotion, target_emotion)
        self.codes = Codes(
            regex("subject_pattern", subject_pattern, groups=1), regex("video_pattern", video_pattern, groups=1)
        )
        self.e4, self.e4_pattern = e4, regex("e4_pattern", e4_pattern, groups=1)
        self.eeg, self.eeg_pattern = eeg, regex("eeg_pattern", eeg_pattern)

    def trials(self) -> Iterable[Trial]:
        """List the rows of ``labels.csv`` that name a video and have a file.

        Raises
        ------
        DataError
            If ``labels.csv`` isn't there, lacks a column, or none of its trials has a file.
        """
        self.left_out.clear()
        path = self.root / self.labels
        ratings = Ratings(path, self.root / self.stimuli, self.columns, self.codes, self.leave_out)
        people = sorted({subject for subject, _ in ratings.rows})[: self.people]
        findings = self._findings(people)
        having, listed = findings.keys(), [key for key in ratings.rows if key[0] in people]
        for key in sorted(having - ratings.rows.keys()):
            self.leave_out(f"files of {trial_id(key)}", f"{self.labels} has no row of the trial")
        for key in listed:
            if key not in having:
                self.leave_out(f"{self.labels}: {trial_id(key)}", "no file of the trial was found")
        if not having & {*listed}:
            sought = "; ".join(findings.sought.values())
            raise DataError(f"none of the {len(listed)} trials in {path} has a file: {sought}")
        shared = self._personality(findings)
        return [self._trial(key, ratings, findings, shared) for key in listed if key in having]

    def _trial(self, key: Key, ratings: Ratings, findings: Findings[Key], shared: Mapping[str, Path]) -> Trial:
        name = trial_id(key)
        return Trial(
            id=name,
            dataset="phymer",
            subject=f"{key[0]:02d}",
            stimulus=f"VID{key[1]:02d}",
            labels=ratings.labels(key),
            context={**shared, **findings.of(key, name), SOUGHT: dict(findings.sought)},
        )

    def _findings(self, people: list[int]) -> Findings[Key]:
        """Find the files of some people by modality."""
        findings: Findings[Key] = Findings(self.root, self.leave_out)
        names = f"with {self.codes.subject.pattern} and {self.codes.video.pattern} in their path"
        eeg = [path for path, _ in files_below(self.root, self.eeg, self.eeg_pattern)]
        eeg.sort(key=lambda path: path.suffix.lower() != ".fif")  # a trial's FIF before its SET
        sought = f"below {self.eeg} for names like {self.eeg_pattern.pattern} {names}; {_ELSE.format('eeg')}"
        findings.add("eeg", self._of(eeg, people), sought)
        worn = files_below(self.root, self.e4, self.e4_pattern)
        sought = f"below {self.e4} for names like {self.e4_pattern.pattern} {names}; {_ELSE.format('e4')}"
        for modality in WRIST:
            files = [path for path, fits in worn if fits.group(1).lower() == modality]
            findings.add(modality, self._of(files, people), sought)
        return findings

    def _of(self, files: Iterable[Path], people: list[int]) -> Iterable[tuple[Key, Path]]:
        """Yield trial and path of the files of some people; a path that names no trial is told."""
        for path in files:
            key = self.codes.key(path.as_posix())
            if key is None:
                self.leave_out(path, "its path names no subject or no video")
            elif key[0] in people or self.people is None:
                yield key, path

    def _personality(self, findings: Findings[Key]) -> dict[str, Path]:
        """Find the one file of all people's personalities."""
        files = [path.relative_to(self.root) for path in sorted(self.root.glob(self.personality))]
        if not files:
            sought = (
                f"no personality file was found: looked for {self.personality}, a CSV file; type "
                "dataset.personality=FOLDER/NAME.csv, or leave it out: '~streams.personality'"
            )
            findings.sought["personality"] = sought
            self.leave_out("personality", sought)
            return {}
        for path in files[1:]:
            self.leave_out(path, f"a further file of personalities; name the one to read: dataset.personality={path}")
        return {"personality": files[0]}

    @classmethod
    def generate(
        cls,
        root: Path,
        *,
        seed: Annotated[int, Field(ge=0)] = 0,
        preset: Literal["null", "default", "easy"] = "default",
        subjects: Annotated[int, Field(ge=1)] = 30,
        videos: Annotated[int, Field(ge=1)] = 23,
        seconds: Annotated[float, Field(ge=2)] | None = None,
        d: Annotated[float, Field(ge=0)] | None = None,
        dp: Annotated[float, Field(ge=0)] | None = None,
        rho: Annotated[float, Field(ge=0, le=1)] | None = None,
        agreement: Annotated[float, Field(ge=0, le=1)] = 0.7,
        missing: Annotated[float, Field(ge=0, lt=1)] = 0.02,
        eeg_unit: Literal["V", "uV"] = "V",
        set: bool = False,
    ) -> None:
        """Write SYNTHETIC people, videos and signals in PhyMER's layout, going on where it was interrupted.

        Signals follow the self-reported emotion, which is balanced over the seven emotions for every subject; they know
        nothing of the video, nor of personality. Persons and trials leave marks of a real study's size on all signals.

        Parameters
        ----------
        root
            A new folder, or one in which the same options were interrupted.
        seed
            Other seeds give other people and videos.
        preset
            How much the signals say of the emotion: ``null`` nothing at all (d=0, dp=0), ``default`` a little (d=0.35,
            dp=0.4), ``easy`` a lot (d=0.6, dp=1); rho=0.4 in all.
        subjects
            How many people there are.
        videos
            How many videos everybody watches; their numbers have gaps and go beyond 23.
        seconds
            Length of a trial; none: drawn between 60 and 125 s. Up to 10 s the wristband gives no heart rate.
        d
            Effect of the emotion on log band power of the EEG, in place of the preset's.
        dp
            Effect of arousal on heart rate and on how often the skin responds, in place of the preset's.
        rho
            Share of both effects' variance that all people have in common, in place of the preset's.
        agreement
            Share of a subject's reports that name the emotion their video is meant for, as near as balance allows:
            since every subject reports each emotion equally often, reports only disagree by changing places.
        missing
            Share of the files that are missing.
        eeg_unit
            ``uV`` stores microvolts as if they were volts, as recordings in the wild do.
        set
            Whether EEG is also written as SET, for EEGLAB; needs eeglabio.
        """
        from insula_phymer.generator.recipe import Recipe
        from insula_phymer.generator.write import write

        options = {"seed": seed, "subjects": subjects, "videos": videos, "seconds": seconds, "agreement": agreement}
        options |= {"missing": missing, "eeg_unit": eeg_unit, "set": set}
        write(root, Recipe.of(preset, d=d, dp=dp, rho=rho, **options))
