"""Baselines: classic models on window summaries, on the folds of the run."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from insula.errors import InsulaError
from insula.evaluation.controls.answered import scored
from insula.evaluation.controls.fold_summary import FoldSummary
from insula.evaluation.predict import predict_rows
from insula.model.build import build_model
from insula.plugin.choice import Choice
from insula.specs import TargetSpec
from insula.training.at_once import fit
from insula.training.fold import fold_seed
from insula.training.plan import TrainingPlan
from insula.training.sampling import EpochBatches, class_weights, oversampling
from insula.windows.protocol import Ints

log = logging.getLogger("insula")
AT_ONCE = 1024
"""Test windows that are predicted together."""


class Baselines:
    """Fits every baseline to every fold, one model per target, and scores it as the run's model is scored.

    A baseline sees the rows that the run's model learns from (those of a refit and of an adaptation included), in the
    same order, with the same seed and the same class weights. What can't be fitted has a reason instead of figures.

    Parameters
    ----------
    choices
        Name to an architecture that is fitted at once.
    plan
        How the run trains.
    targets
        Of the run.
    seed
        The run's first seed.
    """

    def __init__(
        self, choices: Mapping[str, Choice], plan: TrainingPlan, targets: Mapping[str, TargetSpec], seed: int
    ) -> None:
        self.choices, self.plan, self.targets, self.seed = choices, plan, targets, seed
        self.tables: dict[tuple[str, str], list[pd.DataFrame]] = {}
        self.seconds = dict.fromkeys(((name, target) for name in choices for target in targets), 0.0)
        own = plan.model.architecture.name
        self.why = {key: "it is this run's model" for key in self.seconds if choices[key[0]].name == own}

    def see(self, number: int, summary: FoldSummary) -> None:
        """Fit and answer one fold."""
        for name, choice in self.choices.items():
            for target in self.targets.values():
                if (name, target.name) not in self.why:
                    self._try(name, choice, target, number, summary)

    def found(self, index: pd.DataFrame, unit: str) -> dict[str, dict[str, dict[str, Any]]]:
        """Return, per target and baseline, its figures, or ``why`` there are none."""
        return {
            target.name: {name: self._found(name, target, index, unit) for name in self.choices}
            for target in self.targets.values()
        }

    def _found(self, name: str, target: TargetSpec, index: pd.DataFrame, unit: str) -> dict[str, Any]:
        key = (name, target.name)
        if key in self.why:
            return {"why": self.why[key]}
        figures = scored(self.tables[key], index, target, unit)
        return {**figures["metrics"], "trial": figures["trial"], "seconds": round(self.seconds[key], 2)}

    def _try(self, name: str, choice: Choice, target: TargetSpec, number: int, summary: FoldSummary) -> None:
        key, begin = (name, target.name), time.perf_counter()
        try:
            table = self._answers(choice, target, number, summary)
        except InsulaError as error:
            self.why[key] = str(error)
        except Exception as error:  # a stranger's baseline must not cost the run
            self.why[key] = f"{type(error).__name__}: {error}"
            log.warning("controls.baselines.%s could not be fitted: %s", name, self.why[key])
        else:
            self.tables.setdefault(key, []).append(table)
            self.seconds[key] += time.perf_counter() - begin

    def _answers(self, choice: Choice, target: TargetSpec, number: int, summary: FoldSummary) -> pd.DataFrame:
        spec = summary.data.targets[target.name]
        data = replace(summary.data, targets={target.name: spec})
        seed = fold_seed(self.seed, number)
        network = build_model(replace(self.plan.model, architecture=choice), data, seed)
        fit(network, (summary.batch(rows, spec) for rows in self._order(spec, seed, summary)), seed)
        pieces = (summary.test[begin : begin + AT_ONCE] for begin in range(0, len(summary.test), AT_ONCE))
        with torch.no_grad():
            batches = (summary.batch(rows, spec) for rows in pieces)
            return predict_rows(network, batches, data, summary.rows.index, fold=number, seed=0)

    def _order(self, target: TargetSpec, seed: int, summary: FoldSummary) -> Iterator[Ints]:
        """Yield the training rows as the run's first epoch has them: oversampled where the run does so."""
        options, chances = self.plan.options, None
        if options.balance == "oversample" and target.kind != "number":
            labels = list(summary.rows.index[target.name].iloc[summary.train])
            weights = class_weights(labels, target.classes)
            chances = oversampling(labels, dict(zip(target.classes, weights, strict=True)))
        for rows in EpochBatches(summary.train, options.batch_size, seed, chances=chances):
            yield np.asarray(rows)
