"""``insula inspect manifest.csv``: what a manifest holds, what to look out for, and the command that trains on it."""

import argparse
import json
import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from insula.sources.dataset import Dataset
    from insula.sources.reader import Reader
    from insula.types import Signal, Trial

READ = 3
"""How many files of a modality are read."""
SHOWN = 10
"""How many left-out rows are listed."""
DETERMINED = 0.9
"""Share of the trials whose label the commonest label of their stimulus (or subject) gives, from which it is said."""
EEG_VOLTS = (1e-6, 1e-3)
"""Between which standard deviations an EEG in volts is plausible."""
WINDOW = 10.0
"""Seconds; the windows of conf/experiment/signals.yaml."""
FOLDS = 5


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "inspect", help="show what a manifest of your own data holds, and how to train on it"
    )
    parser.add_argument(
        "manifest", type=Path, help="a CSV or Parquet file with one row per trial (path, subject, labels)"
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="print it as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was found.

    Raises
    ------
    DataError
        If the manifest can't be used at all.
    """
    found = inspection(args.manifest)
    print(json.dumps(found, indent=2, ensure_ascii=False) if args.as_json else page(found))
    return 0


def inspection(manifest: Path) -> dict[str, Any]:
    """Return what a manifest holds, as plain values."""
    from insula.plugin.manager import installed

    dataset: Dataset = installed().get("datasets", "table").build((manifest,), {})
    trials = list(dataset.trials())
    labels = {name: _label(dataset, name, trials) for name in dataset.targets}
    modalities = {name: _modality(dataset, name, trials) for name in dataset.readers}
    return {
        "manifest": str(manifest),
        "trials": len(trials),
        "subjects": dict(sorted(Counter(trial.subject for trial in trials).items())),
        "stimuli": len({trial.stimulus for trial in trials if trial.stimulus}),
        "modalities": modalities,
        "labels": labels,
        "left_out": [{"what": item.what, "why": item.why} for item in dataset.left_out],
        "warnings": [*_about_people(trials), *_about_labels(labels, trials), *_about_files(modalities)],
        "command": command(manifest, trials, modalities, list(labels)),
    }


def page(found: dict[str, Any]) -> str:
    """Return it as text, the command last."""
    subjects = ", ".join(f"{name} {count}" for name, count in found["subjects"].items())
    lines = [f"{found['manifest']}: {found['trials']} trials"]
    lines.append(f"  subjects    {len(found['subjects'])}: {subjects}")
    lines.append(f"  stimuli     {found['stimuli'] or 'none named'}")
    for name, about in found["modalities"].items():
        lines.append(f"  modality    {name}: {about['trials']} trials; {_described(about)}")
    for name, about in found["labels"].items():
        values = ", ".join(f"{k} {v}" for k, v in about["counts"].items()) if "counts" in about else about["range"]
        missing = f"; {about['missing']} missing" if about["missing"] else ""
        lines.append(f"  label       {name} ({about['kind']}): {values}{missing}")
    if found["left_out"]:
        lines.append(f"  left out    {len(found['left_out'])}")
        lines += [f"    {item['what']}: {item['why']}" for item in found["left_out"][:SHOWN]]
        lines += [f"    … and {len(found['left_out']) - SHOWN} more (--json lists all)"] * (
            len(found["left_out"]) > SHOWN
        )
    lines += [f"  warning     {warning}" for warning in found["warnings"]]
    return "\n".join([*lines, "", "Train on it:", found["command"]])


def command(
    manifest: Path, trials: "Sequence[Trial]", modalities: dict[str, dict[str, Any]], labels: Sequence[str]
) -> str:
    """Return the command that trains on a manifest: on its speech, else on its first modality."""
    subjects = len({trial.subject for trial in trials})
    split = "leave_trials_out" if subjects == 1 else "leave_one_subject_out" if subjects < FOLDS else "subject_kfold"
    words = ["insula", "train", f"experiment={'speech' if 'speech' in modalities else 'signals'}", "dataset=table"]
    words += [f"dataset.root={_hydra(str(manifest))}", f"split={split}"]
    if subjects == 2:  # with one person to test on and one to train on there is nobody left to validate on
        words.append("split.validation=none")
    if "speech" not in modalities:
        name, about = next(iter(modalities.items()))
        words.append(f"streams.signal.modality={name}")
        if about["static"] or min(about["seconds"], default=0.0) < WINDOW:
            words.append("window.length=null")
    if labels and labels[0] != "emotion":
        words.append(f"+targets.{labels[0]}={{}}")
    return shlex.join(words)


def _hydra(value: str) -> str:
    """Quote a value for Hydra's grammar where it must be."""
    return value if re.fullmatch(r"[\w./~+-]+", value) else "'" + value.replace("'", "\\'") + "'"


def _label(dataset: "Dataset", name: str, trials: "Sequence[Trial]") -> dict[str, Any]:
    target = dataset.targets[name]
    values = [value for trial in trials if (value := trial.labels.get(target.keys(name)[0])) is not None]
    about: dict[str, Any] = {"kind": target.kind, "missing": len(trials) - len(values)}
    if target.kind == "number":
        numbers = [float(value) for value in values]  # type: ignore[arg-type]
        return {**about, "range": f"{min(numbers):g} to {max(numbers):g}" if numbers else "no values"}
    counts = Counter(map(str, values))
    return {**about, "counts": {label: counts[label] for label in target.classes}}


def _modality(dataset: "Dataset", name: str, trials: "Sequence[Trial]") -> dict[str, Any]:
    """Look into the first, the middle and the last file of a modality."""
    reader = _reader(dataset, name)
    having = [trial for trial in trials if list(reader.files(trial))]
    some = [having[number] for number in sorted({0, len(having) // 2, len(having) - 1})] if having else []
    signals, problems = [], []
    for trial in some[:READ]:
        _read(reader, trial, signals, problems)
    return {
        "trials": len(having),
        "read": len(signals),
        "static": bool(signals) and all(signal.static for signal in signals),
        "sfreq": sorted({signal.sfreq for signal in signals}),
        "channels": [len(signal.data) for signal in signals],
        "ch_names": list(signals[0].ch_names) if signals else [],
        "units": sorted({unit for signal in signals for unit in signal.units}),
        "seconds": [round(signal.duration, 3) for signal in signals],
        "std": [float(signal.data[signal.defined].std()) for signal in signals if signal.defined.any()],
        "problems": problems,
    }


def _reader(dataset: "Dataset", modality: str) -> "Reader":
    from insula.plugin.manager import installed

    named: Any = dataset.readers[modality]
    options = {"name": named} if isinstance(named, str) else dict(named)
    return installed().get("readers", options.pop("name")).build((dataset.root,), options)


def _read(reader: "Reader", trial: "Trial", signals: "list[Signal]", problems: list[str]) -> None:
    from insula.errors import SignalError

    try:
        signal = reader.read(trial)
    except SignalError as error:
        problems.append(str(error))
    else:
        signals += [signal] if signal is not None else []


def _described(about: dict[str, Any]) -> str:
    if not about["read"]:
        return "none of the files looked at could be read"
    if about["static"]:
        when = "static"
    else:
        rates = " or ".join(f"{rate:g} Hz" if rate else "irregular" for rate in about["sfreq"])
        when = f"{rates}, {min(about['seconds']):g} to {max(about['seconds']):g} s"
    names = ", ".join(about["ch_names"][:16]) + (", …" if len(about["ch_names"]) > 16 else "")
    return f"{when}, channels {names} in {' '.join(about['units'])} ({about['read']} files read)"


def _about_people(trials: "Sequence[Trial]") -> Iterator[str]:
    subjects = len({trial.subject for trial in trials})
    if subjects == 1:
        yield "there is one subject: no figure says anything about other people"
    elif subjects < FOLDS:
        yield f"there are {subjects} subjects: a figure for new people will be very uncertain"


def _about_labels(labels: dict[str, Any], trials: "Sequence[Trial]") -> Iterator[str]:
    if not labels:
        yield "no column can be a label (one that has 2 to 20 distinct values, or numbers)"
    for name in (name for name, about in labels.items() if "counts" in about):
        labelled = [trial for trial in trials if trial.labels[name] is not None]
        share = _determined([(trial.stimulus, trial.labels[name]) for trial in labelled])
        if share is not None and share >= DETERMINED:
            yield (
                f"the stimulus gives {name!r} away in {share:.0%} of the trials: a model may learn the stimuli, and a "
                "protocol that shares them between training and test gets grade D at best. Keep stimuli apart too"
            )
        share = _determined([(trial.subject, trial.labels[name]) for trial in labelled])
        if share is not None and share >= DETERMINED:
            yield f"the subject gives {name!r} away in {share:.0%} of the trials: recognising the person is enough"
        for label in labels[name]["counts"]:
            people = {trial.subject for trial in labelled if trial.labels[name] == label}
            if len(people) == 1 < len({trial.subject for trial in labelled}):
                yield f"{name}={label} occurs with one subject only, {people.pop()}: nobody else can teach or test it"


def _determined(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Return the share of trials that have the commonest label of their key; None where that would mean nothing."""
    pairs = [pair for pair in pairs if pair[0] is not None]
    of: defaultdict[Any, Counter] = defaultdict(Counter)
    for key, label in pairs:
        of[key][label] += 1
    if len(of) < 2 or len(pairs) < 2 * len(of):
        return None
    return sum(max(counts.values()) for counts in of.values()) / len(pairs)


def _about_files(modalities: dict[str, Any]) -> Iterator[str]:
    for name, about in modalities.items():
        yield from about["problems"][:1]
        if len(about["sfreq"]) > 1 or len(set(about["channels"])) > 1:
            rates, sizes = (", ".join(f"{x:g}" for x in sorted(set(about[key]))) for key in ("sfreq", "channels"))
            yield (
                f"{name}: the files differ ({rates} Hz; {sizes} channels). The options sfreq and channels of the "
                "reader table_file make them alike"
            )
        low, high = EEG_VOLTS
        if name == "eeg" and any(not low <= std <= high for std in about["std"]):
            yield (
                f"eeg: a standard deviation of {about['std'][0]:.2g} isn't an EEG's in volts "
                f"({low:g} to {high:g}): is it in microvolts, or has it a large offset?"
            )
