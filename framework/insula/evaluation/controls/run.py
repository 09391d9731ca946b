"""All controls of a run, on its own folds."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from insula.errors import InsulaError
from insula.evaluation.controls.baselines import Baselines
from insula.evaluation.controls.fold_summary import Summariser
from insula.evaluation.controls.identity import Identity
from insula.evaluation.controls.options import Controls
from insula.evaluation.controls.permutation import Permutation
from insula.evaluation.controls.permuted_model import permuted_model
from insula.evaluation.controls.protocol_gap import HERE, RANDOM, gap, held_out, random_windows
from insula.evaluation.controls.proxies import NEAREST, Side
from insula.evaluation.controls.retrained import kept
from insula.evaluation.controls.shuffle import Shuffle
from insula.evaluation.controls.swapped_identity import swapped_identity
from insula.evaluation.fold import FoldRun
from insula.randomness import draw
from insula.specs import TargetSpec
from insula.windows.audit import Audit
from insula.windows.identity import identity_inputs
from insula.windows.protocol import Protocol
from insula.windows.split import Fold
from insula.windows.windows import Windows

log = logging.getLogger("insula")
Found = dict[str, dict[str, Any]]
"""Target to control to what it has found."""
LEAKY = "F"
"""The grade of a protocol whose figures stand beside those of one that doesn't leak."""


@dataclass(frozen=True, eq=False)
class ControlRun:
    """The controls of a finished run.

    Parameters
    ----------
    controls
        Which.
    windows, folds, audit
        Of the run.
    runs
        Its finished folds, of all seeds: controls are of the first seed.
    folder
        Of the run: what was found is kept in its folder ``controls``.
    """

    controls: Controls
    windows: Windows
    folds: Sequence[Fold]
    audit: Audit
    runs: Sequence[FoldRun]
    folder: Path

    def found(self) -> Found:
        """Return, per target, ``controls`` with what they have found, and nothing where none is on.

        What an earlier start has found isn't found again.
        """
        begin, options, found = time.perf_counter(), self.controls.options, {name: {} for name in self.targets}
        if options.cheap or self.controls.baselines:
            _add(found, kept(self.folder / "controls" / "figures.json", self._key(), self._figures))
        for name, wanted, control in (
            ("permuted_model", options.permute_model, self._permuted_model),
            ("swapped_identity", options.swap_identity and self.identities, self._swapped_identity),
        ):
            if wanted:
                _add(found, {target: {name: value} for target, value in control().items()})
        if any(found.values()):
            log.info("controls: %.1f s in all", time.perf_counter() - begin)
        return {name: {"controls": several} if several else {} for name, several in found.items()}

    @cached_property
    def targets(self) -> dict[str, TargetSpec]:
        return {name: TargetSpec(name, each.kind, each.classes) for name, each in self.windows.targets.items()}

    @cached_property
    def identities(self) -> list[str]:
        """The static streams that are constant for every person."""
        streams, rows = self.windows.streams, range(len(self.windows.rows.index))
        named = [name for name in identity_inputs(self.windows) if name in streams]
        return [name for name in named if next(s for row in rows if (s := streams[name].base(row))).static]

    @cached_property
    def protocol(self) -> Protocol:
        return Protocol(self.windows.rows.index, self.folds)

    @property
    def balance(self) -> bool:
        return self.runs[0].plan.options.balance != "none"

    def _key(self) -> dict[str, Any]:
        """Return what decides the cheap figures, apart from the run's own options."""
        expensive = {"permute_model", "swap_identity", "baselines"}
        own = {name: choice.to_json() for name, choice in self.controls.baselines.items()}
        return {**self.controls.options.model_dump(exclude=expensive), "baselines": own}

    def _figures(self) -> Found:
        try:
            return self._seen()
        except InsulaError as error:
            log.warning("controls: %s", error)
            return {name: {"why": str(error)} for name in self.targets}

    def _seen(self) -> Found:
        """Go through the folds once, with all controls that need nothing but summaries of the windows."""
        summarise, controls = Summariser(self.runs[0].plan, self.windows), self._cheap()
        clock, sizes = dict.fromkeys(("summaries", *controls), 0.0), []
        for number, fold in enumerate(self.folds):
            begin = time.perf_counter()
            summary = summarise(fold)
            clock["summaries"] += time.perf_counter() - begin
            sizes.append(int((~self.windows.view.hidden[summary.train]).sum()))
            for name, control in controls.items():
                begin = time.perf_counter()
                control.see(number, summary)
                clock[name] += time.perf_counter() - begin
        found: Found = {name: {} for name in self.targets}
        for name, control in controls.items():
            begin = time.perf_counter()
            if isinstance(control, Side):
                _add(found, self._compared(control, summarise, int(np.mean(sizes))))
            elif isinstance(control, Permutation):
                _add(found, {target: {name: value} for target, value in control.found().items()})
            else:
                several = control.found(self.windows.rows.index, self.audit.unit)
                _add(found, {target: {name: value} for target, value in several.items()})
            clock[name] += time.perf_counter() - begin
        log.info("controls: %s", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in clock.items()))
        return found

    def _cheap(self) -> dict[str, Baselines | Permutation | Side | Identity]:
        options, controls = self.controls.options, {}
        if self.controls.baselines:
            first = self.runs[0]
            controls["baselines"] = Baselines(self.controls.baselines, first.plan, self.targets, first.seed)
        if options.permutations:
            shuffles = self._shuffles(options.permutations)
            controls["permutation"] = Permutation(self.targets, shuffles, balance=self.balance)
        if options.identity and self.identities:
            controls["identity"] = Identity(self.identities, self.protocol, self.targets, balance=self.balance)
        if options.neighbours or options.protocol_gap:
            controls["proxies"] = Side(self.protocol, self.targets, self.balance)
        return controls

    def _compared(self, here: Side, summarise: Summariser, size: int) -> Found:
        """Return the neighbours under this protocol, and the proxies' figures under this and another one."""
        sides, options = {HERE: self._of(here)}, self.controls.options
        found: Found = {
            name: {"neighbours": sides[HERE][name][NEAREST]} if options.neighbours else {} for name in self.targets
        }
        if not options.protocol_gap:
            return found
        view, leaky = self.windows.view, self.audit.grade == LEAKY
        other, folds = held_out(self.protocol, view) if leaky else (RANDOM, random_windows(view, self.folds, size))
        side = Side(Protocol(self.windows.rows.index, folds), self.targets, self.balance)
        try:
            for number, fold in enumerate(folds):
                side.see(number, summarise(fold))
            sides[other] = self._of(side)
        except InsulaError as error:
            return _add(found, {name: {"protocol_gap": {"why": str(error)}} for name in self.targets})
        order, honest = (HERE, other) if leaky else (RANDOM, HERE), other if leaky else HERE
        for name, target in self.targets.items():
            found[name]["protocol_gap"] = gap({side: sides[side][name] for side in order}, target, honest)
        return found

    def _of(self, side: Side) -> Found:
        return {name: side.found(target, self.audit.unit) for name, target in self.targets.items()}

    def _shuffles(self, times: int) -> dict[str, Shuffle]:
        rows = self.windows.rows
        return {
            name: Shuffle.of(rows, target, times, draw(0, "permute", name)) for name, target in self.targets.items()
        }

    @property
    def _first(self) -> list[FoldRun]:
        return [run for run in self.runs if run.seed == self.runs[0].seed]

    def _permuted_model(self) -> Found:
        times, own = self.controls.options.permute_model, self.folder / "controls"
        return permuted_model(self._first, self.windows, self.targets, self._shuffles(times), times, own)

    def _swapped_identity(self) -> dict[str, list[dict[str, Any]]]:
        own = self.folder / "controls"
        return swapped_identity(self._first, self.windows, self.targets, self.identities, self.audit.unit, own)


def _add(found: Found, more: Mapping[str, Mapping[str, Any]]) -> Found:
    for target, controls in more.items():
        found[target].update(controls)
    return found
