"""Neurons: the time constants of a layer and what drives them, and what is said of them."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import nn

from insula import TemporalLayer

Scale = Literal["tau", "log_tau"]
GROUPS = ("fast", "intermediate", "slow")


@dataclass(frozen=True, eq=False)
class Neurons:
    """The neurons of one layer.

    Parameters
    ----------
    tau
        Time constant of each in seconds.
    dominance
        Memory dominance of each, ‖w_rec‖ / (‖w_rec‖ + ‖w_in‖) of its rows of the recurrent and the input weights;
        None where the layer doesn't say what its weights are.
    overall
        The same of the whole matrices (Frobenius norms), as arXiv:2602.06997 defines it; NaN likewise.
    """

    tau: Float[np.ndarray, " units"]
    dominance: Float[np.ndarray, " units"] | None
    overall: float

    @classmethod
    def of(cls, layer: Any) -> "Neurons":
        """Read a layer that offers ``time_constants()``, and ``weights()`` perhaps."""
        with torch.no_grad():
            tau = layer.time_constants().cpu().double().numpy()
            if not hasattr(layer, "weights"):
                return cls(tau, None, float("nan"))
            into, recurrent = (matrix.cpu().double().numpy() for matrix in layer.weights())
        rows = [np.linalg.norm(matrix, axis=1) for matrix in (recurrent, into)]
        whole = [np.linalg.norm(matrix) for matrix in (recurrent, into)]
        with np.errstate(invalid="ignore"):
            return cls(tau, rows[0] / (rows[0] + rows[1]), float(whole[0] / (whole[0] + whole[1])))

    def scaled(self, scale: Scale) -> Float[np.ndarray, " units"]:
        """Return what is grouped: τ, or its logarithm."""
        return self.tau if scale == "tau" else np.log(self.tau)

    def groups(self, scale: Scale) -> Int[np.ndarray, " units"]:
        """Return the group of each neuron by k-means with k = 3, 0 the fastest; fewer groups where fewer τ differ."""
        from sklearn.cluster import KMeans

        values = self.scaled(scale)[:, None]
        k = min(len(GROUPS), len(np.unique(values)))
        found = KMeans(k, n_init=10, random_state=0).fit(values)  # type: ignore[arg-type]
        return np.argsort(np.argsort(found.cluster_centers_[:, 0]))[found.labels_]


def layers(model: nn.Module) -> dict[str, nn.Module]:
    """Return by name the layers of a model that have time constants: of every stream, the layers of a stack apart."""
    found = {}
    for name, root in dict(getattr(model, "paths", {"model": model})).items():
        inner = _innermost(root)
        for number, layer in enumerate(inner, start=1):
            found[name if len(inner) == 1 else f"{name}, layer {number}"] = layer
    return found


def _innermost(root: nn.Module) -> list[nn.Module]:
    """Return the layers with time constants that hold no other one."""
    timed = [m for m in root.modules() if isinstance(m, TemporalLayer) and hasattr(m, "time_constants")]
    return [m for m in timed if not any(other is not m and other in timed for other in m.modules())]


def read(model: nn.Module) -> dict[str, Neurons]:
    """Return the neurons of every layer of a model that has time constants."""
    return {name: Neurons.of(layer) for name, layer in layers(model).items()}
