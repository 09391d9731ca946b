"""model_drawing: what the model is made of, from the streams to the targets."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from insula import Analysis, DataSpec, Encoder, Figure, Results, Section, SignalSpec
from insula_analyses.boxes import Arrow, Box, draw
from insula_analyses.parts import ROLES, Part, has_streams, parts_of

COLUMNS = {
    "stream": "#1a9fa8",
    **dict(zip(ROLES, ("#3b82c4", "#d9534f", "#c98a12"), strict=True)),
    "fusion": "#8e63ce",
    "output": "#2e9e5b",
}
"""Titles and colours of the columns."""
FUSION, OUTPUT = len(COLUMNS) - 2, len(COLUMNS) - 1
_WHAT = (
    "From left to right, one row per stream: channels × samples of a window, or the number of values; encoder, cell "
    "and pooling with steps × features of what they make, and learnable parameters after the dot; the width of the "
    "stream's vector; the fusion with the width of what it joins; the outputs."
)


class ModelDrawing(Analysis):
    """A drawing of the composed model: one row per stream from its input to its vector, the fusion, and the targets."""

    reads_test = False

    def __call__(self, results: Results) -> Section:
        """Draw the model of the first fold; one that isn't streams and fusion is drawn as a list of its parts."""
        if not results.folds:
            return Section("Model", "No fold was trained, so there is no model to draw.")
        model = results.folds[0].model()
        parts = parts_of(model, results.config)
        if has_streams(model):
            return Section("Model", _WHAT, figures=[_flow(parts, results.data)])
        text = f"{type(model).__name__} is an architecture of its own: these are its parts and their parameters."
        return Section("Model", text, figures=[_list(type(model).__name__, parts)])


def _list(name: str, parts: Sequence[Part]) -> Figure:
    """Draw the parts of any architecture below each other."""
    boxes = [Box(part.role, f"{part.name} · {part.parameters:,}", 0, row) for row, part in enumerate(parts)]
    told = "; ".join(f"{box.title}: {box.below}" for box in boxes)
    boxes = boxes or [Box(name, "no parts of its own", 0, 0)]
    return draw(boxes, [], [name], ["#3b82c4"]).figure(f"The parts of {name}", f"The parts of {name}: {told}.")


def _flow(parts: Sequence[Part], data: DataSpec) -> Figure:
    """Draw the way from the streams to the targets."""
    head = parts[-1]
    widths: Mapping[str, int] = head.module.input_sizes  # type: ignore[assignment]
    rows = max(len(widths), len(data.targets))
    boxes = [Box(head.name, f"{sum(widths.values())} · {head.parameters:,}", FUSION, (rows - 1) / 2, rows)]
    arrows, told = [], []
    for number, (stream, width) in enumerate(widths.items()):
        row = number + (rows - len(widths)) / 2
        own = [Box(stream, _samples(data.streams[stream]), 0, row)]
        own += _path([part for part in parts if part.stream == stream], data.streams[stream], row)
        columns = [*(box.column for box in own), FUSION]
        arrows += [Arrow(start, end, row, str(width) if end == FUSION else "") for start, end in pairwise(columns)]
        boxes += own
        told.append(" → ".join([f"{box.title} ({box.below})" for box in own] + [str(width)]))
    for number, target in enumerate(data.targets.values()):
        row = number + (rows - len(data.targets)) / 2
        boxes.append(Box(target.name, f"{len(target.classes)} classes" if target.classes else "a number", OUTPUT, row))
        arrows.append(Arrow(FUSION, OUTPUT, row))
    outputs = ", ".join(f"{box.title} ({box.below})" for box in boxes if box.column == OUTPUT)
    told.append(f"Fusion {head.name} ({boxes[0].below}) → {outputs}")
    figure = draw(boxes, arrows, list(COLUMNS), list(COLUMNS.values()))
    return figure.figure("The model, from its streams to its outputs", f"The model. {'. '.join(told)}.")


def _samples(spec: SignalSpec) -> str:
    """Say what enters a stream."""
    if spec.static:
        return f"{spec.channels} value{'' if spec.channels == 1 else 's'}"
    rate = f"{spec.sfreq:g} Hz" if spec.sfreq else "irregular"
    return f"{spec.channels} × {spec.n_times or 'any'}, {rate}"


def _path(parts: Sequence[Part], spec: SignalSpec, row: float) -> list[Box]:
    """Return the boxes of a stream's encoder, cell and pooling."""
    boxes, steps = [], ""
    for part in parts:
        if isinstance(part.module, Encoder):
            steps = f"{int(spec.n_times / part.module.hop + 1e-9)} × " if spec.n_times else "steps × "
        size = f"{'' if part.role == 'pooling' else steps}{part.module.output_size}"
        below = f"{size} · {part.parameters:,}" if part.parameters else size
        boxes.append(Box(part.name, below, ROLES.index(part.role) + 1, row))
    return boxes
