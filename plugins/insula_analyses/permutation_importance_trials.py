"""Trials of exchanging: what every fold's model says with each piece exchanged, several times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import torch

from insula import Drops, FoldResult, Results, TargetSpec
from insula_analyses.permutation_importance_answers import HeldOutAnswers, Said
from insula_analyses.permutation_importance_exchange import Exchange, Rows, donors
from insula_analyses.permutation_importance_piece import Piece

Within = Literal["recording", "subject", "everyone"]
BLOCKS: Mapping[Within, tuple[str, ...]] = {
    "recording": ("dataset", "subject", "session", "recording"),
    "subject": ("dataset", "subject"),
    "everyone": (),
}
HEAD = ("dataset", "subject", "session", "recording", "trial", "stimulus", "parent")


@dataclass(eq=False)
class Tried:
    """What was said of the windows of all folds and seeds: as they are, and with each piece exchanged.

    ``among_all`` holds the pieces that are constant within every block and were exchanged among all windows of a fold;
    ``unvaried`` those that don't vary at all, so that there is nothing to exchange.
    """

    repeats: int
    rows: list[pd.DataFrame] = field(default_factory=list)
    before: list[Said] = field(default_factory=list)
    after: dict[Piece, list[list[Said]]] = field(default_factory=dict)
    varied: set[Piece] = field(default_factory=set)
    among_all: set[Piece] = field(default_factory=set)

    def try_fold(self, results: Results, fold: FoldResult, pieces: Sequence[Piece], windows: int, within: Within):
        """Exchange every piece of a fold's held-out windows; a fold without any is passed over."""
        with torch.no_grad():
            held_out = HeldOutAnswers(fold, windows)
            if not held_out.parts:
                return
            rows = results.index.iloc[held_out.batch.rows.cpu().numpy()]
            before = held_out.as_they_are()
            self.rows.append(_table(rows, fold, results.data.targets))
            self.before.append(before)
            for piece in pieces:
                said = self._exchanged(held_out, piece, results, fold, _blocks(rows, within))
                self.after.setdefault(piece, []).append(said or [before] * self.repeats)

    def _exchanged(
        self, held_out: HeldOutAnswers, piece: Piece, results: Results, fold: FoldResult, blocks: Rows
    ) -> list[Said]:
        """Return what is said at every repeat; nothing where no exchange changes anything."""
        stream = held_out.batch.streams[piece.stream]
        has = held_out.batch.present[piece.stream].cpu().numpy()
        exchange = Exchange(piece, stream, results.data.streams[piece.stream].sfreq)
        for codes, everybody in ((blocks, False), (np.zeros_like(blocks), True)):
            said, changed = [], False
            for repeat in range(self.repeats):
                rng = np.random.default_rng([fold.seed, fold.number, repeat])
                after = exchange(torch.from_numpy(donors(codes, has, rng)).to(stream.x.device))
                changed = changed or exchange.changes(after)
                if not changed:
                    break
                said.append(held_out.with_changed(piece.stream, after))
            if changed:
                self.varied.add(piece)
                if everybody and blocks.any():
                    self.among_all.add(piece)
                return said
        return []

    def drops(self, target: TargetSpec, unit: str) -> Drops:
        """Return what a target's fall is measured from."""
        table = pd.concat(self.rows, ignore_index=True)
        values = np.concatenate([_vectors(said, target) for said in self.before])
        names = ["prediction"] if target.kind == "number" else [f"p_{name}" for name in target.classes]
        table = table.assign(y=table[target.name], target=target.name, **dict(zip(names, values.T, strict=True)))
        return Drops(table.loc[table["y"].notna().to_numpy()].reset_index(drop=True), target, unit)

    def fall(self, drops: Drops, piece: Piece) -> dict[str, float | None]:
        """Return the fall of a target's metric with a piece exchanged, and its interval; None where nothing varies."""
        if piece not in self.varied:
            return {"value": None, "low": None, "high": None}
        known = pd.concat(self.rows, ignore_index=True)[drops.target.name].notna().to_numpy()
        repeats = zip(*self.after[piece], strict=True)
        return drops.of([np.concatenate([_vectors(said, drops.target) for said in folds])[known] for folds in repeats])


def _blocks(rows: pd.DataFrame, within: Within) -> Rows:
    """Return within what each window's values are exchanged."""
    known = [name for name in BLOCKS[within] if name in rows]
    return rows.groupby(known, dropna=False).ngroup().to_numpy(np.int64) if known else np.zeros(len(rows), np.int64)


def _table(rows: pd.DataFrame, fold: FoldResult, targets: Mapping[str, TargetSpec]) -> pd.DataFrame:
    known = [name for name in HEAD if name in rows]
    table = rows[[*known, *targets]].reset_index(drop=True).assign(fold=fold.number, seed=fold.seed)
    parent = table["parent"] if "parent" in table else pd.Series(None, table.index, object)
    return table.assign(family=parent.where(parent.notna(), table["trial"]))


def _vectors(said: Said, target: TargetSpec) -> np.ndarray:
    """Return a column per class, or the number; a binary target's one logit stands against 0."""
    outputs = said[target.name]
    return np.concatenate([np.zeros_like(outputs), outputs], axis=1) if target.kind == "binary" else outputs
