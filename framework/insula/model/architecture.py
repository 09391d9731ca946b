"""Architecture: a whole model, from a batch to the outputs of every target."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, Protocol, runtime_checkable

from torch import nn

from insula.model.fusion import Fused, FusionHead
from insula.model.stream import StreamPath
from insula.specs import DataSpec
from insula.windows.batch import Batch


@runtime_checkable
class Parts(Protocol):
    """The composed parts of a run, built on demand and sized from the data."""

    def stream(self, name: str) -> StreamPath:
        """Build the encoder, cell and pooling of a stream."""
        ...

    def fusion(self, input_sizes: Mapping[str, int]) -> FusionHead:
        """Build the fusion head for streams of these widths."""
        ...

    def streams(self) -> Iterable[str]:
        """Return the streams' names, in the run's order."""
        ...


class Architecture(nn.Module, ABC):
    """A model. Streams joined by a fusion head are the default one; a cascade or a dialogue graph is another.

    Its constructor takes ``data`` and ``parts`` and, after ``*``, its options. One that has ``fit`` is a
    :class:`FittedAtOnce`.

    Parameters
    ----------
    data
        Streams and targets, with their sizes.
    parts
        Builds the composed encoders, cells, poolings and the fusion head.
    """

    batch_by: ClassVar[Literal["window", "group"]] = "window"
    """``group``: a batch holds whole conversations, each one's windows together and by position (``batch.groups``)."""

    def __init__(self, data: DataSpec, parts: Parts) -> None:
        super().__init__()
        self.data = data

    @abstractmethod
    def forward(self, batch: Batch) -> Fused:
        """Return the outputs of every target, the embedding, and any loss terms of the model's own."""


@runtime_checkable
class FittedAtOnce(Protocol):
    """What an :class:`Architecture` is that has ``fit``: one that is fitted by a single call, not by gradient.

    Before it is fitted it must run too, and afterwards its weights must be all that decides its outputs: they are
    loaded into one that isn't fitted, whatever their sizes. What it draws comes from torch's generator, which is
    seeded when it is built and when it is fitted.
    """

    def fit(self, batches: Iterable[Batch]) -> None:
        """Learn from all training windows; the batches can be gone through once.

        Rows without a label of a target teach nothing about it; class weights stand in ``data.targets``.
        """
        ...


def is_fitted_at_once(cls: type) -> bool:
    """Whether an architecture has ``fit``: a method of its class, not a part that happens to bear that name."""
    return callable(getattr(cls, "fit", None))
