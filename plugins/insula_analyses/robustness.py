"""robustness: what becomes of the answers when signals get worse at test time."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from insula import Analysis, Results, Section
from insula_analyses.metrics import TITLES
from insula_analyses.robustness_answers import RobustnessAnswers
from insula_analyses.robustness_changes import (
    Fill,
    LostChannels,
    LostSamples,
    MissingModality,
    Noise,
    RobustnessChange,
)
from insula_analyses.robustness_rows import robustness_tables
from insula_analyses.robustness_target import MEASURES, RobustnessTarget

Share = Annotated[float, Field(gt=0, lt=1)]
_WHAT = (
    "The trained models answer the test windows once more, each time with one thing changed in the signals before the "
    "feature steps. Nothing is trained or fitted anew. Fall: how much worse than with the signals as they are, by "
    "{measure}; its 95 % interval is of the difference, over what the protocol holds out ({unit}), so it may leave out "
    "0 where the intervals of both values overlap. A window whose changed signal a step refuses lacks the stream; the "
    "last column counts the windows that lost it, over all folds and seeds."
)
_NOISE = (
    "Noise is white and Gaussian, in every window and channel of the power that the signal-to-noise ratio asks for. It "
    "comes behind filters and other steps on the whole signal, which would have taken some of it away."
)

_ACROSS = (
    "What becomes of the answers when the signals of the test windows get worse; nothing was trained anew. A fall is "
    "how much worse a row is than with its own signals as they are, with a paired 95 % interval. Rows are changed "
    "alike where they have the same windows, split and seeds. A row that is bad to begin with has less to lose: read "
    "both tables."
)


class Robustness(Analysis):
    """Metrics of the trained models on test windows with noise, lost channels, lost samples or a missing modality.

    Every severity runs the feature steps of what it changes, and the models, over all test windows of all folds and
    seeds once more: the number of severities is what the analysis costs. An empty list leaves a kind out. What is drawn
    at random is drawn alike for all severities of a kind, and for all runs with the same data, split and seed.

    Parameters
    ----------
    noise
        Signal-to-noise ratios in dB.
    channels
        How many channels of every stream are lost.
    samples
        Shares of the samples that are lost, in blocks.
    block
        Seconds of samples that are lost together.
    fill
        What stands in the place of lost samples: a ``gap``, which steps and networks know to be undefined and some
        steps refuse, or ``zeros``, which they take for measurements, as many devices write them.
    modalities
        Whether every modality is missing in turn, where there are several.
    digits
        Decimal places.
    """

    def __init__(
        self,
        *,
        noise: tuple[float, ...] = (20.0, 10.0, 0.0),
        channels: tuple[Annotated[int, Field(gt=0)], ...] = (1, 4),
        samples: tuple[Share, ...] = (0.1, 0.3, 0.5),
        block: Annotated[float, Field(gt=0)] = 0.25,
        fill: Fill = "gap",
        modalities: bool = True,
        digits: int = 3,
    ) -> None:
        self.anywhere: tuple[RobustnessChange, ...] = (
            *(Noise(ratio) for ratio in sorted(noise, reverse=True)),
            *(LostChannels(number) for number in sorted(channels)),
            *(LostSamples(share, block, fill) for share in sorted(samples)),
        )
        self.modalities, self.digits = modalities, digits

    def __call__(self, results: Results) -> Section:
        """Return a table, a figure and values for every target."""
        clean = RobustnessAnswers.of(results)
        if clean.table.empty:
            return Section("Robustness", "There is no test window whose signals could be changed.")
        answers = [RobustnessAnswers.of(results, change) for change in self._changes(results)]
        known = [each for each in answers if each.concerned]
        if not known:
            return Section("Robustness", "None of the changes concerns a signal of this run.")
        targets = [RobustnessTarget(results, name, clean, known) for name in results.data.targets]
        return Section(
            "Robustness",
            "\n\n".join(self._texts(results, answers)),
            [target.table(self.digits) for target in targets],
            [target.figure() for target in targets],
            {target.name: target.values for target in targets},
        )

    @classmethod
    def across(cls, values: Mapping[str, Mapping[str, Any]]) -> Section:
        """Lay the rows of a study side by side: a column for each, a line per change and severity."""
        return Section("Robustness", _ACROSS, robustness_tables(values))

    def _changes(self, results: Results) -> list[RobustnessChange]:
        own = {name: results.config["streams"][name]["modality"] for name in results.data.streams}
        several = list(dict.fromkeys(own.values())) if self.modalities else []
        return [*self.anywhere, *(MissingModality(modality, own) for modality in several if len(several) > 1)]

    def _texts(self, results: Results, answers: Sequence[RobustnessAnswers]) -> list[str]:
        measures = dict.fromkeys(TITLES[MEASURES[target.kind][0]] for target in results.data.targets.values())
        idle = dict.fromkeys(each.change.title for each in answers if each.change and not each.concerned)
        return [
            _WHAT.format(measure=" and ".join(measures), unit=results.unit),
            *([_NOISE] if any(isinstance(each.change, Noise) and each.concerned for each in answers) else []),
            *(
                f"No stream here can have {title}: every one has too few channels, or no course in time."
                for title in idle
            ),
        ]
