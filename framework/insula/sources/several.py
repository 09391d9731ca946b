"""Several: the datasets of a run that joins more than one."""

from collections.abc import Mapping
from dataclasses import dataclass

from insula.plugin.choice import Choice
from insula.sources.label_map import LabelMap


@dataclass(frozen=True, eq=False)
class Several:
    """The datasets of a run by their key in ``dataset``, and how their labels are joined.

    Parameters
    ----------
    datasets
        Each with its own options and root.
    labels
        By dataset and target of the run; what isn't there is taken as the dataset says it.
    """

    datasets: Mapping[str, Choice]
    labels: Mapping[str, Mapping[str, LabelMap]]

    @property
    def name(self) -> str:
        """How a report calls them together."""
        return " + ".join(self.datasets)
