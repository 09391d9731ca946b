"""Components: the check that belongs to a component's registry."""

from collections.abc import Callable
from typing import Any

from insula.errors import PluginError
from insula.plugin.manager import installed
from insula.plugin.registry import Component
from insula.plugin.testing.analyses import check_analysis
from insula.plugin.testing.architectures import check_architecture
from insula.plugin.testing.augmentations import check_augmentation
from insula.plugin.testing.cells import check_cell
from insula.plugin.testing.datasets import check_dataset
from insula.plugin.testing.encoders import check_encoder
from insula.plugin.testing.fusions import check_fusion
from insula.plugin.testing.losses import check_loss
from insula.plugin.testing.poolings import check_pooling
from insula.plugin.testing.preprocessors import check_preprocessor
from insula.plugin.testing.readers import check_reader
from insula.plugin.testing.splits import check_split

CHECKS: dict[str, Callable[..., None]] = {
    "datasets": check_dataset,
    "readers": check_reader,
    "preprocessors": check_preprocessor,
    "augmentations": check_augmentation,
    "splits": check_split,
    "encoders": check_encoder,
    "cells": check_cell,
    "poolings": check_pooling,
    "fusions": check_fusion,
    "architectures": check_architecture,
    "losses": check_loss,
    "analyses": check_analysis,
}


def check_component(component: Component, **options: Any) -> None:
    """Check a component that a plugin offers with the check of its registry.

    ``options`` are the component's own, and what that check takes beside them (``root``, ``signal``, ``spec``, ...).
    A reader is checked on the trials of an installed dataset that names it, unless ``dataset`` or ``trials`` are given.
    """
    if component.registry.name == "readers" and not options.keys() & {"dataset", "trials"}:
        options["dataset"] = dataset_of(component)
    CHECKS[component.registry.name](component, **options)


def dataset_of(reader: Component) -> type:
    """Return an installed dataset that names a reader, or one of the reader's own plugin."""
    found = installed()
    of_plugin = []
    for name in found.names("datasets"):
        try:
            dataset = found.get("datasets", name)
            if reader.name in dataset.cls.readers.values():  # type: ignore[attr-defined]
                return dataset.cls
        except PluginError:
            continue  # a broken dataset is the fault of its own plugin
        if dataset.plugin == reader.plugin:
            of_plugin.append(dataset.cls)
    if not of_plugin:
        raise AssertionError(
            f"reader={reader.name}: no installed dataset names it. Pass dataset=, or trials= and root=."
        )
    return of_plugin[0]
