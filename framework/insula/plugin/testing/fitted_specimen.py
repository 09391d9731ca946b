"""FittedSpecimen: an architecture under test, fitted on a batch where it is one that is fitted at once."""

from collections.abc import Iterator
from typing import Any

import torch

from insula.model.architecture import is_fitted_at_once
from insula.plugin.testing.batches import filled, take
from insula.plugin.testing.networks import Run
from insula.plugin.testing.specimen import Specimen, finite, same
from insula.training.at_once import fit
from insula.windows.batch import Batch


class FittedSpecimen(Specimen):
    """A specimen whose networks are fitted to ``batch``, if they have ``fit``."""

    batch: Batch

    def network(self, seed: int = 0, **changes: Any) -> Any:
        """Construct a fresh one and fit it."""
        return self._fitted(self.batch, seed, **changes)

    def check_fit(self, run: Run) -> None:
        """A fit must be a function of windows and seed, read all windows, and leave all that it learnt in the state."""
        with torch.no_grad():
            wanted, raw = run(self.network(seed=1)), run(self._fresh(seed=1))
            self.expect(finite(raw), "before it is fitted its outputs are NaN. Start from any finite ones.")
            self.expect(
                same(wanted, run(self.network(seed=1))),
                "fitted twice with one seed, it gives different outputs. Draw from torch's generator only, which is "
                "seeded before it is built and before it is fitted.",
            )
            self.expect(
                same(wanted, run(self._fitted(filled(self.batch, 1e3), seed=1))),
                "what stands in padding changes what it learns. Honour `valid` and the masks.",
            )
            without = take(self.batch, (self.batch.groups != self.batch.groups[-1]).nonzero().squeeze(1))
            self.expect(
                not same(wanted, run(self._fitted(without, seed=1))),
                "the last batch teaches it nothing. Go through all batches, and once: they may be a generator.",
            )
            self._check_state(run, wanted)

    def _check_state(self, run: Run, wanted: Any) -> None:
        state = self.network(seed=1).state_dict()
        for assign in (False, True):
            network = self._fresh(seed=2)
            with self.trying(f"load_state_dict(..., assign={assign}) of a fitted one into one that isn't"):
                network.load_state_dict({name: value.clone() for name, value in state.items()}, assign=assign)
            self.expect(
                same(run(network), wanted),
                f"after load_state_dict(..., assign={assign}) into one that isn't fitted its outputs aren't those of "
                "the fitted one. Keep all that is learnt in parameters and buffers.",
            )

    def _fresh(self, seed: int, **changes: Any) -> Any:
        return super().network(seed, **changes)

    def _fitted(self, batch: Batch, seed: int, **changes: Any) -> Any:
        network: Any = self._fresh(seed, **changes)
        if is_fitted_at_once(self.cls):
            with self.trying("fitting it"):
                fit(network, _parts(batch), seed)
        return network.eval()


def _parts(batch: Batch) -> Iterator[Batch]:
    """Yield a batch conversation by conversation, which can be gone through once."""
    for group in batch.groups.unique():
        yield take(batch, (batch.groups == group).nonzero().squeeze(1))
