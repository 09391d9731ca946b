"""From prepared recordings to the windows of a run."""

from collections import Counter
from collections.abc import Mapping, Sequence

from insula.errors import DataError
from insula.preprocess.prepare import Prepared
from insula.sources.store import Store
from insula.types import LeftOut, Rule, Target, Trial, When
from insula.windows.alike import check_learnt_from
from insula.windows.copies import COPY, is_copy, with_copies
from insula.windows.index import Extent, Rows, build_index
from insula.windows.stream import StreamPlan, StreamWindows
from insula.windows.windows import Windows


def cut_windows(
    trials: Sequence[Trial],
    prepared: Prepared,
    plans: Mapping[str, StreamPlan],
    targets: Mapping[str, tuple[Target, Rule | None]],
    length: float | None,
    step: float | None,
    store: Store,
    require: Sequence[str] = (),
    copies: Mapping[str, When] | None = None,
) -> Windows:
    """Cut every trial and its copies into windows, and run the feature steps that all folds share.

    Parameters
    ----------
    plans
        Chains and lengths of every stream.
    targets
        Target and rule by name.
    length, step
        Of the windows, in seconds; None: whole trials, no overlap.
    require
        Streams without which a window is left out.
    copies
        By the name of an augmentation that makes copies of trials, when it does.

    Raises
    ------
    DataError
        If no window is left.
    ConfigError
        If datasets differ in the channels or units of a stream that a step learns from.
    """
    trials = with_copies(trials, copies or {})
    extents = {name: Extent(plan.length, plan.context, *plan.reach) for name, plan in plans.items()}
    rows = build_index(trials, prepared.signal, extents, targets, length, step)
    streams = {name: StreamWindows(plan, rows, prepared, length) for name, plan in plans.items()}
    for stream in streams.values():
        stream.store_features(store)
    kept, lacking = _kept(streams, rows, require)
    if not kept:
        items = [*(item for stream in streams.values() for item in stream.left_out), *lacking]
        unread = [item for item in prepared.left_out if item.what.partition(":")[0] in require]
        first = f"; the first recording left out: {unread[0].what}: {unread[0].why}" if unread else ""
        raise DataError(f"no window is left of {len(trials)} trials: {items[0].what}: {items[0].why}{first}")
    if len(kept) < len(rows.trials):
        rows = rows.take(kept, lacking)
        streams = {name: stream.take(rows, kept) for name, stream in streams.items()}
    check_learnt_from(rows.index, streams)
    streams = {name: stream for name, stream in streams.items() if stream.plan.used}
    kinds = {name: target for name, (target, _) in targets.items()}
    return Windows(rows, streams, kinds, length, copies or {})


def _kept(streams: Mapping[str, StreamWindows], rows: Rows, require: Sequence[str]) -> tuple[list[int], list[LeftOut]]:
    """Return the windows that have every required stream, and any at all, and what is left out.

    A copy is one where a stream that it changes is there: else it would be its trial once more.
    """
    kept: list[int] = []
    lacking: Counter[str] = Counter()
    for row, trial in enumerate(rows.trials):
        missing = next((name for name in require if not streams[name].has(row)), None)
        if missing is not None:
            lacking[missing] += not is_copy(trial)
        elif any(stream.has(row) for stream in streams.values() if _concerns(stream, trial)):
            kept.append(row)
    lacking = +lacking
    why = "they lack a stream that window.require names"
    return kept, [LeftOut(f"windows without {name}", why, number) for name, number in lacking.items()]


def _concerns(stream: StreamWindows, trial: Trial) -> bool:
    return not is_copy(trial) or trial.context[COPY] in stream.plan.copies
