"""Card: what the data are, what the model is, and what neither is for."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from insula.evaluation.analysis import Table
from insula.evaluation.results import Results
from insula.types import LeftOut

Facts = list[tuple[str, str]]
"""Terms with what there is to say of each."""
NOT_FOR = (
    "Deciding anything about a person: diagnosis, therapy, hiring, schooling, policing, insurance. A figure over many "
    "says how often the model is right, not that it is right about somebody. Nor is it for people, sensors, places or "
    "emotions other than those that were tested; a label is what was reported, acted or rated, not what was felt."
)


def data_card(results: Results, about: Mapping[str, Any], name: str) -> Facts:
    """Return what there is to say of the data."""
    index = results.index
    windows, trials, people = _counts(index)
    who = f"{people:,} people{_known(index)}, {trials:,} trials, {windows:,} windows"
    return [
        ("Dataset", f"{name}{', made up' if about['made_up'] else ''}"),
        ("Who is in it", who),
        ("Licence", about["licence"]),
        ("Citation", about["citation"]),
        ("Consent", about["consent"]),
        ("Identifiability", about["identifiability"]),
        ("Intended use", about["intended_use"]),
        ("Not to be used for", NOT_FOR),
    ]


def _known(index: pd.DataFrame) -> str:
    """Say gender and age, where the dataset knows them of every trial."""
    people, said = index.drop_duplicates(["dataset", "subject"]), []
    for column in ("gender", "sex"):
        if column in people and not people[column].isna().to_numpy().any():
            counts = Counter(map(str, people[column]))
            said.append(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    if "age" in people and pd.api.types.is_numeric_dtype(people["age"]) and not people["age"].isna().to_numpy().any():
        said.append(f"{people['age'].min():g} to {people['age'].max():g} years old")
    return f" ({'; '.join(said)})" if said else ""


def label_tables(results: Results) -> list[Table]:
    """Return how often every class (or what range of numbers) occurs, and how many windows have no label."""
    found = []
    for name, target in results.data.targets.items():
        labels = results.index[name]
        if target.kind == "number":
            values = labels.dropna().to_numpy(np.float64)
            known = [f"{of(values):.3g}" for of in (np.mean, np.std, np.min, np.max)] if len(values) else ["–"] * 4
            heads = ["labelled windows", "mean", "standard deviation", "least", "greatest", "without a label"]
            found.append(Table(f"{name}: labels", heads, [[len(values), *known, int(labels.isna().sum())]]))
            continue
        rows = [_class(results.index, name, label) for label in target.classes]
        if (missing := labels.isna().to_numpy()).any():
            rows.append(["no label", *_counts(results.index.loc[missing]), "–"])
        found.append(Table(f"{name}: labels", ["class", "windows", "trials", "people", "share of windows"], rows))
    return found


def _class(index: pd.DataFrame, target: str, label: str) -> list[Any]:
    rows = index.loc[(index[target].astype(str) == label).to_numpy()]
    share = f"{len(rows) / max(int(index[target].notna().sum()), 1):.1%}"
    return [label, *_counts(rows), share]


def _counts(rows: pd.DataFrame) -> list[int]:
    trials, people = (rows.groupby(["dataset", name], dropna=False).ngroups for name in ("trial", "subject"))
    return [len(rows), trials, people]


def left_out_table(items: Sequence[LeftOut]) -> Table | None:
    """Return what was not used, by reason, with counts and the first example."""
    if not items:
        return None
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for item in items:
        kind = item.kind or item.why
        counts[kind] += item.count
        first.setdefault(kind, item.what)
    rows = [[count, why, first[why]] for why, count in counts.most_common(50)]
    return Table("Left out", ["how many", "why", "for example"], rows)


def streams_table(results: Results) -> Table:
    """Return every stream with its preprocessing, as it was run, and its part of the model."""
    rows = []
    for name, spec in results.data.streams.items():
        node = results.config.get("streams", {}).get(name) or {}
        rows.append(
            [
                name,
                str(node.get("modality", "–")),
                f"{spec.channels} features" if spec.static else f"{spec.channels} at {_rate(spec.sfreq)}",
                _chain(node.get("signal")),
                _chain(node.get("features")),
                " → ".join(_parts(node, results.config)),
            ]
        )
    heads = ["stream", "modality", "channels", "steps on recordings", "steps on windows", "part of the model"]
    return Table("Preprocessing chains and streams, as they were run", heads, rows)


def _rate(sfreq: float) -> str:
    return f"{sfreq:g} Hz" if sfreq else "irregular times"


def _chain(steps: Any) -> str:
    return " → ".join(_called(step, node) for step, node in (steps or {}).items()) or "none"


def _called(key: str, node: Any) -> str:
    """Name a step or a component with the options that the run gave it."""
    options = dict(node) if isinstance(node, Mapping) else {}
    name = options.pop("name", node if isinstance(node, str) else key)
    given = ", ".join(f"{option}: {_value(value)}" for option, value in options.items())
    return f"{name} ({given})" if given else str(name)


def _value(value: Any) -> str:
    return (" ".join(map(_value, value)) or "none") if isinstance(value, list | tuple) else str(value)


def _parts(node: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[str]:
    """Yield encoder, cell and pooling of a stream."""
    default = config.get("default") or {}
    for role in ("encoder", "cell", "pooling"):
        own = node.get(role, default.get(role))
        shared = own == "shared" or (isinstance(own, Mapping) and own.get("name") == "shared")
        if own:
            yield _called(role, config.get("cell") if shared else own)


def model_card(results: Results, metrics: Mapping[str, Any]) -> Facts:
    """Return what there is to say of the model, and where its figures end."""
    config, cost = results.config, metrics.get("cost") or {}
    told = {
        "macs": "{:,.0f} multiply-accumulates a window",
        "latency_ms": "{:.2f} ms a window on one CPU thread, without preprocessing",
        "train_seconds": "{:,.0f} s to train one model",
    }
    costs = [text.format(cost[name]) for name, text in told.items() if cost.get(name) is not None]
    training = ", ".join(f"{key}: {_training(value)}" for key, value in (config.get("training") or {}).items())
    return [
        ("Architecture", _called("streams", config.get("architecture") or "streams")),
        ("Fusion", _called("concat", config.get("fusion") or "concat")),
        ("Size", "; ".join([f"{metrics['parameters']:,} parameters", *costs])),
        ("Training", training or "the defaults"),
        ("Limits", " ".join(_limits(results, metrics))),
    ]


def _training(value: Any) -> str:
    return " ".join(f"{key} {item}" for key, item in value.items()) if isinstance(value, Mapping) else str(value)


def _limits(results: Results, metrics: Mapping[str, Any]) -> Iterator[str]:
    grade, claim = metrics["grade"], ", ".join(metrics["claim"]) or "none"
    yield f"Leakage grade {grade}; claim: {claim}. What the claim doesn't name was not tested as new."
    if metrics.get("made_up"):
        yield "The data are made up: nothing here holds for people."
    if (units := metrics.get("units")) is not None and units < 10:
        yield f"The intervals rest on {metrics['over']}, which is few."
    worst = metrics.get("worst_decile") or {}
    name = next((name for name in ("balanced_accuracy", "accuracy", "ccc") if worst.get(name) is not None), None)
    if name:
        people = len(metrics["per_subject"])
        yield f"For the worst tenth of {people} people {name.replace('_', ' ')} is {worst[name]:.3f}."
    if len({fold.number for fold in results.folds}) > 1:
        yield "The figures are of several models, one a fold; a bundle is one of them."
