"""What attention of one stream comes to, class by class."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from insula_analyses.attention_profile import correlation, edge_share
from insula_analyses.attention_watch import CONDITIONS, Watch
from insula_analyses.grouping import Grouping
from insula_analyses.null import Null

ALL = "all windows"


@dataclass(frozen=True, eq=False)
class Reading:
    """Mean profiles by class (and of all windows) and condition, and how much the trained ones differ between classes.

    ``grouping`` says what the classes are; one that no window has is missing from ``profiles``. ``difference`` is the
    standard deviation between the classes' mean profiles, relative to uniform attention, and ``permuted`` what it comes
    to with labels permuted among each person's trials.
    """

    grouping: Grouping
    profiles: Mapping[str, Mapping[str, Float[np.ndarray, " bins"]]]
    difference: float
    permuted: Null

    @classmethod
    def of(cls, seen: Watch, grouping: Grouping, permutations: int) -> "Reading":
        """Average the profiles of a stream by the groups of a target."""
        rows, profiles = seen.all_rows(), seen.all_profiles()
        found = {ALL: {name: each.mean(axis=0) for name, each in profiles.items()}}
        for code, group in enumerate(grouping.names):
            taken = grouping.codes[rows] == code
            if taken.any():
                found[group] = {name: each[taken].mean(axis=0) for name, each in profiles.items()}
        taken = grouping.labelled(rows)
        trained = profiles["trained"][taken]
        difference = spread(trained, grouping.codes[rows[taken]])
        draws = [spread(trained, codes) for codes in grouping.permuted(rows[taken], permutations)]
        return cls(grouping, found, difference, Null.of(difference, np.array(draws), "high"))

    def edge_shares(self) -> dict[str, dict[str, float]]:
        """Return the edge share by class and condition."""
        return {
            group: {name: edge_share(profile) for name, profile in each.items()}
            for group, each in self.profiles.items()
        }

    def correlations(self) -> dict[str, dict[str, float]]:
        """Return by class how the trained profile correlates with every control's, and the reversed one turned back."""
        found = {}
        for group, each in self.profiles.items():
            controls = {name: each[name] for name in CONDITIONS if name != "trained"}
            controls["turned_back"] = each["reversed"][::-1]
            found[group] = {name: correlation(each["trained"], control) for name, control in controls.items()}
        return found


def spread(profiles: Float[np.ndarray, "windows bins"], codes: Int[np.ndarray, " windows"]) -> float:
    """Return the standard deviation between the groups' mean profiles; NaN with fewer than two groups."""
    _, group, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if len(counts) < 2:
        return float("nan")
    means = np.eye(len(counts))[group].T @ profiles / counts[:, None]
    return float(np.sqrt(means.var(axis=0).mean()))
