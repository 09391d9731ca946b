"""Identity: what streams that are constant for every person give away."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from insula.evaluation.controls.answered import answered, scored, vectors
from insula.evaluation.controls.fold_summary import FoldSummary
from insula.evaluation.controls.ridge import Ridge
from insula.evaluation.controls.shuffle import within
from insula.evaluation.scores import plain, scores_for
from insula.randomness import draw
from insula.specs import TargetSpec
from insula.windows.protocol import Ints, Protocol

TIMES = 10
SHUFFLED, RANDOM = KINDS = ("shuffled", "random")


class Identity:
    """Fits a ridge classifier to the true streams, with one stream's vectors dealt out anew among people, and with a
    random vector for every person instead.

    Where the shuffled stream does as well, what it says of a person doesn't matter; where random numbers do, too, it
    is a name tag. People are those of the fold, within their dataset.

    Parameters
    ----------
    streams
        Those that are constant for every person.
    protocol
        Of the run.
    targets
        Of the run.
    balance
        Whether the run balances classes.
    """

    def __init__(
        self, streams: Sequence[str], protocol: Protocol, targets: Mapping[str, TargetSpec], *, balance: bool
    ) -> None:
        self.streams, self.protocol, self.targets, self.balance = streams, protocol, targets, balance
        self._tables: dict[str, list[pd.DataFrame]] = {name: [] for name in targets}
        self._truth: dict[str, list[np.ndarray]] = {name: [] for name in targets}
        self._drawn: dict[tuple[str, str, str], list[np.ndarray]] = {}

    def see(self, number: int, summary: FoldSummary) -> None:
        """Fit and answer one fold."""
        for target in self.targets.values():
            train, test = summary.labelled(target)
            if len(train) and len(test):
                self._see(number, summary, target, train, test)

    def found(self, index: pd.DataFrame, unit: str) -> dict[str, list[dict[str, Any]]]:
        """Return, per target and stream, the figures with the true stream and the range of those without."""
        found = {}
        for target in self.targets.values():
            true = scored(self._tables[target.name], index, target, unit)["metrics"]
            found[target.name] = [
                {"stream": stream, "true": true, **{kind: self._range(target, stream, kind) for kind in KINDS}}
                for stream in self.streams
            ]
        return found

    def _see(self, number: int, summary: FoldSummary, target: TargetSpec, train: Ints, test: Ints) -> None:
        scores, labels, table = scores_for(target), vectors(summary.rows, target), summary.table(train)
        balance = self.balance and target.kind != "number"
        asked = summary.table(test)

        def said(train_table: np.ndarray, test_table: np.ndarray) -> np.ndarray:
            return Ridge(train_table).predict(test_table, labels[train], balance=balance)

        self._tables[target.name].append(answered(summary.rows.index.iloc[test], said(table, asked), target, number))
        self._truth[target.name].append(scores.decide(labels[test]))
        both, rows = np.concatenate([table, asked]), np.concatenate([train, test])
        for stream in self.streams:
            place = _columns(summary, stream)
            for kind in KINDS:
                answers = []
                for time in range(TIMES):
                    other, seed = both.copy(), draw(0, "identity", stream, kind, number, time)
                    other[:, place] = self._dealt(both[:, place], rows, kind, np.random.default_rng(seed))
                    answers.append(scores.decide(said(other[: len(train)], other[len(train) :])))
                self._drawn.setdefault((target.name, stream, kind), []).append(np.stack(answers))

    def _dealt(self, values: np.ndarray, rows: Ints, kind: str, rng: np.random.Generator) -> np.ndarray:
        """Return every row's vector as its person is dealt one; what a row lacks, it goes on lacking."""
        people, first, which = np.unique(self.protocol.subject[rows], return_index=True, return_inverse=True)
        if kind == RANDOM:
            dealt = rng.normal(size=(len(people), values.shape[1]))
        else:
            own = pd.DataFrame(values).groupby(which).first().to_numpy()
            dealt = own[within(self.protocol.codes("dataset")[rows][first], rng)]
        return np.where(np.isnan(values), np.nan, dealt[which])

    def _range(self, target: TargetSpec, stream: str, kind: str) -> dict[str, dict[str, float | None]]:
        scores, true = scores_for(target), np.concatenate(self._truth[target.name])
        said = np.concatenate(self._drawn[target.name, stream, kind], axis=1)
        nobody = np.zeros(len(true), np.int64)
        values = np.stack([scores.values(scores.sums(true, answers, nobody, 1))[0] for answers in said])
        return {
            name: {"mean": plain(column.mean()), "least": plain(column.min()), "most": plain(column.max())}
            for name, column in zip(scores.names, values.T, strict=True)
        }


def _columns(summary: FoldSummary, stream: str) -> slice:
    widths = {name: values.shape[1] for name, values in summary.values.items()}
    before = sum(width for name, width in list(widths.items())[: list(widths).index(stream)])
    return slice(before, before + widths[stream])
