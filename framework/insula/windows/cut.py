"""From prepared recordings to the windows of a run."""

from collections.abc import Mapping, Sequence

from insula.errors import DataError
from insula.preprocess.chain import reach
from insula.preprocess.prepare import Prepared
from insula.sources.store import Store
from insula.types import Rule, Target, Trial
from insula.windows.index import Extent, build_index
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
) -> Windows:
    """Cut every trial into windows, and run the feature steps that all folds share.

    Parameters
    ----------
    plans
        Chains and lengths of every stream.
    targets
        Target and rule by name.
    length, step
        Of the windows, in seconds; None: whole trials, no overlap.
    """
    extents = {name: Extent(plan.length, plan.context, *reach(plan.signal)) for name, plan in plans.items()}
    rows = build_index(trials, prepared.signal, extents, targets, length, step)
    streams = {name: StreamWindows(plan, rows, prepared, length) for name, plan in plans.items()}
    for stream in streams.values():
        stream.store_features(store)
    kept = [row for row in range(len(rows.trials)) if any(stream.has(row) for stream in streams.values())]
    if not kept:
        first = next(item for stream in streams.values() for item in stream.left_out)
        raise DataError(f"no window is left of {len(trials)} trials: {first.what}: {first.why}")
    if len(kept) < len(rows.trials):  # a window that lost all its streams to failing steps has nothing to learn from
        rows = rows.take(kept)
        streams = {name: stream.take(rows, kept) for name, stream in streams.items()}
    return Windows(rows, streams, {name: target for name, (target, _) in targets.items()}, length)
