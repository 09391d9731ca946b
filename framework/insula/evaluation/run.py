"""All folds of all seeds, and what they add up to."""

import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from insula.errors import ConfigError
from insula.evaluation.floors import floors, label_permutation
from insula.evaluation.fold import FoldRun
from insula.evaluation.metrics import summarise
from insula.evaluation.predict import join
from insula.evaluation.results import Results
from insula.model.build import build_model, count_parameters
from insula.plugin.manager import Plugins
from insula.specs import TargetSpec
from insula.training.environment import choose_device, choose_threads, environment
from insula.training.fold import TrainingPlan, fold_seed, fold_spec
from insula.types import LeftOut
from insula.windows.audit import Audit
from insula.windows.split import Fold
from insula.windows.windows import Windows

log = logging.getLogger("insula")
IRRELEVANT = ("store",)
"""Top-level options that change nothing in a result."""


@contextmanager
def open_run(plain: Mapping[str, Any], folder: Path) -> Iterator[None]:
    """Make or take up a run's folder; a folder that holds another run is refused.

    Raises
    ------
    ConfigError
        If the folder holds a run with other options, or another process is writing to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "config.json"
    if known.exists():
        changed = _differences(json.loads(known.read_text()), plain)
        if changed:
            raise ConfigError(
                f"{folder} holds a run with other options ({'; '.join(changed[:5])}): "
                "choose another hydra.run.dir, or delete it"
            )
        log.info("going on with the run in %s", folder)
    lock = folder / ".running"
    _take(lock, folder)
    try:
        known.write_text(json.dumps(plain, indent=1))
        from omegaconf import OmegaConf

        (folder / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(dict(plain))))
        yield
    finally:
        lock.unlink(missing_ok=True)


def _take(lock: Path, folder: Path) -> None:
    if lock.exists():
        owner = lock.read_text().strip()
        if owner.isdigit() and Path(f"/proc/{owner}").exists() and int(owner) != os.getpid():
            raise ConfigError(f"process {owner} is writing to {folder}: wait for it, or choose another hydra.run.dir")
    lock.write_text(str(os.getpid()))


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    def flat(node: Any, path: str = "") -> dict[str, Any]:
        if not isinstance(node, Mapping):
            return {path: node}
        return {
            k: v for key, value in node.items() for k, v in flat(value, f"{path}.{key}" if path else str(key)).items()
        }

    a, b = (
        flat({k: v for k, v in plain.items() if k not in IRRELEVANT}) for plain in (before, json.loads(json.dumps(now)))
    )
    return [f"{key}: {a.get(key)!r} there, {b.get(key)!r} here" for key in sorted({*a, *b}) if a.get(key) != b.get(key)]


def evaluate_folds(
    plan: TrainingPlan,
    windows: Windows,
    folds: Sequence[Fold],
    seeds: Sequence[int],
    folder: Path,
    plugins: Plugins,
    about: Mapping[str, Any],
) -> list[FoldRun]:
    """Train and test every fold of every seed that isn't finished yet."""
    told = {
        "config": about,
        "modalities": {name: about["streams"][name]["modality"] for name in windows.streams},
        "window": about["window"],
    }
    runs = [
        FoldRun(plan, windows, fold, seed, number, folder / "folds" / f"seed{seed}-fold{number}", plugins, told)
        for seed in seeds
        for number, fold in enumerate(folds)
    ]
    _announce(plan, windows, runs, folder)
    todo = [run for run in runs if not run.finished]
    if len(todo) < len(runs):
        log.info("%d of %d folds are finished already", len(runs) - len(todo), len(runs))
    if todo:
        from insula.training.callbacks import Progress

        progress = Progress(len(todo) * plan.options.epochs, shown=plan.options.progress)
        for run in todo:
            run.run(progress)
            done = json.loads((run.folder / "fold.json").read_text())
            log.info("%s: epoch %d taken, %d windows tested", run.title, done["epochs"], done["windows"]["test"])
        progress.bar.close()
    return runs


def _announce(plan: TrainingPlan, windows: Windows, runs: Sequence[FoldRun], folder: Path) -> None:
    """Say first of all where this will run, and why."""
    first = runs[0]
    data = fold_spec(windows, windows.fit(first.fold), first.fold, plan.options)
    parameters = count_parameters(build_model(plan.model, data, fold_seed(first.seed, 0)))
    device, why = choose_device(plan.options)
    threads, reason = choose_threads(plan.options, parameters, device)
    precision = "as asked for" if plan.options.precision != "32-true" else "the default, exact enough for every cell"
    log.info(
        "device %s (%s), precision %s (%s), %d thread(s) (%s); %s parameters, %d windows, %d models to train",
        device, why, plan.options.precision, precision, threads, reason, f"{parameters:,}", len(windows.rows.index),
        len(runs),
    )  # fmt: skip
    torch.set_num_threads(threads)
    text = json.dumps(environment(sorted({run.seed for run in runs}), device), indent=1)
    (folder / "environment.json").write_text(text)


def summarise_run(
    plain: Mapping[str, Any],
    windows: Windows,
    folds: Sequence[Fold],
    runs: Sequence[FoldRun],
    audit: Audit,
    left_out: Sequence[LeftOut],
) -> Results:
    """Pool the predictions of all folds and score them."""
    predictions = join(run.predictions() for run in runs)
    found = [run.result() for run in runs]
    data = runs[0].loaded.data
    per_target = {}
    for name, target in data.targets.items():
        table = predictions.loc[predictions["target"] == name]
        per_target[name] = {**summarise(table, target, audit.unit), "floors": _floors(windows, folds, table, target)}
    first = next(iter(per_target.values()))
    metrics = {**first, "grade": audit.grade, "claim": list(audit.claim), "audit": audit.to_json()}
    metrics["parameters"] = found[0].summary["parameters"]
    metrics["folds"] = [{**scores, **_summary(found, scores)} for scores in first["folds"]]
    if len(per_target) > 1:
        metrics["targets"] = per_target
    everything = [*left_out, *windows.left_out]
    return Results(
        plain, data, windows.rows.index, predictions, found, audit, metrics, everything, windows.undefined(), audit.unit
    )


def _summary(found: Sequence[Any], scores: Mapping[str, Any]) -> dict[str, Any]:
    for result in found:
        if (result.seed, result.number) == (scores["seed"], scores["fold"]):
            return {"epochs": result.summary["epochs"], "sizes": result.summary["windows"]}
    return {}


def _floors(windows: Windows, folds: Sequence[Fold], table: Any, target: TargetSpec) -> dict[str, Any]:
    return {
        "baselines": floors(windows.rows.index, folds, target),
        "permutation": label_permutation(table, target, seed=0),
    }
