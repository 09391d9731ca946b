"""The contract checks that insula ships: call them in a plugin's own tests.

Each raises AssertionError with a sentence that says what is wrong and what to change::

    from insula.plugin.testing import check_cell, check_plugin

    def test_cell():
        check_cell(Mine)

    def test_plugin():
        check_plugin("mine")

What the framework gives before ``*`` may be passed by name (``input_size``, ``spec``, ``root``), as may the data to
check on (``signal``, ``index``, ``results``); all else is an option of the component.
"""

from insula.plugin.testing.analyses import check_analysis
from insula.plugin.testing.architectures import check_architecture
from insula.plugin.testing.augmentations import check_augmentation
from insula.plugin.testing.cells import check_cell
from insula.plugin.testing.components import check_component
from insula.plugin.testing.datasets import check_dataset
from insula.plugin.testing.encoders import check_encoder
from insula.plugin.testing.fusions import check_fusion
from insula.plugin.testing.losses import check_loss
from insula.plugin.testing.plugins import check_plugin
from insula.plugin.testing.poolings import check_pooling
from insula.plugin.testing.preprocessors import check_preprocessor
from insula.plugin.testing.readers import check_reader
from insula.plugin.testing.splits import check_split

__all__ = [
    "check_analysis",
    "check_architecture",
    "check_augmentation",
    "check_cell",
    "check_component",
    "check_dataset",
    "check_encoder",
    "check_fusion",
    "check_loss",
    "check_plugin",
    "check_pooling",
    "check_preprocessor",
    "check_reader",
    "check_split",
]
