"""insula: emotion models on bio-signals and speech, from plugins.

The names below are the public API, in the order of the data; a plugin imports nothing else. They are resolved on
first use (PEP 562), so that ``import insula`` and every command that needs no torch answer at once.
"""

import importlib
from typing import TYPE_CHECKING, Any

_PUBLIC = {
    "insula.plugin.hookspecs": ("hookimpl", "API_VERSION"),
    "insula.types": ("Signal", "Trial", "Label", "Target", "Window", "LeftOut"),
    "insula.specs": ("SignalSpec", "TargetSpec", "DataSpec"),
    "insula.sources.dataset": ("Dataset",),
    "insula.sources.reader": ("Reader",),
    "insula.sources.sound": ("read_sound",),
    "insula.sources.made_up": ("begin_made_up", "replacing"),
    "insula.preprocess.preprocessor": ("Preprocessor", "Transform"),
    "insula.preprocess.augmentation": ("Augmentation",),
    "insula.windows.split": ("Split", "Fold"),
    "insula.windows.batch": ("Batch", "StreamBatch"),
    "insula.model.summary": ("window_summary",),
    "insula.model.encoder": ("Encoder", "MaskedBatchNorm", "real_steps"),
    "insula.model.temporal": ("TemporalLayer", "Cell", "State"),
    "insula.model.pooling": ("Pooling",),
    "insula.model.fusion": ("FusionHead", "Fused"),
    "insula.model.architecture": ("Architecture", "Parts"),
    "insula.model.operations": ("Operations", "count_operations", "latency"),
    "insula.training.loss": ("Loss",),
    "insula.evaluation.analysis": ("Analysis", "Section", "Table", "Figure"),
    "insula.evaluation.drawing": ("Drawing", "drawing"),
    "insula.evaluation.drop": ("Drops",),
    "insula.evaluation.results": ("Results", "FoldResult"),
    "insula.errors": (
        "InsulaError",
        "ConfigError",
        "PluginError",
        "DataError",
        "SignalError",
        "StoreError",
        "SplitError",
        "TrainingError",
        "BundleError",
        "InsulaWarning",
    ),
}
_WHERE = {name: module for module, names in _PUBLIC.items() for name in names}

__version__ = "0.1.0"
__all__ = [*_WHERE, "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'insula' has no attribute {name!r}")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


if TYPE_CHECKING:
    from insula.errors import *  # noqa: F403
    from insula.errors import BundleError as BundleError
    from insula.evaluation.analysis import Analysis as Analysis
    from insula.evaluation.analysis import Figure as Figure
    from insula.evaluation.analysis import Section as Section
    from insula.evaluation.analysis import Table as Table
    from insula.evaluation.drawing import Drawing as Drawing
    from insula.evaluation.drawing import drawing as drawing
    from insula.evaluation.drop import Drops as Drops
    from insula.evaluation.results import FoldResult as FoldResult
    from insula.evaluation.results import Results as Results
    from insula.model.architecture import Architecture as Architecture
    from insula.model.architecture import Parts as Parts
    from insula.model.encoder import Encoder as Encoder
    from insula.model.encoder import MaskedBatchNorm as MaskedBatchNorm
    from insula.model.encoder import real_steps as real_steps
    from insula.model.fusion import Fused as Fused
    from insula.model.fusion import FusionHead as FusionHead
    from insula.model.operations import Operations as Operations
    from insula.model.operations import count_operations as count_operations
    from insula.model.operations import latency as latency
    from insula.model.pooling import Pooling as Pooling
    from insula.model.summary import window_summary as window_summary
    from insula.model.temporal import Cell as Cell
    from insula.model.temporal import State as State
    from insula.model.temporal import TemporalLayer as TemporalLayer
    from insula.plugin.hookspecs import API_VERSION as API_VERSION
    from insula.plugin.hookspecs import hookimpl as hookimpl
    from insula.preprocess.augmentation import Augmentation as Augmentation
    from insula.preprocess.preprocessor import Preprocessor as Preprocessor
    from insula.preprocess.preprocessor import Transform as Transform
    from insula.sources.dataset import Dataset as Dataset
    from insula.sources.made_up import begin_made_up as begin_made_up
    from insula.sources.made_up import replacing as replacing
    from insula.sources.reader import Reader as Reader
    from insula.sources.sound import read_sound as read_sound
    from insula.specs import DataSpec as DataSpec
    from insula.specs import SignalSpec as SignalSpec
    from insula.specs import TargetSpec as TargetSpec
    from insula.training.loss import Loss as Loss
    from insula.types import Label as Label
    from insula.types import LeftOut as LeftOut
    from insula.types import Signal as Signal
    from insula.types import Target as Target
    from insula.types import Trial as Trial
    from insula.types import Window as Window
    from insula.windows.batch import Batch as Batch
    from insula.windows.batch import StreamBatch as StreamBatch
    from insula.windows.split import Fold as Fold
    from insula.windows.split import Split as Split
