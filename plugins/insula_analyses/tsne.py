"""t-SNE: points of a wide space on a plane, neighbours together."""

import numpy as np
from jaxtyping import Float

PERPLEXITY = 30.0


def tsne(points: Float[np.ndarray, "points width"]) -> Float[np.ndarray, "points 2"]:
    """Lay points out by t-SNE (van der Maaten & Hinton 2008), the same way each time.

    The perplexity is scikit-learn's 30, or a third of the points where there are fewer than 90. It starts from the
    first two principal components, or at random where there is one direction only.
    """
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    start = "pca" if points.shape[1] > 1 else "random"
    return TSNE(perplexity=perplexity, init=start, random_state=0).fit_transform(points.astype(np.float32))
