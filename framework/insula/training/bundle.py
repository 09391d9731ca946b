"""Bundle: a trained model as a folder that holds exactly what was evaluated.

Weights and fitted arrays are safetensors, everything else is JSON; nothing is unpickled. The options of every
component, the fitted preprocessing, the labels, the sizes and the plugins' versions are inside.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

import insula
from insula.errors import BundleError, InsulaError
from insula.model.build import ModelChoice, PathChoice, build_model
from insula.plugin.choice import Choice
from insula.plugin.manager import Plugins
from insula.preprocess.chain import FittedStep, Step
from insula.preprocess.fitted import pack, unpack
from insula.specs import DataSpec

FORMAT = 1


@dataclass(frozen=True, eq=False)
class StreamChain:
    """A stream's preprocessing: a learnt step that isn't fitted on ``train`` is kept unfitted, for new data to fit."""

    modality: str
    length: float | None
    context: float
    signal: Sequence[Step | FittedStep]
    features: Sequence[Step | FittedStep]


@dataclass(frozen=True, eq=False)
class Bundle:
    """A loaded model: the network in eval mode, its data description, its preprocessing, and what is known about it."""

    network: nn.Module
    data: DataSpec
    chains: Mapping[str, StreamChain]
    window: Mapping[str, float | None]
    about: Mapping[str, Any]


def save_bundle(folder: Path, bundle: Bundle, model: ModelChoice, plugins: Plugins) -> None:
    """Write a bundle: beside its final place first, so that it is there whole or not at all."""
    from safetensors.numpy import save_file as save_arrays
    from safetensors.torch import save_file

    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    save_file(
        {k: v.detach().cpu().contiguous().clone() for k, v in bundle.network.state_dict().items()},
        part / "weights.safetensors",
    )
    arrays: dict[str, Any] = {}
    about = {
        "format": FORMAT,
        "insula": insula.__version__,
        "plugins": {p.name: p.version for p in plugins.plugins if p.ok},
        "data": bundle.data.to_json(),
        "window": dict(bundle.window),
        "model": _model_json(model),
        "streams": {name: _chain_json(name, chain, arrays) for name, chain in bundle.chains.items()},
        "about": dict(bundle.about),
    }
    save_arrays(arrays, part / "preprocessing.safetensors")
    (part / "bundle.json").write_text(json.dumps(about, indent=1))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def load_bundle(folder: Path, plugins: Plugins) -> Bundle:
    """Load a bundle.

    Raises
    ------
    BundleError
        If it isn't one, was written by another version, or needs a plugin that isn't there.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file as load_arrays
    from safetensors.torch import load_file

    try:
        about = json.loads((folder / "bundle.json").read_text())
        if about["format"] != FORMAT:
            raise BundleError(f"the bundle {folder} has format {about['format']}, this insula reads {FORMAT}")
        data = DataSpec.from_json(about["data"])
        network = build_model(_model_choice(about["model"], plugins), data, seed=0)
        network.load_state_dict(load_file(folder / "weights.safetensors"))
        arrays = load_arrays(folder / "preprocessing.safetensors")
        chains = {name: _chain(name, chain, arrays, plugins) for name, chain in about["streams"].items()}
    except BundleError:
        raise
    except InsulaError as error:
        raise BundleError(f"the bundle {folder} can't be used here: {error}") from error
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise BundleError(f"the bundle {folder} can't be loaded: {type(error).__name__}: {error}") from error
    return Bundle(network.eval(), data, chains, about["window"], about["about"])


def _model_json(model: ModelChoice) -> dict[str, Any]:
    paths = {
        name: {part: choice and choice.to_json() for part, choice in vars(path).items()}
        for name, path in model.paths.items()
    }
    return {"architecture": model.architecture.to_json(), "fusion": model.fusion.to_json(), "paths": paths}


def _model_choice(node: Mapping[str, Any], plugins: Plugins) -> ModelChoice:
    registries = {"encoder": "encoders", "cell": "cells", "pooling": "poolings"}
    paths = {
        name: PathChoice(
            **{part: path[part] and Choice.of(registry, path[part], plugins) for part, registry in registries.items()}
        )
        for name, path in node["paths"].items()
    }
    return ModelChoice(
        Choice.of("architectures", node["architecture"], plugins), paths, Choice.of("fusions", node["fusion"], plugins)
    )


def _chain_json(stream: str, chain: StreamChain, arrays: dict[str, Any]) -> dict[str, Any]:
    def steps(where: str, several: Sequence[Step | FittedStep]) -> list[dict[str, Any]]:
        found = []
        for number, item in enumerate(several):
            step = item.step if isinstance(item, FittedStep) else item
            fitted = None
            if isinstance(item, FittedStep) and step.for_all:
                fitted, learnt = pack(item.transforms[None], step.choice.cls)
                arrays.update({f"{stream}/{where}/{number}/{name}": array for name, array in learnt.items()})
            found.append({"path": step.path, "step": step.choice.to_json(), "fitted": fitted})
        return found

    head = {"modality": chain.modality, "length": chain.length, "context": chain.context}
    return {**head, "signal": steps("signal", chain.signal), "features": steps("features", chain.features)}


def _chain(stream: str, node: Mapping[str, Any], arrays: Mapping[str, Any], plugins: Plugins) -> StreamChain:
    def steps(where: str) -> list[Step | FittedStep]:
        found: list[Step | FittedStep] = []
        for number, item in enumerate(node[where]):
            step = Step(item["path"], Choice.of("preprocessors", item["step"], plugins))
            if item["fitted"] is None:
                found.append(step)
                continue
            prefix = f"{stream}/{where}/{number}/"
            learnt = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
            found.append(FittedStep(step, {None: unpack(step.choice.cls, item["fitted"], learnt)}))
        return found

    return StreamChain(node["modality"], node["length"], node["context"], steps("signal"), steps("features"))
