"""Bounds: the two ends of what an augmentation draws."""

from insula import ConfigError


def check_bounds(who: str, low: float, high: float) -> None:
    """Refuse bounds that stand the wrong way round; two that are equal are a fixed value.

    Raises
    ------
    ConfigError
        If low is above high.
    """
    if low > high:
        raise ConfigError(f"{who}: low is {low:g} and high is {high:g}; type a low that isn't above high")
