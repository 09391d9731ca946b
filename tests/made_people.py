"""People made for tests: whom one number says a class of, each from a level of their own."""

import numpy as np
import pandas as pd

from contracts_faulty.at_once import Means
from insula import Signal, Target, Trial
from insula.model.build import ModelChoice, PathChoice
from insula.plugin.choice import Choice
from insula.plugin.manager import installed
from insula.plugin.registry import REGISTRIES, Component
from insula.preprocess.chain import Step
from insula.preprocess.prepare import Prepared
from insula.sources.store import Store
from insula.training.options import TrainingOptions
from insula.training.plan import TrainingPlan
from insula.types import Kind
from insula.windows.cut import cut_windows
from insula.windows.stream import StreamPlan
from insula.windows.windows import Windows

SMALL = {
    **{"epochs": 6, "batch_size": 64, "patience": None, "optimizer": {"lr": 0.1}, "device": "cpu"},
    "adapt": {"epochs": 8, "lr": 0.1},
}


def chosen(registry: str, name: str, **options) -> Choice:
    return Choice.of(registry, {"name": name, **options}, installed())


def people(folder, *features: Step, subjects: int = 6, trials: int = 16, offset: float = 4.0, seed: int = 0) -> Windows:
    """Return a window per trial: the person's level, 1 up or down by class, and a little noise; classes alternate."""
    rng, store, prepared, listed = np.random.default_rng(seed), Store(folder), Prepared(), []
    levels = offset * rng.standard_normal(subjects)
    for number in range(subjects * trials):
        subject, trial = divmod(number, trials)
        name, label = f"s{subject}t{trial}", trial % 2
        value = levels[subject] + 2 * label - 1 + 0.1 * rng.standard_normal()
        listed.append(Trial(name, f"s{subject}", recording=name, stop=1.0, labels={"y": ("no", "yes")[label]}))
        prepared.signals["x", name] = store.put(f"aa{seed}{name}", [Signal.of([[value] * 4], 4.0, ["x"], "1")])
        prepared.keys["x", name] = name
    steps = features or (Step("streams.x.features.standardize", chosen("preprocessors", "standardize", fit="train")),)
    target = {"y": (Target("classes", ("no", "yes")), None)}
    return cut_windows(listed, prepared, {"x": StreamPlan("x", (), steps, None, 0.0)}, target, None, None, store)


def plan_for(at_once: type = Means, *, gradient: bool = True, **options) -> TrainingPlan:
    """Return a plan for a small network, or for an architecture that is fitted at once."""
    made = Component(REGISTRIES["architectures"], at_once.__name__, f"{at_once.__module__}:{at_once.__name__}", "test")
    path = PathChoice(chosen("encoders", "mlp", sizes=[8]), None, chosen("poolings", "mean"))
    model = ModelChoice(
        chosen("architectures", "streams") if gradient else Choice(made, {}), {"x": path}, chosen("fusions", "concat")
    )
    options = {**SMALL, **options}
    losses: dict[Kind, Choice] = {"classes": chosen("losses", "cross_entropy")}
    return TrainingPlan(model, {"y": losses}, {"y": 1.0}, TrainingOptions.model_validate(options))


def accuracy(table: pd.DataFrame) -> float:
    """Return the share of predictions whose likeliest class is right."""
    return float(np.mean((table["p_yes"].to_numpy() > 0.5) == (table["y"].to_numpy() == "yes")))
