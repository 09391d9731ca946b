"""All folds of all seeds, and what they add up to."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from insula.evaluation.blind import closed_fold, closed_metrics
from insula.evaluation.floors import floors, label_permutation
from insula.evaluation.fold import FoldRun
from insula.evaluation.metrics import summarise
from insula.evaluation.predict import join, with_families
from insula.evaluation.results import Results
from insula.evaluation.run_folder import check_same_data
from insula.evaluation.validation import run_cost, validation_figures
from insula.model.architecture import is_fitted_at_once
from insula.model.build import build_model, count_parameters
from insula.plugin.manager import Plugins
from insula.preprocess.prepare import Prepared
from insula.sources.corpora import Corpora
from insula.sources.corpus import Corpus
from insula.specs import TargetSpec
from insula.training.environment import choose_device, choose_threads, environment
from insula.training.fold import TrainingPlan, fold_seed, fold_spec
from insula.training.options import TrainingOptions
from insula.types import LeftOut, Signal
from insula.windows.audit import Audit
from insula.windows.run_audit import record_audit
from insula.windows.split import Fold
from insula.windows.windows import Windows

log = logging.getLogger("insula")


def evaluate_folds(
    plan: TrainingPlan,
    windows: Windows,
    folds: Sequence[Fold],
    seeds: Sequence[int],
    folder: Path,
    plugins: Plugins,
    about: Mapping[str, Any],
    audit: Audit,
) -> list[FoldRun]:
    """Train and test every fold of every seed that isn't finished yet; first of all, write down who is in which."""
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
    check_same_data(windows, folds, folder / "folds" / "data.json")
    record_audit(folder, windows.rows.index, folds, next(iter(windows.targets)), audit)
    todo = [run for run in runs if not run.finished]
    _describe(plan, windows, runs, folder, training=bool(todo))
    if len(todo) < len(runs):
        log.info("%d of %d folds are finished already", len(runs) - len(todo), len(runs))
    if todo:
        from insula.training.callbacks import Progress

        progress = Progress(len(todo) * plan.options.epochs, shown=plan.options.progress)
        for run in todo:
            run.run(progress)
            done = json.loads((run.folder / "fold.json").read_text())
            what = "test windows closed" if plan.options.blind else "windows tested"
            log.info("%s: epoch %d taken, %d %s", run.title, done["epochs"], done["windows"]["test"], what)
        progress.bar.close()
    return runs


def announce(options: TrainingOptions) -> None:
    """Say first of all on what this will run, and why; a device that isn't there is an error before any work."""
    device, why = choose_device(options)
    precision = "the default, exact enough for every cell" if options.precision == "32-true" else "as asked for"
    log.info("device %s (%s), precision %s (%s)", device, why, options.precision, precision)


def _describe(plan: TrainingPlan, windows: Windows, runs: Sequence[FoldRun], folder: Path, *, training: bool) -> None:
    """Say what will be trained, and write down where; if nothing is, what the training wrote stands."""
    first = runs[0]
    data = fold_spec(windows.fit(first.fold), first.fold, plan.options)
    network = build_model(plan.model, data, fold_seed(first.seed, 0))
    parameters = count_parameters(network)
    device, _ = choose_device(plan.options)
    threads, why = choose_threads(plan.options, parameters, device)
    size = "fitted at once" if is_fitted_at_once(type(network)) else f"{parameters:,} parameters"
    size += f", {len(windows.rows.index)} windows, {len(runs)} models"
    log.info("%s to train with %d thread%s (%s)", size, threads, "" if threads == 1 else "s", why)
    torch.set_num_threads(threads)
    if training or not (folder / "environment.json").exists():
        text = json.dumps(environment(sorted({run.seed for run in runs}), device), indent=1)
        (folder / "environment.json").write_text(text)


def summarise_run(
    plain: Mapping[str, Any],
    corpus: Corpus | Corpora,
    prepared: Prepared,
    windows: Windows,
    folds: Sequence[Fold],
    runs: Sequence[FoldRun],
    audit: Audit,
    stages: Callable[[str], Sequence[tuple[str, Signal]]],
    controls: Mapping[str, Mapping[str, Any]],
    *,
    closed: bool = False,
) -> Results:
    """Pool the predictions of all folds and score them; where test rows stay closed, say what validation said."""
    found = [run.result() for run in runs]
    data = runs[0].loaded.data
    predictions = pd.DataFrame() if closed else join(run.predictions() for run in runs)
    if closed:
        found = [closed_fold(result) for result in found]
        metrics = closed_metrics(found, audit.unit)
    else:
        per_target = {}
        for name, target in data.targets.items():
            table = with_families(predictions.loc[predictions["target"] == name], windows.rows.index)
            known = _floors(windows, folds, table, target, corpus.terms)
            per_target[name] = {**summarise(table, target, audit.unit), "floors": known, **controls.get(name, {})}
        first = next(iter(per_target.values()))
        metrics = {**first, "folds": [{**scores, **_summary(found, scores)} for scores in first["folds"]]}
        if len(per_target) > 1:
            metrics["targets"] = per_target
    metrics |= {"grade": audit.grade, "claim": list(audit.claim), "audit": audit.to_json()}
    summaries = [result.summary for result in found]
    metrics |= {"parameters": summaries[0]["parameters"], "cost": run_cost(summaries)}
    metrics["validation"] = validation_figures(summaries, audit)
    per_fold = dict.fromkeys(tuple(item) for result in found for item in result.summary["left_out"])
    refused = [LeftOut(what, why) for what, why in per_fold]
    return Results(
        config=plain,
        data=data,
        index=_as_tested(windows, folds),
        predictions=predictions,
        folds=found,
        audit=audit,
        metrics=metrics,
        left_out=[*corpus.left_out, *prepared.left_out, *windows.left_out, *refused],
        remarks=corpus.remarks,
        undefined=windows.undefined(),
        notes=windows.notes(),
        stages=stages,
        unit=audit.unit,
    )


def _summary(found: Sequence[Any], scores: Mapping[str, Any]) -> dict[str, Any]:
    for result in found:
        if (result.seed, result.number) == (scores["seed"], scores["fold"]):
            return {"epochs": result.summary["epochs"], "sizes": result.summary["windows"]}
    return {}


def _floors(
    windows: Windows, folds: Sequence[Fold], table: Any, target: TargetSpec, terms: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "baselines": floors(*_as_each_fold_sees(windows, folds), target, terms),
        "permutation": label_permutation(table, target, seed=0),
    }


def _as_tested(windows: Windows, folds: Sequence[Fold]) -> pd.DataFrame:
    """Return the index with the label that every row was tested with: a fold may cut a target at its own median."""
    index = windows.rows.index
    learnt = [name for name, target in windows.targets.items() if target.median == "train"]
    if learnt:
        index = index.copy()
        for fold in folds:
            rows = index.index[list(map(int, fold.test))]
            index.loc[rows, learnt] = windows.rows.recut(list(map(int, fold.train))).index.loc[rows, learnt]
    return index


def _as_each_fold_sees(windows: Windows, folds: Sequence[Fold]) -> tuple[pd.DataFrame, list[Fold]]:
    """Return the index and its folds; where folds cut a target at medians of their own, one index after the other."""
    if not any(target.median == "train" for target in windows.targets.values()):
        return windows.rows.index, list(folds)
    size = len(windows.rows.index)
    several = [windows.rows.recut(list(map(int, fold.train))).index for fold in folds]
    shifted = [fold.each(lambda rows, ahead=n * size: rows + ahead) for n, fold in enumerate(folds)]
    return pd.concat(several, ignore_index=True), shifted
