"""Clusters: how far apart the classes lie in a space."""

from itertools import combinations

import numpy as np
from jaxtyping import Float, Int

MEASURES = {
    "calinski_harabasz": "Calinski–Harabasz (higher: further apart)",
    "davies_bouldin": "Davies–Bouldin (lower: further apart)",
    "euclidean": "Euclidean distance between centroids",
    "mahalanobis": "Mahalanobis distance between centroids",
}
LOWER_IS_APART = ("davies_bouldin",)
FLAT = 1e-6
"""Directions with less than this share of the largest variance have none, as far as float32 can tell."""


def measures(points: Float[np.ndarray, "points width"], codes: Int[np.ndarray, " points"]) -> dict[str, float]:
    """Return the four measures of PhyMER's liquid-network paper (arXiv:2602.06997, Table VIII), NaN if undefined.

    Calinski & Harabasz 1974 and Davies & Bouldin 1979 as in scikit-learn; the mean Euclidean distance between the
    centroids of two classes; and the mean of √((a − b)ᵀ S⁺ (a − b)), the Mahalanobis one, where S is the covariance
    pooled within the classes (divisor points − classes) and S⁺ its pseudo-inverse.
    """
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

    found, code = np.unique(codes, return_inverse=True)
    if not 2 <= len(found) < len(points):
        return dict.fromkeys(MEASURES, float("nan"))
    points = points.astype(np.float64)
    centroids = np.stack([points[code == k].mean(axis=0) for k in range(len(found))])
    inside = points - centroids[code]
    covariance = inside.T @ inside / (len(points) - len(found))
    apart = np.stack([a - b for a, b in combinations(centroids, 2)])
    inverse = np.linalg.pinv(covariance, rcond=FLAT, hermitian=True)
    squared = np.einsum("pi,ij,pj->p", apart, inverse, apart)
    return {
        "calinski_harabasz": float(calinski_harabasz_score(points, code)),
        "davies_bouldin": float(davies_bouldin_score(points, code)),
        "euclidean": float(np.linalg.norm(apart, axis=1).mean()),
        "mahalanobis": float(np.sqrt(np.maximum(squared, 0)).mean()),
    }
