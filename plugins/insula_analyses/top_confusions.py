"""top_confusions: the mistakes that are made most often."""

from typing import Annotated, Any

import numpy as np
from pydantic import Field

from insula import Analysis, Results, Section, Table
from insula_analyses.predicted import Predicted

HEADS = ("true", "taken for", "windows", "of the true class", "of all errors", "trials")
_WHAT = (
    "Which class is most often taken for which: held-out windows pooled over folds, averaged over seeds. The windows "
    "of a trial tend to fail together, so the last column says in how many trials it happens."
)


class TopConfusions(Analysis):
    """The most frequent wrong pairs of classes: how many windows, and which share of the true class.

    Parameters
    ----------
    pairs
        How many pairs to list.
    """

    def __init__(self, *, pairs: Annotated[int, Field(gt=0)] = 10) -> None:
        self.pairs = pairs

    def __call__(self, results: Results) -> Section:
        """Return a table for every target that has classes."""
        targets = Predicted.all(results)
        if not targets:
            return Section("Top confusions", "Confusions need classes; every target of this run is a number.")
        found = {held_out.target.name: confusions(held_out)[: self.pairs] for held_out in targets}
        remarks = [remark for held_out in targets for remark in held_out.remarks]
        remarks += [f"{name}: not one held-out window is taken for another class." for name in found if not found[name]]
        tables = [_table(name, pairs) for name, pairs in found.items() if pairs]
        return Section("Top confusions", "\n\n".join([_WHAT, *remarks]), tables, values=found)


def confusions(held_out: Predicted) -> list[dict[str, Any]]:
    """Return every wrong pair that occurs, the most frequent first, of equally frequent ones in the classes' order."""
    classes, truth = held_out.target.classes, held_out.truth
    chosen = held_out.shares.argmax(axis=1)
    seeds, support = max(len(np.unique(held_out.seed)), 1), held_out.support
    errors = int((chosen != truth).sum())
    pairs = []
    for true, other in np.ndindex(len(classes), len(classes)):
        rows = (truth == true) & (chosen == other)
        if true != other and rows.any():
            trials = len(np.unique(np.stack([held_out.seed[rows], held_out.trial[rows]]), axis=1).T)
            pairs.append(
                {
                    "true": classes[true],
                    "taken_for": classes[other],
                    "windows": rows.sum().item() / seeds,
                    "of_true": rows.sum().item() / seeds / support[true].item(),
                    "of_errors": rows.sum().item() / errors,
                    "trials": trials / seeds,
                }
            )
    return sorted(pairs, key=lambda pair: -pair["windows"])


def _table(name: str, pairs: list[dict[str, Any]]) -> Table:
    rows = [
        (
            pair["true"],
            pair["taken_for"],
            f"{pair['windows']:.6g}",
            f"{pair['of_true']:.2%}",
            f"{pair['of_errors']:.2%}",
            f"{pair['trials']:.6g}",
        )
        for pair in pairs
    ]
    return Table(f"{name}: most frequent confusions", HEADS, rows)
