"""Controls on a page: tables of what a result stands beside, and the protocol gap in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from insula.evaluation.analysis import Table
from insula.report.shown import called, number

Metrics = Mapping[str, Any]
_PERMUTED = {
    "permutation": "all labels, a ridge refitted",
    "permuted_model": "all labels, this model retrained",
}
_DEALT = {"shuffled": "shuffled among people", "random": "random numbers per person"}


def controls_tables(metrics: Metrics, prefix: str = "") -> list[Table]:
    """Return the tables of one target's controls that have rows; ``prefix`` stands before every caption.

    Parameters
    ----------
    metrics
        What ``metrics.json`` says of the target.
    """
    controls = metrics.get("controls") or {}
    names = list(metrics["metrics"])[:2]
    heads = [called(name) for name in names]
    tables = [
        Table("Classic models on window summaries", ["model", *heads, "seconds"], _baselines(metrics, controls, names)),
        Table("The protocol gap", ["protocol", "stand-in", *heads, "same trial", "same person"], _gap(controls, names)),
        Table(
            "Labels permuted among trials",
            ["what is permuted", "figure", "true", "permuted, mean", "97.5 % point", "p"],
            _permutation(metrics, controls, names),
        ),
        Table("Streams that are constant for every person", ["stream", "model", *heads], _identity(controls, names)),
    ]
    if why := controls.get("why"):
        tables.append(Table("Controls", ["why there are none"], [[why]]))
    return [Table(f"{prefix}{table.caption}", table.columns, table.rows) for table in tables if table.rows]


def gap_sentence(metrics: Metrics) -> str:
    """Say what of a figure is the protocol's; nothing where the gap isn't known."""
    gap = (metrics.get("controls") or {}).get("protocol_gap") or {}
    if gap.get("points") is None:
        return ""
    proxy, metric = gap["proxy"], gap["metric"]
    shown, left = (gap["sides"][gap[side]][proxy]["metrics"][metric]["value"] for side in ("leaky", "honest"))
    return (
        f"The protocol gap: under {gap['leaky']} a {proxy} on window summaries shows {number(shown)} "
        f"({metric.replace('_', ' ')}), under {gap['honest']} {number(left)}: {number(gap['points'])} of it is "
        "protocol."
    )


def ends(metric: Mapping[str, Any] | None) -> str:
    """Write a value with its interval."""
    if not metric or metric.get("value") is None:
        return "–"
    if metric.get("low") is None:
        return number(metric["value"])
    return f"{number(metric['value'])} [{number(metric['low'])}, {number(metric['high'])}]"


def _baselines(metrics: Metrics, controls: Metrics, names: Sequence[str]) -> list[list[str]]:
    several = controls.get("baselines") or {}
    rows = [["this model", *(ends(metrics["metrics"][name]) for name in names), ""]] if several else []
    for model, found in several.items():
        if "why" in found:
            rows.append([model, f"not fitted: {found['why']}", *[""] * len(names)])
        else:
            rows.append([model, *(ends(found[name]) for name in names), f"{found['seconds']:.1f}"])
    return rows


def _gap(controls: Metrics, names: Sequence[str]) -> list[list[str]]:
    gap = controls.get("protocol_gap") or {}
    sides = gap.get("sides") or {}
    if "why" in gap:
        return [["another one", f"not known: {gap['why']}", *[""] * (len(names) + 2)]]
    if not sides and "neighbours" in controls:
        sides = {"this protocol": {"nearest neighbour": controls["neighbours"]}}
    rows = []
    for side, proxies in sides.items():
        for proxy, found in proxies.items():
            shares = [_share(found, key) for key in ("same_trial", "same_subject")]
            rows.append([side, proxy, *(ends(found["metrics"][name]) for name in names), *shares])
    return rows


def _share(found: Metrics, key: str) -> str:
    return f"{found[key]:.0%} (by chance {found[f'{key}_by_chance']:.0%})" if key in found else ""


def _permutation(metrics: Metrics, controls: Metrics, names: Sequence[str]) -> list[list[str]]:
    rows = []
    for key, what in _PERMUTED.items():
        found = controls.get(key) or {}
        if "why" in found:
            rows.append([what, f"not possible: {found['why']}", "", "", "", ""])
        for name in names if "metrics" in found else ():
            how = f", {found['how']}" if "how" in found else ""
            rows.append([f"{what}{how}, {found['times']} times", *_null(found["metrics"][name], name)])
    fixed = metrics["floors"].get("permutation") or {}
    for name in names if rows and fixed else ():
        null = {**fixed[name], "value": metrics["metrics"][name]["value"]}
        rows.append(["labels under test, the predictions as they are", *_null(null, name)])
    return rows


def _null(null: Metrics, name: str) -> list[str]:
    p = "–" if null["p"] is None else f"{null['p']:.3g}"
    return [called(name), number(null["value"]), number(null["mean"]), number(null["high"]), p]


def _identity(controls: Metrics, names: Sequence[str]) -> list[list[str]]:
    rows = []
    for key, model, told in (("identity", "ridge", _range), ("swapped_identity", "this model", ends)):
        for found in controls.get(key) or []:
            rows.append([f"{found['stream']}, as it is", model, *(ends(found["true"][name]) for name in names)])
            for kind, what in _DEALT.items():
                rows.append([f"{found['stream']}, {what}", model, *(told(found[kind][name]) for name in names)])
    return rows


def _range(values: Metrics) -> str:
    return f"{number(values['mean'])} (draws {number(values['least'])} to {number(values['most'])})"
