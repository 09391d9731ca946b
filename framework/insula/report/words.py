"""In words: what the headline's number means, for somebody who doesn't know the metrics."""

from collections.abc import Mapping
from typing import Any

from insula.report.controls import gap_sentence
from insula.specs import TargetSpec

WHERE = {
    "new datasets": "On a dataset that the model has never seen",
    "new people and stimuli": "On people the model has never met, at stimuli it has never seen",
    "new people": "On people the model has never met",
    "new sessions": "In sessions that the model hasn't seen",
    "new stimuli": "At stimuli that the model has never seen, of people it may know",
    "new trials": "In trials that the model hasn't seen, of people it may know",
}
"""What is new of the test rows, the strongest claim first."""
NOTHING_NEW = "On rows of which training has seen the trial"
OVERLAP = {
    "E": "The test rows chose the model (grade E), so the figure flatters: it isn't what new data would give.",
    "F": "Training and test overlap (grade F), so this says nothing of new trials, let alone of new people.",
}


def in_words(metrics: Mapping[str, Any], target: TargetSpec, rows: str) -> list[str]:
    """Return some sentences on a target's figures.

    Parameters
    ----------
    metrics
        As in ``metrics.json``, of this target, with the run's ``grade`` and ``claim``.
    target
        Whose figures these are.
    rows
        What is counted: ``windows of 2 s``, or ``trials``.
    """
    claim = next((said for name, said in WHERE.items() if name in metrics["claim"]), NOTHING_NEW)
    said = _number(metrics, target, claim) if target.kind == "number" else _classes(metrics, target, claim, rows)
    decisive = "ccc" if target.kind == "number" else "balanced_accuracy"
    gap = [sentence] if (sentence := gap_sentence(metrics)) else []
    warned = [OVERLAP[metrics["grade"]]] if metrics["grade"] in OVERLAP else []
    return [*said, *above_floors(metrics, decisive), *beside_baselines(metrics, decisive), *gap, *warned]


def _classes(metrics: Mapping[str, Any], target: TargetSpec, where: str, rows: str) -> list[str]:
    accuracy, recall = metrics["metrics"]["accuracy"], metrics["metrics"]["balanced_accuracy"]
    if accuracy["value"] is None:
        return []
    floors = {floor["name"]: floor for floor in metrics["floors"]["baselines"]}
    majority = floors.get("majority class", {}).get("accuracy")
    always = f"; always saying the commonest class gets {percent(majority)}" if majority is not None else ""
    what = _task(target)
    said = [f"{where}, it {what} right in {percent(accuracy['value'])} of 100 {rows} ({_ends(accuracy)}){always}."]
    if recall["value"] is not None:
        said.append(
            f"Every class counted alike, it is {percent(recall['value'])} of 100 ({_ends(recall)}), where guessing "
            f"gets {percent(1 / len(target.classes))}."
        )
    worst, people = metrics.get("worst_decile") or {}, len(metrics["per_subject"])
    if worst.get("accuracy") is not None and people > 1:
        many = max(1, people // 10)
        whom = "the person whom" if many == 1 else f"the {many} people whom"
        said.append(f"For {whom} it reads worst, of {people}, it is right in {percent(worst['accuracy'])} of 100.")
    return said


def _task(target: TargetSpec) -> str:
    if len(target.classes) == 2:
        return f"tells {target.classes[0]} from {target.classes[1]}"
    return (
        f"names one of {len(target.classes)} {'emotions' if target.name == 'emotion' else f'classes of {target.name}'}"
    )


def _number(metrics: Mapping[str, Any], target: TargetSpec, where: str) -> list[str]:
    ccc, mae = metrics["metrics"]["ccc"], metrics["metrics"]["mae"]
    if mae["value"] is None:
        return []
    means = [floor["mae"] for floor in metrics["floors"]["baselines"] if floor["name"] == "training mean"]
    always = f"; always saying the training mean is off by {means[0]:.3g}" if means and means[0] is not None else ""
    agree = "" if ccc["value"] is None else f" agrees with the true {target.name} to a CCC of {ccc['value']:.2f}"
    ends = "" if ccc["low"] is None else f" ({ccc['low']:.2f} to {ccc['high']:.2f}; 1 is perfect, 0 none)"
    return [
        f"{where}, what it says{agree}{ends}{' and' if agree else ''} is off by {mae['value']:.3g} on average{always}."
    ]


def above_floors(metrics: Mapping[str, Any], name: str) -> list[str]:
    """Say whether the interval lies above what is reached without a signal."""
    own = metrics["metrics"][name]
    known = {floor["name"]: floor[name] for floor in metrics["floors"]["baselines"] if floor.get(name) is not None}
    permuted = (metrics["floors"].get("permutation") or {}).get(name) or {}
    if permuted.get("high") is not None:
        known["permuted labels (their 97.5 % point)"] = permuted["high"]
    if own["value"] is None or not known:
        return []
    best = max(known, key=lambda floor: known[floor])
    shown = _shown(name, known[best])
    if own["low"] is None:
        return ["Too few people, stimuli, sessions or trials for an interval: nothing can be said of chance."]
    if own["low"] > known[best]:
        return [f"The interval lies above everything that is reached without a signal (at most {shown}: {best})."]
    return [
        f"The interval doesn't clear what is reached without a signal ({best}: {shown}): this run doesn't show that "
        "the signals say anything of it."
    ]


def beside_baselines(metrics: Mapping[str, Any], name: str) -> list[str]:
    """Say where the best classic baseline lies, if baselines were fitted."""
    baselines = (metrics.get("controls") or {}).get("baselines") or {}
    known = {key: of[name]["value"] for key, of in baselines.items() if (of.get(name) or {}).get("value") is not None}
    own = metrics["metrics"][name]
    if not known or own["low"] is None:
        return []
    best = max(known, key=lambda key: known[key])
    where = "below" if known[best] < own["low"] else "above" if known[best] > own["high"] else "inside"
    return [
        f"The best classic baseline on simple statistics of the same streams ({best.replace('_', ' ')}) gets "
        f"{_shown(name, known[best])}, {where} that interval."
    ]


def _shown(metric: str, value: float) -> str:
    return f"{value:.2f}" if metric == "ccc" else percent(value)


def percent(share: float) -> str:
    """Return how many of 100."""
    return f"{100 * share:.0f}"


def _ends(metric: Mapping[str, Any]) -> str:
    return "no interval" if metric["low"] is None else f"{percent(metric['low'])} to {percent(metric['high'])}"
