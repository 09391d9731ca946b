"""embedding_map: held-out windows in the model's embedding, before and after training."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

import numpy as np
import torch
from jaxtyping import Float, Int
from pydantic import Field

from insula import Analysis, ConfigError, FoldResult, Results, Section, Table
from insula_analyses.clusters import LOWER_IS_APART, MEASURES, measures
from insula_analyses.embedding_scatter import scatter
from insula_analyses.grouping import Grouping, groupings
from insula_analyses.held_out import on_device, sample
from insula_analyses.null import Null, show
from insula_analyses.tsne import tsne

FEWEST = 10
"""Windows below which neither a map nor a measure says anything."""
Rows = Int[np.ndarray, " points"]
Maps = Mapping[str, Float[np.ndarray, "points _"]]
SPACES = {"latent": "latent space", "tsne": "t-SNE space, as published"}
NULL = (
    "Labels permuted: the trained network's points, with labels exchanged among each person's trials, whose windows "
    "stay together (or among people, where nobody has two labels); mean [2.5 %, 97.5 %] of {times} draws. p is the "
    "share of draws in which the classes lie as far apart or farther. Euclidean distances are in the space's own unit, "
    "which training changes; the other measures have none. t-SNE pulls neighbours together and forgets scale and "
    "distance: its measures stand here because they were published so (arXiv:2602.06997, Table VIII); those of the "
    "latent space are the ones to read."
)


@dataclass(frozen=True)
class Apart:
    """How far apart the classes lie, by one measure: untrained, trained, and trained with labels permuted."""

    untrained: float
    trained: float
    permuted: Null


class EmbeddingMap(Analysis):
    """Maps held-out windows by their embedding, before and after training, and measures how far the classes lie apart.

    The embedding is the joint vector before the model's last layer. The measures are those of PhyMER's liquid-network
    paper (arXiv:2602.06997, Table VIII: Calinski–Harabasz, Davies–Bouldin, Euclidean and Mahalanobis distance between
    centroids), in the latent space and, as published, in t-SNE space; beside each stands the untrained network's and
    what permuted labels give. The maps are by t-SNE, coloured by the true class.

    Parameters
    ----------
    fold
        Which fold's held-out windows are mapped; of several seeds it is the first one's.
    points
        How many windows are mapped at most, drawn at random.
    permutations
        How often the labels are permuted.
    """

    def __init__(
        self,
        *,
        fold: Annotated[int, Field(ge=0)] = 0,
        points: Annotated[int, Field(gt=0)] = 1000,
        permutations: Annotated[int, Field(gt=0)] = 100,
    ) -> None:
        self.fold, self.points, self.permutations = fold, points, permutations

    def __call__(self, results: Results) -> Section:
        """Return a map for every target, and its measures."""
        fold = self._chosen(results)
        rows, latent = embeddings(fold, sample(fold, self.points))
        text = f"Held-out windows only: {len(rows)} of fold {fold.number}, seed {fold.seed}, none of them trained on."
        if any(target.kind == "number" for target in results.data.targets.values()):
            text += " A number is shown by thirds of all windows of the run."
        values = {"fold": fold.number, "seed": fold.seed, "windows": len(rows)}
        if refused := _refused(rows, latent):
            return Section("Embedding map", f"{text} {refused}", values=values)
        spaces = {"latent": latent, "tsne": {name: tsne(points) for name, points in latent.items()}}
        grouped = groupings(results)
        apart = {grouping.target: self._measured(grouping, rows, spaces) for grouping in grouped}
        read = [_read(target, measured["latent"]) for target, measured in apart.items()]
        found = {
            target: {space: {name: asdict(one) for name, one in of.items()} for space, of in measured.items()}
            for target, measured in apart.items()
        }
        return Section(
            "Embedding map",
            "\n\n".join([text, *read, NULL.format(times=self.permutations)]),
            [_table(target, space, of) for target, measured in apart.items() for space, of in measured.items()],
            [scatter(grouping, rows, spaces["tsne"]) for grouping in grouped if grouping.labelled(rows).any()],
            {**values, "targets": found},
        )

    def _chosen(self, results: Results) -> FoldResult:
        for fold in results.folds:
            if fold.number == self.fold:
                return fold
        last = max(fold.number for fold in results.folds)
        raise ConfigError(
            f"analyses.embedding_map.fold={self.fold}: this run has no such fold; type a number from 0 to {last}"
        )

    def _measured(self, grouping: Grouping, rows: Rows, spaces: Mapping[str, Maps]) -> dict[str, dict[str, Apart]]:
        taken = grouping.labelled(rows)
        return {
            space: self._apart(grouping, rows[taken], {name: points[taken] for name, points in maps.items()})
            for space, maps in spaces.items()
        }

    def _apart(self, grouping: Grouping, rows: Rows, maps: Maps) -> dict[str, Apart]:
        untrained, trained = (measures(maps[name], grouping.codes[rows]) for name in ("untrained", "trained"))
        draws = [measures(maps["trained"], codes) for codes in grouping.permuted(rows, self.permutations)]
        found = {}
        for name, value in trained.items():
            side = "low" if name in LOWER_IS_APART else "high"
            found[name] = Apart(untrained[name], value, Null.of(value, np.array([d[name] for d in draws]), side))
        return found


def embeddings(fold: FoldResult, chosen: Int[np.ndarray, " chosen"]) -> tuple[Rows, Maps]:
    """Return the test rows found among the chosen ones, and their embedding by both networks."""
    models = {"untrained": fold.untrained(), "trained": fold.model()}
    rows: list[np.ndarray] = []
    found: dict[str, list[np.ndarray]] = {name: [] for name in models}
    for batch in fold.batches("test"):
        taken = np.isin(batch.rows.numpy(), chosen)
        rows.append(batch.rows.numpy()[taken])
        for name, model in models.items():
            with torch.no_grad():
                embedding = model(on_device(batch, model)).embedding
            found[name].append(embedding.cpu().double().numpy()[taken])
    return np.concatenate(rows), {name: np.concatenate(parts) for name, parts in found.items()}


def _refused(rows: Rows, latent: Maps) -> str:
    """Say why there is nothing to map, if there isn't."""
    if len(rows) < FEWEST:
        return f"A map needs {FEWEST} of them at least."
    for name, points in latent.items():
        if not np.ptp(points, axis=0).any():
            return f"The {name} network gives all of them the same embedding: there is nothing to map."
    return ""


def _read(target: str, latent: Mapping[str, Apart]) -> str:
    """Say in words what the latent measures come to."""
    one = latent["calinski_harabasz"]
    if not np.isfinite(one.trained):
        return f"{target}: no measure is defined, as these windows are of fewer than two classes, or each of its own."
    beyond = "farther apart than" if one.permuted.where(one.trained) == "above" else "no farther apart than"
    return (
        f"{target}: in latent space Calinski–Harabasz is {show(one.trained)} trained and {show(one.untrained)} "
        f"untrained; the trained network's classes lie {beyond} permuted labels put them ({one.permuted}, p = "
        f"{show(one.permuted.p)})."
    )


def _table(target: str, space: str, found: Mapping[str, Apart]) -> Table:
    rows = [
        (MEASURES[name], show(one.untrained), show(one.trained), str(one.permuted), show(one.permuted.p))
        for name, one in found.items()
    ]
    heads = ("measure", "untrained", "trained", "trained, labels permuted", "p")
    return Table(f"{target}: how far the classes lie apart in {SPACES[space]}", heads, rows)
