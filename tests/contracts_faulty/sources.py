"""Sound and faulty splits, datasets, readers and analyses."""

from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from insula import Analysis, DataError, Dataset, Fold, Reader, Section, Signal, SignalError, Split, Target, Trial


class SoundSplit(Split):
    def folds(self, index):
        people = index["subject"].to_numpy()
        for rest, test in GroupKFold(4).split(people, groups=people):
            last = people[rest].max()
            yield Fold(rest[people[rest] != last], rest[people[rest] == last], test)


class Overlaps(SoundSplit):
    def folds(self, index):
        for fold in super().folds(index):
            yield Fold(fold.train, fold.test[:3], fold.test)


class AdaptsOnTest(SoundSplit):
    def folds(self, index):
        for fold in super().folds(index):
            yield Fold(fold.train, fold.validation, fold.test, fold.test[:5])


class Boasts(SoundSplit):
    claims = ("new planets",)


class Labels(SoundSplit):
    def folds(self, index):
        for fold in super().folds(index):
            yield Fold(
                index.index[fold.train].to_numpy(),
                index.index[fold.validation].to_numpy(),
                index.index[fold.test].to_numpy(),
            )


class OutOfRange(SoundSplit):
    def folds(self, index):
        for fold in super().folds(index):
            yield Fold(fold.train, fold.validation, fold.test + 300)


class EmptyTest(SoundSplit):
    def folds(self, index):
        for fold in super().folds(index):
            yield Fold(fold.train, fold.test)


class Restless(SoundSplit):
    def folds(self, index):
        for fold in super().folds(index):
            keep = np.random.default_rng().permutation(fold.train)[:-5]
            yield Fold(keep, fold.validation, fold.test)


class SortsIndex(SoundSplit):
    def folds(self, index):
        index["subject"] = index["subject"].str.upper()
        return super().folds(index)


class SoundDataset(Dataset):
    """Files named ``<person>_<emotion>.txt`` of numbers."""

    licence = "public domain"
    citation = "none"
    readers = {"beat": "numbers"}
    targets = {"emotion": Target("classes", ("joy", "anger"))}

    def trials(self):
        found = sorted(self.root.glob("*.txt"))
        if not found:
            raise DataError(f"{self.root} holds no .txt file")
        for path in found:
            person, emotion = path.stem.split("_")
            yield Trial(id=path.stem, subject=person, labels={"emotion": emotion}, context={"path": path.name})

    @classmethod
    def generate(cls, root: Path, *, seed: int = 0):
        root.mkdir(parents=True)
        rng = np.random.default_rng(seed)
        for name in ("ann_joy", "ann_anger", "bob_joy"):
            np.savetxt(root / f"{name}.txt", rng.normal(size=50))


class NoLicence(SoundDataset):
    licence = ""


class UndeclaredClass(SoundDataset):
    targets = {"emotion": Target("classes", ("joy", "sadness"))}


class TwinTrials(SoundDataset):
    def trials(self):
        return [trial for trial in super().trials() for _ in range(2)]


class SilentlyEmpty(SoundDataset):
    def trials(self):
        return list(super().trials()) if self.root.is_dir() else []


class SoundReader(Reader):
    def read(self, trial):
        path = self.root / trial.context["path"]
        if not path.is_file():
            raise SignalError(f"{path} is missing")
        return Signal.of(np.loadtxt(path), 10.0, ("beat",), "1")

    def files(self, trial):
        return [self.root / trial.context["path"]]


class ReadsTwice(SoundReader):
    def read(self, trial):
        signal = super().read(trial)
        return signal.with_data(signal.data + np.random.default_rng().normal())


class Fragile(SoundReader):
    def read(self, trial):
        return Signal.of(np.loadtxt(self.root / trial.context["path"]), 10.0, ("beat",), "1")


class WrongFiles(SoundReader):
    def files(self, trial):
        return [self.root / "somewhere_else.txt"]


class SoundAnalysis(Analysis):
    def __call__(self, results):
        return Section("Rows", f"{len(results.predictions)} predictions", values={"rows": len(results.predictions)})


class NoJSON(Analysis):
    def __call__(self, results):
        return Section("Rows", "some", values={"subjects": set(results.index["subject"])})


class ChangesResults(SoundAnalysis):
    def __call__(self, results):
        results.predictions["extra"] = 1
        return super().__call__(results)


class SaysNothing(Analysis):
    def __call__(self, results):
        return Section("Rows")
