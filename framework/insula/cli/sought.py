"""Sought: the figure that a sweeper chooses by, which is of validation, never of test."""

from collections.abc import Mapping
from typing import Any

from insula.errors import ConfigError, TrainingError

OURS = ("hydra._internal.core_plugins.basic_sweeper.BasicSweeper", "hydra_plugins.insula_study.StudySweeper")
"""Sweepers that run what they are given, whatever it returns."""


def sought(metrics: Mapping[str, Any], monitor: str) -> float | None:
    """Return the mean of ``training.monitor`` over folds and seeds at the epochs taken: less is better only of a loss.

    Raises
    ------
    TrainingError
        If a sweeper is to choose by it, and the run validated nothing.
    """
    found = metrics["validation"].get(monitor)
    if found is None and seeking():
        raise TrainingError(
            f"there is no {monitor} on validation rows for hydra/sweeper to choose by: the split gave none, or they "
            "are test rows; choose another split (insula explain split), or sweep without hydra/sweeper"
        )
    return found


def seeking() -> str | None:
    """Return the sweeper that chooses by what runs return, if there is one."""
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    if not HydraConfig.initialized() or HydraConfig.get().mode is not RunMode.MULTIRUN:
        return None
    target = HydraConfig.get().sweeper.get("_target_")
    return None if target in OURS else target


def check_direction(monitor: str) -> None:
    """Refuse a sweeper that would look for the worst.

    Raises
    ------
    ConfigError
        If ``hydra.sweeper.direction`` isn't the one in which ``training.monitor`` gets better.
    """
    from hydra.core.hydra_config import HydraConfig

    if not seeking() or "direction" not in HydraConfig.get().sweeper:
        return
    direction = HydraConfig.get().sweeper.direction
    wanted = "minimize" if monitor == "loss" else "maximize"
    if getattr(direction, "name", direction) != wanted:
        raise ConfigError(f"training.monitor={monitor} is to be {wanted}d: type hydra.sweeper.direction={wanted}")
