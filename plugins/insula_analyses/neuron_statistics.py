"""Statistics of a layer's neurons: numbers that a re-initialised network has as well."""

import numpy as np
from jaxtyping import Float

from insula_analyses.neurons import GROUPS, Neurons, Scale

PERMUTATIONS = 999
NAMES = {
    "tau_mean": "mean τ (s)",
    "tau_median": "median τ (s)",
    "tau_min": "shortest τ (s)",
    "tau_max": "longest τ (s)",
    "shapiro_w": "Shapiro–Wilk W of log τ",
    "shapiro_p": "p of Shapiro–Wilk",
    "dominance_mean": "memory dominance, mean over neurons",
    "dominance_sd": "memory dominance, SD over neurons",
    "dominance_overall": "memory dominance, whole matrices",
    "spearman": "Spearman's ρ of τ and memory dominance",
    "spearman_p": "p of Spearman's ρ, by permutation",
    "grouped": "share of the variance that lies between the k-means groups",
    **{f"{group}_{name}": f"{group}: {title}" for group in GROUPS for name, title in (
        ("neurons", "neurons"), ("tau", "mean τ (s)"), ("dominance", "mean memory dominance"))},
}  # fmt: skip


def statistics(neurons: Neurons, scale: Scale) -> dict[str, float]:
    """Return every number by its name in ``NAMES``; NaN where it isn't defined."""
    tau = neurons.tau
    found = {
        "tau_mean": tau.mean(),
        "tau_median": np.median(tau),
        "tau_min": tau.min(),
        "tau_max": tau.max(),
        **_shapiro(np.log(tau)),
        **_dominance(neurons),
        **_grouped(neurons, scale),
    }
    return {name: float(found.get(name, np.nan)) for name in NAMES}


def _shapiro(logs: Float[np.ndarray, " units"]) -> dict[str, float]:
    """Return W and p of Shapiro & Wilk 1965 (Biometrika 52:591), which asks whether log τ is normal."""
    from scipy.stats import shapiro

    if len(logs) < 3 or not np.ptp(logs) > 0:
        return {}
    found = shapiro(logs)
    return {"shapiro_w": found.statistic, "shapiro_p": found.pvalue}


def _dominance(neurons: Neurons) -> dict[str, float]:
    if neurons.dominance is None:
        return {}
    rho, p = spearman(neurons.tau, neurons.dominance)
    return {
        "dominance_mean": neurons.dominance.mean(),
        "dominance_sd": neurons.dominance.std(),
        "dominance_overall": neurons.overall,
        "spearman": rho,
        "spearman_p": p,
    }


def spearman(one: Float[np.ndarray, " units"], other: Float[np.ndarray, " units"]) -> tuple[float, float]:
    """Return Spearman's ρ, and p = (b + 1)/(n + 1) where in b of n permutations |ρ| is as large; NaN without spread."""
    from scipy.stats import rankdata

    a, b = (rankdata(values) - (len(values) + 1) / 2 for values in (one, other))
    size = np.linalg.norm(a) * np.linalg.norm(b)
    if not size > 0:
        return float("nan"), float("nan")
    drawn = np.random.default_rng(0).permuted(np.tile(a, (PERMUTATIONS, 1)), axis=1) @ b / size
    rho = float(a @ b / size)
    return rho, (int((np.abs(drawn) >= abs(rho) - 1e-12).sum()) + 1) / (PERMUTATIONS + 1)


def _grouped(neurons: Neurons, scale: Scale) -> dict[str, float]:
    """Return each group's size and means, and how much of the variance lies between the groups."""
    values, groups = neurons.scaled(scale), neurons.groups(scale)
    means = np.array([values[groups == g].mean() for g in range(groups.max() + 1)])
    found = {"grouped": means[groups].var() / values.var() if np.ptp(values) > 0 else np.nan}
    for number, name in enumerate(GROUPS[: len(means)]):
        members = groups == number
        found |= {f"{name}_neurons": members.sum(), f"{name}_tau": neurons.tau[members].mean()}
        if neurons.dominance is not None:
            found[f"{name}_dominance"] = neurons.dominance[members].mean()
    return found
