"""Run one fold: train it, keep its bundle, and predict its test rows; a fold that is finished is not run again.

A blind fold predicts nothing until its predictions are asked for.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from torch import nn

from insula.errors import SplitError
from insula.evaluation.as_trained import check_as_trained
from insula.evaluation.predict import batched_by_group, predict
from insula.evaluation.results import FoldResult
from insula.evaluation.window_cost import window_cost
from insula.model.architecture import Architecture
from insula.model.build import build_model, count_parameters
from insula.plugin.manager import Plugins
from insula.randomness import draw
from insula.specs import DataSpec
from insula.training.bundle import Bundle, StreamChain, load_bundle, save_bundle
from insula.training.fold import TrainedFold, TrainingPlan, fold_seed, train_fold, trained_fold
from insula.windows.batch import Batch
from insula.windows.perturbed import Change, PerturbedWindows
from insula.windows.split import Fold
from insula.windows.windows import FoldWindows, Windows, conversations, in_order


@dataclass(frozen=True, eq=False)
class FoldRun:
    """One fold of one seed, in a folder of its own."""

    plan: TrainingPlan
    windows: Windows
    fold: Fold
    seed: int
    number: int
    folder: Path
    plugins: Plugins
    about: Mapping[str, Any]

    @property
    def title(self) -> str:
        """How the log calls it."""
        return f"seed {self.seed}, fold {self.number}"

    @property
    def finished(self) -> bool:
        """Whether an earlier run finished it."""
        return (self.folder / "fold.json").exists()

    def run(self, progress: Any = None) -> None:
        """Train, save the bundle, predict; the summary is written last, so that it says all the rest is whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        seed = fold_seed(self.seed, self.number)
        trained = train_fold(self.plan, self.windows, self.fold, seed, self.folder, progress, self.title)
        save_bundle(self.folder / "bundle", self._bundle(trained), self.plan.model, self.plugins)
        pd.DataFrame(trained.history).to_csv(self.folder / "history.csv", index=False)
        tested = trained.windows.usable(self.fold)
        if not len(tested.test):
            first = trained.windows.left_out[0]
            raise SplitError(f"{self.title}: no test window is left: {first.what}: {first.why}")
        if not self.plan.options.blind:
            self._test(trained.network, trained.windows, trained.data)
        summary = {
            "seed": self.seed,
            "fold": self.number,
            "windows": {role: len(tested.rows(role)) for role in Fold.ROLES},
            "left_out": [[item.what, item.why] for item in trained.windows.left_out],
            "epochs": trained.epochs,
            "parameters": count_parameters(trained.network),
            "seconds": trained.seconds,
            "validation": dict(trained.validation),
        }
        if self.number == 0:
            trains = trained.windows.usable(self.fold).train
            summary |= window_cost(trained.network, trained.windows, trains, trained.data)
        (self.folder / "fold.json").write_text(json.dumps(summary, indent=1))

    def predictions(self) -> pd.DataFrame:
        """Return the predictions of the finished fold: of one that was trained blind, by what its bundle holds."""
        if not (self.folder / "predictions.parquet").exists():
            check_as_trained(self.loaded, self.fitted, self.title)
            self._test(self.loaded.network, self.fitted, self.loaded.data)
        return pd.read_parquet(self.folder / "predictions.parquet")

    def _test(self, network: nn.Module, fitted: FoldWindows, data: DataSpec) -> None:
        """Predict the test rows; the table is there whole or not at all."""
        batches = self._batches(fitted, fitted.usable(self.fold), network, data, "test")
        table = predict(network, batches, data, fitted.windows, fold=self.number, seed=self.seed)
        part = self.folder / ".predictions.part"
        table.to_parquet(part, index=False)
        part.replace(self.folder / "predictions.parquet")

    def result(self) -> FoldResult:
        """Return what an analysis may look at."""
        return FoldResult(
            seed=self.seed,
            number=self.number,
            fold=self.fold,
            history=pd.read_csv(self.folder / "history.csv"),
            model=lambda: self.loaded.network,
            untrained=self._untrained,
            batches=self._of_role,
            summary=json.loads((self.folder / "fold.json").read_text()),
            perturbed=self._perturbed,
        )

    @cached_property
    def loaded(self) -> Bundle:
        return load_bundle(self.folder / "bundle", self.plugins)

    def _untrained(self, again: int = 0) -> Architecture:
        seed = fold_seed(self.seed, self.number)
        return build_model(self.plan.model, self.loaded.data, draw(seed, "again", again) if again else seed).eval()

    @cached_property
    def fitted(self) -> FoldWindows:
        """The windows as the trained fold prepares them; recordings are let go of after every use."""
        return self.windows.fit(trained_fold(self.plan, self.windows, self.fold))

    def _of_role(self, role: str, windows: FoldWindows | None = None) -> Iterator[Batch]:
        usable = self.fitted.usable(self.fold)
        yield from self._batches(windows or self.fitted, usable, self.loaded.network, self.loaded.data, role)
        for stream in self.fitted.streams.values():
            stream.forget()

    def _perturbed(self, role: str, change: Change) -> Iterator[Batch]:
        seed = fold_seed(self.seed, self.number)
        return self._of_role(role, PerturbedWindows(self.fitted, change, seed, self.about["modalities"]))

    def _batches(
        self, fitted: FoldWindows, fold: Fold, network: nn.Module, data: DataSpec, role: str
    ) -> Iterator[Batch]:
        rows, groups = list(map(int, fold.rows(role))), None
        if batched_by_group(network):
            groups = conversations(self.windows.rows)
            rows = in_order(rows, self.windows.rows, groups)
        return fitted.batches(rows, data, max(self.plan.options.batch_size, 64), groups)

    def _bundle(self, trained: TrainedFold) -> Bundle:
        chains = {}
        for name, fitted in trained.windows.streams.items():
            plan = fitted.windows.plan
            shared_signal = plan.signal[: len(plan.signal) - len(plan.live_signal)]
            chains[name] = StreamChain(
                self.about["modalities"][name],
                plan.length,
                plan.context,
                [*shared_signal, *fitted.signal_steps],
                [*plan.stored_features, *fitted.feature_steps],
            )
        return Bundle(
            trained.network,
            trained.data,
            chains,
            self.about["window"],
            {**self.about, "fold": self.number, "seed": self.seed},
        )
