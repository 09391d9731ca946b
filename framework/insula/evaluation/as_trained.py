"""As trained: whether preprocessing that was fitted again is what the bundle holds."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from insula.errors import BundleError
from insula.preprocess.chain import FittedStep
from insula.preprocess.fitted import pack
from insula.training.bundle import Bundle
from insula.windows.windows import FoldWindows


def check_as_trained(bundle: Bundle, fitted: FoldWindows, title: str) -> None:
    """Refuse to predict by a bundle's model what was prepared in another way than when it was trained.

    Raises
    ------
    BundleError
        If a step that was fitted again, on the same rows, isn't what the bundle holds.
    """
    for name, stream in fitted.streams.items():
        chain = bundle.chains[name]
        before = list(_learnt([*chain.signal, *chain.features]))
        again = list(_learnt([*stream.signal_steps, *stream.feature_steps]))
        for (path, plain, arrays), (_, other, others) in zip(before, again, strict=True):
            alike = arrays.keys() == others.keys() and all(
                np.array_equal(array, others[field], equal_nan=True) for field, array in arrays.items()
            )
            if plain != other or not alike:
                raise BundleError(
                    f"{title}: {path} has learnt other values than when the model was trained, from the same rows: "
                    "install the versions of packages that environment.json names"
                )


def _learnt(steps: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, np.ndarray]]]:
    """Yield path, plain values and arrays of the steps that were fitted for all."""
    for item in steps:
        if isinstance(item, FittedStep) and item.step.for_all:
            yield item.step.path, *pack(item.transforms[None], item.step.choice.cls)
