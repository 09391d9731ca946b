"""Disclosures: what a protocol uses beyond its training rows, and what makes its question easier than it looks."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from insula.windows.copies import COPY
from insula.windows.finding import Finding, over_folds
from insula.windows.protocol import Ints, Protocol, apart, count, shared, trained

DETERMINES = 0.5
"""A stimulus "all but determines" the label if it removes this share of the majority rule's errors (or variance)."""


def transductive_statistics(protocol: Protocol, fitted: Mapping[str, str]) -> list[Finding]:
    """Find steps fitted on the unlabelled data of the people or recordings under test."""
    found = _fitted_on_everything(protocol, fitted)
    for scope, codes in (("subject", protocol.subject), ("recording", protocol.recording)):
        steps = by_step([step for step, where in fitted.items() if where == scope])
        reasons = {
            number: f"{steps}: fitted on each {scope}'s own unlabelled data, that of the {count(codes[fold.test])} "
            f"{scope}s under test included (transductive: live use needs a calibration recording)"
            for number, fold in enumerate(protocol.folds)
            if steps and len(fold.test)
        }
        found += over_folds("transductive_statistics", "B", reasons, protocol.titles)
    return found


def _fitted_on_everything(protocol: Protocol, fitted: Mapping[str, str]) -> list[Finding]:
    steps = by_step([step for step, where in fitted.items() if where == "everything"])
    reason = f"{steps}: fitted on all data before the split, those under test included"
    folds = [number for number, fold in enumerate(protocol.folds) if steps and len(fold.test)]
    return over_folds("fitted_on_test", "B", dict.fromkeys(folds, reason), protocol.titles)


def declared(protocol: Protocol, disclosed: Mapping[str, str]) -> list[Finding]:
    """Find steps that declare what is wrong with them: what only published recipes do."""
    texts: dict[str, list[str]] = {}
    for step, text in disclosed.items():
        texts.setdefault(text, []).append(step)
    reason = "; ".join(f"{by_step(steps)}: {text}" for text, steps in texts.items())
    return over_folds(
        "disclosed_step", "B", dict.fromkeys(range(len(protocol.folds)), reason) if reason else {}, protocol.titles
    )


def tested_copies(protocol: Protocol) -> list[Finding]:
    """Find copies that a run has made itself among the rows that test: they are recordings of nobody."""
    if COPY not in protocol.index:
        return []
    copy = protocol.index[COPY].notna().to_numpy()
    reasons = {
        number: f"{copy[fold.test].sum()} of {len(fold.test)} test windows are augmented copies (when: before_split)"
        for number, fold in enumerate(protocol.folds)
        if copy[fold.test].any()
    }
    return over_folds("tested_copies", "B", reasons, protocol.titles)


def shared_conversations(protocol: Protocol) -> list[Finding]:
    """Find dialogues that are cut apart: who trains or validates has talked with, and of the same as, who is tested.

    What validates of them caps nothing: it chooses an epoch, and is said.
    """
    train = _cut_apart(protocol, "train", [trained(fold) for fold in protocol.folds])
    validation = _cut_apart(protocol, "validation", [fold.validation for fold in protocol.folds])
    return [
        *over_folds("shared_conversation", "B", train, protocol.titles),
        *over_folds("partner_validates", "A", validation, protocol.titles),
    ]


def _cut_apart(protocol: Protocol, role: str, rows: Sequence[Ints]) -> dict[int, str]:
    group = protocol.codes("group")
    return {
        number: f"{len(both)} of {count(group[fold.test])} conversations under test have other utterances in {role}"
        for number, fold in enumerate(protocol.folds)
        if len(both := shared(group, rows[number], fold.test))
    }


def thresholds_from_test(protocol: Protocol, targets: Sequence[str]) -> list[Finding]:
    """Find targets whose classes are cut at a median that the labels under test have a part in."""
    reasons = {
        number: f"{', '.join(targets)}: cut at each person's median label over all trials, those under test included"
        for number, fold in enumerate(protocol.folds)
        if targets and len(fold.test)
    }
    return over_folds("threshold_from_test", "B", reasons, protocol.titles)


def by_step(paths: Sequence[str]) -> str:
    """Name steps, each once for all the streams that have it: ``streams.{eeg, psd}.signal.ica``."""
    streams: dict[str, list[str]] = {}
    for path in paths:
        stream = re.match(r"streams\.([^.]+)", path)
        streams.setdefault(path[stream.end() :] if stream else path, []).append(stream[1] if stream else "")
    several = {step: f"{{{', '.join(names)}}}" if len(names) > 1 else names[0] for step, names in streams.items()}
    return ", ".join(f"streams.{names}{step}" if names else step for step, names in several.items())


def unbounded_reach(protocol: Protocol, steps: Sequence[str]) -> list[Finding]:
    """Find recordings on both sides where a step looks at the whole recording, without labels."""
    reasons = {
        number: f"{by_step(steps)}: every sample depends on its whole recording, and {len(both)} recordings have "
        "windows in train and in test"
        for number, fold in enumerate(protocol.folds)
        if steps and len(both := shared(protocol.recording, trained(fold), fold.test))
    }
    return over_folds("unbounded_reach", "B", reasons, protocol.titles)


def known_people(protocol: Protocol, streams: Sequence[str]) -> list[Finding]:
    """Find streams that say who a person is, where the people under test are known from training."""
    reasons = {
        number: f"{', '.join(streams)}: constant for each person, so it says who it is, and {len(both)} of "
        f"{count(protocol.subject[fold.test])} people under test are in train too"
        for number, fold in enumerate(protocol.folds)
        if streams and len(both := shared(protocol.subject, trained(fold), fold.test))
    }
    return over_folds("identity_stream", "C", reasons, protocol.titles)


def selection_on_test(protocol: Protocol, selects: bool) -> list[Finding]:
    """Find a recipe that says itself that training stops where test is best."""
    folds = range(len(protocol.folds)) if selects else ()
    reason = "training stops at the epoch that is best on the test rows"
    return over_folds("selection_on_test", "E", dict.fromkeys(folds, reason), protocol.titles)


def stimulus_determines_label(protocol: Protocol, label: str | None) -> list[Finding]:
    """Find stimuli on both sides where knowing the stimulus all but means knowing the label."""
    if label is None or label not in protocol.index:
        return []
    both = {number: shared(protocol.stimulus, trained(f), f.test) for number, f in enumerate(protocol.folds)}
    if not any(map(len, both.values())) or (told := _stimulus_rule(protocol, label)) is None:
        return []
    tested = [count(protocol.stimulus[fold.test]) for fold in protocol.folds]
    reasons = {
        number: f"{told}, and {len(stimuli)} of {tested[number]} test stimuli are in train too"
        for number, stimuli in both.items()
        if len(stimuli)
    }
    return over_folds("stimulus_determines_label", "D", reasons, protocol.titles)


def is_number(index: pd.DataFrame, label: str) -> bool:
    """Whether a label is a number (floats) rather than a class (texts, whole numbers)."""
    return pd.api.types.is_float_dtype(index[label].infer_objects().dtype)


def _stimulus_rule(protocol: Protocol, label: str) -> str | None:
    """Predict each trial from the *other* trials of its stimulus; say how well, if that is well enough.

    A trial counts once, however many windows it has, and never for itself: a stimulus with a single trial says nothing.
    Where no trial is known, what one person was shown (in one session and recording) is one.
    """
    table = pd.DataFrame({"stimulus": protocol.stimulus, "family": _shown(protocol)})
    table["y"] = protocol.index[label].to_numpy()
    table = table[(table["stimulus"] >= 0) & table["y"].notna()]
    if table.empty:
        return None
    if is_number(protocol.index, label):
        trials = table.groupby(["stimulus", "family"], as_index=False)["y"].mean()
        return _explained(np.asarray(trials["stimulus"]), np.asarray(trials["y"], np.float64))
    windows: pd.DataFrame = pd.crosstab([table["stimulus"], table["family"]], table["y"].astype(str))
    y = np.eye(windows.shape[1])[windows.to_numpy().argmax(axis=1)]
    return _guessed(windows.index.get_level_values("stimulus").to_numpy(), y)


def _shown(protocol: Protocol) -> Ints:
    names = [name for name in ("subject", "session", "recording") if name in protocol.index]
    known = np.any([protocol.codes(name) >= 0 for name in names], axis=0) if names else np.array(False)
    person = protocol.index.groupby(names, dropna=False).ngroup().to_numpy() if names else protocol.stimulus
    person = apart(np.where(known, person, -1))
    return np.where(protocol.family >= 0, protocol.family, protocol.family.max(initial=-1) + 1 + person)


def _others(stimulus: Ints, y: Float[np.ndarray, " trials *outputs"]) -> Float[np.ndarray, " trials *outputs"]:
    """Sum ``y`` over the other trials of each trial's stimulus."""
    _, code = np.unique(stimulus, return_inverse=True)
    total = np.zeros((code.max() + 1, *y.shape[1:]))
    np.add.at(total, code, y)
    return total[code] - y


def _guessed(stimulus: Ints, y: Float[np.ndarray, "trials classes"]) -> str | None:
    shares = y.mean(axis=0)
    # the shares break ties, and stand alone for a stimulus that was seen once
    guess = np.argmax(_others(stimulus, y) + shares / 2, axis=1)
    right, chance = float((guess == y.argmax(axis=1)).mean()), float(shares.max())
    if chance == 1 or (right - chance) / (1 - chance) < DETERMINES:
        return None
    return (
        f"the label of {right:.0%} of the trials can be told from the other trials of their stimulus "
        f"(majority class: {chance:.0%})"
    )


def _explained(stimulus: Ints, y: Float[np.ndarray, " trials"]) -> str | None:
    many = _others(stimulus, np.ones_like(y))
    guess = np.where(many > 0, _others(stimulus, y) / np.maximum(many, 1), y.mean())
    spread = float(((y - y.mean()) ** 2).sum())
    share = 1 - float(((y - guess) ** 2).sum()) / spread if spread else 0.0
    return (
        f"the other trials of a stimulus explain {share:.0%} of the label's variance" if share >= DETERMINES else None
    )
