"""neuron_dynamics: time constants and memory dominance of the neurons, beside those of networks that learnt nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

from pydantic import Field

from insula import Analysis, FoldResult, Results, Section, Table
from insula_analyses.neuron_comparison import Compared, LayerComparison
from insula_analyses.neuron_figure import figure
from insula_analyses.neuron_statistics import NAMES
from insula_analyses.neurons import GROUPS, Scale, read
from insula_analyses.null import show

TITLE = "Neuron dynamics"
ABOUT = (
    "{models}. Re-initialised: the same network built {inits} times with other initial weights and never trained, mean "
    "[2.5 %, 97.5 %]; p is two-sided, of the trained value among them{several}. What lies inside is what an untrained "
    "network shows as well. k-means returns three groups whatever it is given: that there are a fast, an intermediate "
    "and a slow one is no finding, only their sizes and means can be."
)
SEVERAL = " (a mean over models, which varies less than one network does, so that p is rather too large)"


FIXED = (
    "Its τ starts at the same values in every network, so that their range is all but a point, which any training "
    "leaves: read by how much."
)
HEADS = ("", "trained", "before training", "re-initialised", "trained lies", "p")


class NeuronDynamics(Analysis):
    """Compares time constants τ and memory dominance of every layer that has them with re-initialised networks.

    The numbers are those of PhyMER's liquid-network paper (arXiv:2602.06997, Table IX): k-means (k = 3) into
    "functional groups", memory dominance ‖W_rec‖ / (‖W_rec‖ + ‖W_in‖) per neuron (norms of rows) and as a whole
    (Frobenius), Shapiro–Wilk on log τ, and Spearman's correlation of τ and memory dominance. Each stands beside its
    null, since each has an explanation that needs no learning: ``nn.Linear``'s initial weights give a memory dominance
    of 0.50 by themselves, a log-uniform start is not log-normal, and k-means always finds its three groups. A layer
    takes part if it offers ``time_constants()``, and has a memory dominance if it offers ``weights()``.

    Parameters
    ----------
    inits
        How many re-initialised networks make the null.
    groups
        What k-means groups: ``tau``, or its logarithm ``log_tau``. The paper doesn't say; the group means that it
        prints are those of a grouping of τ.
    """

    def __init__(self, *, inits: Annotated[int, Field(ge=20)] = 100, groups: Scale = "tau") -> None:
        self.inits = inits
        self.groups: Scale = groups

    def __call__(self, results: Results) -> Section:
        """Return two tables and a figure for every layer with time constants."""
        trained = [read(fold.model()) for fold in results.folds]
        if not trained or not trained[0]:
            return Section(TITLE, "No cell of this model says what its time constants are.")
        before = [read(fold.untrained()) for fold in results.folds]
        drawn = [read(results.folds[0].untrained(again)) for again in range(1, self.inits + 1)]
        text = [self._about(results.folds)]
        tables, figures, values = [], [], {}
        for name in trained[0]:
            now, start, null = ([found[name] for found in models] for models in (trained, before, drawn))
            layer = LayerComparison.of(now, start, null, self.groups)
            text.append(_read(name, layer))
            tables += _tables(name, layer.numbers)
            figures.append(figure(name, _model(results.folds[0]), now[0], start[0], null, self.groups))
            numbers = {key: asdict(one) for key, one in layer.numbers.items()}
            values[name] = {"units": layer.units, "moved": layer.moved, "rejected": layer.rejected, "numbers": numbers}
        head = {"models": len(trained), "inits": self.inits}
        return Section(TITLE, "\n\n".join(text), tables, figures, {**head, "layers": values})

    def _about(self, folds: Sequence[FoldResult]) -> str:
        if len(folds) == 1:
            return ABOUT.format(models=f"Values are of one model, {_model(folds[0])}", inits=self.inits, several="")
        many, seeds = len({fold.number for fold in folds}), len({fold.seed for fold in folds})
        models = (
            f"Values are means over {len(folds)} models (folds: {many}, seeds: {seeds}), with the smallest and largest"
        )
        return ABOUT.format(models=models, inits=self.inits, several=SEVERAL)


def _model(fold: FoldResult) -> str:
    return f"fold {fold.number}, seed {fold.seed}"


def _read(name: str, layer: LayerComparison) -> str:
    """Say in words what the numbers of a layer come to."""
    parts = [f"{name}: {layer.units} neurons, whose τ training changed by a factor of {layer.moved:.3g} (median)."]
    if "shapiro_p" in layer.numbers:
        rejected = f"{100 * layer.rejected:.0f} % of the re-initialised networks"
        parts.append(f"Shapiro–Wilk rejects a normal log τ (p < 0.05) in {rejected}.")
    if layer.fixed:
        parts.append(FIXED)
    parts.append(_dominance(layer.numbers.get("dominance_mean")))
    outside = sum(one.where in ("above", "below") for one in layer.numbers.values())
    return " ".join([*parts, f"{outside} of the {len(layer.numbers)} numbers below lie outside the range."])


def _dominance(found: Compared | None) -> str:
    if found is None:
        return "The cell doesn't tell its input's weights from its recurrent ones, so it has no memory dominance."
    null = f"the range of networks that learnt nothing ({found.reinitialised})"
    return f"Memory dominance is {found.trained:.3f}, {found.where} {null}."


def _tables(name: str, numbers: Mapping[str, Compared]) -> list[Table]:
    grouped = [key for key in numbers if key.split("_")[0] in GROUPS]
    parts = {"neurons": [key for key in numbers if key not in grouped], "functional groups by k-means": grouped}
    return [
        Table(f"{name}: {title}", HEADS, [_row(NAMES[key], numbers[key]) for key in keys])
        for title, keys in parts.items()
    ]


def _row(title: str, one: Compared) -> tuple[str, ...]:
    low, high = show(one.smallest), show(one.largest)
    ends = "" if low == high else f" ({low} to {high})"
    null = one.reinitialised
    return title, f"{show(one.trained)}{ends}", show(one.before), str(null), one.where, show(null.p)
