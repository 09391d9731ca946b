"""Ridge: least squares on window summaries, in closed form, so that a hundred refits cost as much as one."""

import numpy as np
from jaxtyping import Float, Int

Table = Float[np.ndarray, "rows features"]
Priors = Float[np.ndarray, "... outputs"]


class Ridge:
    """Ridge regression on z-scores; of classes on their shares, of which the largest is the answer.

    Minimises ``|Y - 1 b' - Z W|² + λ |W|²`` over the training rows, whose features Z are z-scores (0 where undefined).
    λ is the number of features: ``λ = p σ²/|β|²`` (Hoerl, Kennard & Baldwin 1975, Commun Stat 4:105) of p features
    that together explain half of the variance. The features are factorised once; labels enter linearly,
    ``W = (Z'Z + λ)⁻¹ Z'Y``, and so do sums of labels over the windows of a trial.

    Parameters
    ----------
    rows
        The training windows' features, NaN where undefined.
    """

    def __init__(self, rows: Table) -> None:
        from scipy.linalg import cho_factor

        self.scaled = Scaled(rows)
        self.z = self.scaled(rows)
        features = max(self.z.shape[1], 1)
        self._dual = features > len(self.z)
        gram = self.z @ self.z.T if self._dual else self.z.T @ self.z
        gram[np.diag_indices_from(gram)] += features
        self._factor = cho_factor(gram)

    def weights(self, labels: Float[np.ndarray, "rows outputs"]) -> Float[np.ndarray, "features outputs"]:
        """Return the weights of labels, or of anything that is added up to labels afterwards."""
        return self.z.T @ self._solved(labels) if self._dual else self._solved(self.z.T @ labels)

    def weights_of_groups(self, group: Int[np.ndarray, " rows"], groups: int) -> Float[np.ndarray, "features groups"]:
        """Return, per group of training rows, the weights of a label that its rows have and no other."""
        if self._dual:
            return self.weights(np.eye(groups)[group])
        sums = np.zeros((groups, self.z.shape[1]))
        np.add.at(sums, group, self.z)
        return self._solved(sums.T)

    def predict(
        self, rows: Table, labels: Float[np.ndarray, "train outputs"], *, balance: bool
    ) -> Float[np.ndarray, "rows outputs"]:
        """Return the answers for rows, after learning from labels."""
        prior = labels.mean(axis=0)
        return weighed(self.scaled(rows) @ self.weights(labels) + prior, prior, balance=balance)

    def _solved(self, right: Float[np.ndarray, "size outputs"]) -> Float[np.ndarray, "size outputs"]:
        from scipy.linalg import cho_solve

        return cho_solve(self._factor, right)


class Scaled:
    """z-scores of features, by mean and standard deviation of training rows; 0 where undefined, or constant there.

    Parameters
    ----------
    rows
        The training rows, NaN where undefined.
    """

    def __init__(self, rows: Table) -> None:
        known = np.isfinite(rows)
        count = np.maximum(known.sum(axis=0), 1)
        self.mean = np.where(known, rows, 0.0).sum(axis=0, dtype=np.float64) / count
        variance = np.square(np.where(known, rows - self.mean, 0.0)).sum(axis=0) / count
        self.scale = np.where(variance > 1e-20, 1 / np.sqrt(np.maximum(variance, 1e-20)), 0.0)

    def __call__(self, rows: Table) -> Table:
        """Return z-scores."""
        return np.where(np.isfinite(rows), (rows - self.mean) * self.scale, 0.0)


def weighed(said: np.ndarray, prior: Priors, *, balance: bool) -> np.ndarray:
    """Return answers for classes divided by the classes' shares of the training rows, where a run balances classes."""
    if not balance:
        return said
    return np.where(prior > 0, said / np.where(prior > 0, prior, 1.0), -1e3)
