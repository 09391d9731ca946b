"""Alike: the windows of several datasets enter one network, so they need the same channels, units and rate."""

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

import pandas as pd

from insula.errors import ConfigError, SignalError
from insula.preprocess.chain import apply, fit_step
from insula.types import Signal
from insula.windows.collate import SAME_RATE, SHOWN
from insula.windows.stream import StreamWindows

TRIED = 5
"""Windows of a dataset that are put through a chain until one isn't refused."""


def check_learnt_from(index: pd.DataFrame, streams: Mapping[str, StreamWindows]) -> None:
    """Refuse datasets whose channels or units differ where a stream's first step that learns from all people stands.

    Raises
    ------
    ConfigError
        Names stream and datasets, and what to add.
    """
    if len(where := _rows(index)) < 2:
        return
    for name, stream in streams.items():
        before = _before_learning(stream)
        if before is not None:
            found = _first(where, before)
            _check_channels(name, found)
            _check_units(name, found)


def check_alike(name: str, index: pd.DataFrame, window: Callable[[int], Signal | None]) -> None:
    """Refuse datasets whose windows differ at the end of a stream's chain.

    Parameters
    ----------
    name
        Of the stream.
    index
        Of the run.
    window
        Gives a row's window as the network would get it, or None where the stream is missing.

    Raises
    ------
    ConfigError
        Names the datasets, and what to add.
    """
    if len(where := _rows(index)) < 2:
        return
    found = _first(where, window)
    _check_rates(name, found)
    _check_channels(name, found)
    _check_units(name, found)


def _before_learning(stream: StreamWindows) -> Callable[[int], Signal | None] | None:
    """Return what gives a row's window as the first step gets it that learns from all people at once.

    None where there is no such step, or one before it learns otherwise: then the chain's end decides.
    """
    plan = stream.plan
    steps = () if plan.live_signal else plan.live_features
    plain = list(takewhile(lambda step: step.scope is None, steps))
    if not plan.live_signal and (len(plain) == len(steps) or not steps[len(plain)].for_all):
        return None
    fitted = [fit_step(step, ()) for step in plain]

    def window(row: int) -> Signal | None:
        signal = stream.base(row) if stream.has(row) else None
        return signal and apply(fitted, signal, stream.rows.trials[row])

    return window


def _rows(index: pd.DataFrame) -> dict[str, list[int]]:
    return {str(key): rows.tolist() for key, rows in index.groupby("dataset", sort=False).indices.items()}


def _first(where: Mapping[str, Sequence[int]], window: Callable[[int], Signal | None]) -> dict[str, Signal]:
    """Return a window of every dataset that has the stream."""
    found = {}
    for key, rows in where.items():
        refused = 0
        for row in map(int, rows):
            try:
                signal = window(row)
            except SignalError:
                refused, signal = refused + 1, None
            if signal is not None:
                found[key] = signal
            if signal is not None or refused == TRIED:
                break
    return found


def _check_rates(name: str, found: Mapping[str, Signal]) -> None:
    rates = [signal.sfreq for signal in found.values()]
    alike = not rates or max(rates) - min(rates) <= SAME_RATE * min(rates)
    if alike and len({signal.static for signal in found.values()}) < 2:
        return
    said = {key: _rate(signal) for key, signal in found.items()}
    lowest = min((rate for rate in rates if rate), default=128)
    raise ConfigError(
        f"streams.{name}: its datasets have different rates: {_listed(said)}. Add a step that makes them one, like "
        f"+streams.{name}.signal.resample.sfreq={lowest:g}, or give a dataset's reader the option sfreq if it has one: "
        f"+streams.{name}.reader.{next(iter(found))}={{name: ..., sfreq: {lowest:g}}}"
    )


def _rate(signal: Signal) -> str:
    return "one vector" if signal.static else f"{signal.sfreq:g} Hz" if signal.sfreq else "irregular sampling"


def _check_channels(name: str, found: Mapping[str, Signal]) -> None:
    if len({frozenset(signal.ch_names) for signal in found.values()}) < 2:
        return
    first = next(iter(found.values()))
    shared = [c for c in first.ch_names if all(c in signal.ch_names for signal in found.values())]
    said = {key: f"the {len(s.ch_names)} channels {_shown(s.ch_names)}" for key, s in found.items()}
    picked = f"Pick those that all have: '+streams.{name}.signal.pick.channels=[{','.join(shared)}]'"
    advice = picked if shared else "None of them is in all: they can't be one stream"
    raise ConfigError(f"streams.{name}: its datasets have different channels: {_listed(said)}. {advice}")


def _check_units(name: str, found: Mapping[str, Signal]) -> None:
    units = {key: dict(zip(signal.ch_names, signal.units, strict=True)) for key, signal in found.items()}
    if any(own != next(iter(units.values())) for own in units.values()):
        said = {key: ", ".join(dict.fromkeys(own.values())) for key, own in units.items()}
        raise ConfigError(
            f"streams.{name}: its datasets have different units: {_listed(said)}. Scale each by itself "
            f"(+streams.{name}.signal.standardize.fit=subject), or tell a dataset's reader its unit"
        )


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _listed(said: Mapping[str, str]) -> str:
    return "; ".join(f"{key} has {text}" for key, text in said.items())
