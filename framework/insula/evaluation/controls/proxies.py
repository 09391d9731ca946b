"""Proxies: two cheap classifiers, a straight one and one that recognises, under this protocol and under others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from insula.evaluation.controls.answered import answered, scored, to_outputs, vectors
from insula.evaluation.controls.fold_summary import FoldSummary
from insula.evaluation.controls.nearest import nearest, share_of_same
from insula.evaluation.controls.ridge import Ridge
from insula.randomness import draw
from insula.specs import TargetSpec
from insula.windows.protocol import Ints, Protocol

MOST = 5000
"""Test windows, over all folds, whose nearest training window is looked for; of more a random sample."""
RIDGE, NEAREST = "ridge", "nearest neighbour"


@dataclass(eq=False)
class Side:
    """What the proxies answer under one protocol.

    Parameters
    ----------
    protocol
        The index, with all folds of this side.
    targets
        Of the run.
    balance
        Whether the run balances classes.
    """

    protocol: Protocol
    targets: Mapping[str, TargetSpec]
    balance: bool
    tables: dict[tuple[str, str], list[pd.DataFrame]] = field(default_factory=dict)
    shares: dict[str, list[tuple[int, np.ndarray]]] = field(default_factory=dict)

    def see(self, number: int, summary: FoldSummary) -> None:
        """Fit both and answer one fold."""
        for name, target in self.targets.items():
            train, test = summary.labelled(target)
            if not len(train) or not len(test):
                continue
            labels, rows = vectors(summary.rows, target), summary.table(train)
            balance = self.balance and target.kind != "number"
            said = Ridge(rows).predict(summary.table(test), labels[train], balance=balance)
            self._keep(RIDGE, target, summary, test, said, number)
            some = _sample(test, -(-MOST // len(self.protocol.folds)), draw(0, "nearest", number))
            chosen = train[nearest(rows, summary.table(some))]
            self._keep(NEAREST, target, summary, some, to_outputs(labels[chosen], target), number)
            self.shares.setdefault(name, []).append((len(some), self._shares(chosen, some, train)))

    def found(self, target: TargetSpec, unit: str) -> dict[str, dict[str, Any]]:
        """Return the figures of both, and whom the nearest windows are of."""
        index = self.protocol.index
        found = {proxy: scored(self.tables[proxy, target.name], index, target, unit) for proxy in (RIDGE, NEAREST)}
        count, shares = zip(*self.shares[target.name], strict=True)
        names = ("same_trial", "same_trial_by_chance", "same_subject", "same_subject_by_chance")
        found[NEAREST] |= dict(zip(names, map(float, np.average(shares, axis=0, weights=count)), strict=True))
        return found

    def _keep(
        self, proxy: str, target: TargetSpec, summary: FoldSummary, rows: Ints, said: np.ndarray, number: int
    ) -> None:
        table = answered(summary.rows.index.iloc[rows], said, target, number)
        self.tables.setdefault((proxy, target.name), []).append(table)

    def _shares(self, chosen: Ints, test: Ints, train: Ints) -> np.ndarray:
        codes = (self.protocol.family, self.protocol.subject)
        return np.array([share for code in codes for share in share_of_same(code, chosen, test, train)])


def _sample(rows: Ints, most: int, seed: int) -> Ints:
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
