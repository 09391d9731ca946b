"""A hook of mkdocs: the pages under ``reference/``, rendered from what is installed."""

import contextlib
import inspect
import io
import os
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import insula
from insula.cli.generate import generates
from insula.cli.main import COMMANDS, main
from insula.plugin import testing
from insula.plugin.hydra import conf_dir
from insula.plugin.manager import installed
from insula.plugin.option_type import option_type
from insula.plugin.registry import REGISTRIES, Component, Registry

DATA_FLOW = {
    "hookimpl": "To extend insula",
    "Signal": "Data",
    "SignalSpec": "What a model is sized from",
    "Dataset": "Sources and preprocessing",
    "Split": "Windows",
    "Encoder": "Model",
    "Loss": "Training and evaluation",
    "InsulaError": "Errors",
}
"""The first public name of every part of the page, in the order of ``insula.__all__``."""


def on_files(files: Any, config: Any) -> Any:
    """Add the generated pages."""
    from mkdocs.structure.files import File

    for name, page in PAGES.items():
        files.append(File.generated(config, f"reference/{name}.md", content=page()))
    return files


def commands_page() -> str:
    """Return the help of every command, as the command line prints it."""
    parts = [
        "# Commands",
        "`python -m insula` is the same as `insula`. Every command ends with exit code 0, 1 (a user's mistake, said in "
        "a sentence without a traceback) or 2 (wrong usage).",
        printed("--help"),
    ]
    for name in COMMANDS:
        parts += [f"## insula {name}", printed(name, "--help")]
    for name in installed().names("datasets"):
        if generates(installed().get("datasets", name).cls):
            parts += [f"### insula generate {name}", printed("generate", name, "--help")]
    return "\n\n".join(parts)


def printed(*arguments: str) -> str:
    """Return what a command prints on a page of 100 columns, as a block."""
    text = io.StringIO()
    with mock.patch.dict(os.environ, COLUMNS="100"), contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
        main(arguments)
    return f"```text\n{text.getvalue().rstrip()}\n```"


def components_page() -> str:
    """Return every installed component with its options, as ``insula explain`` prints them."""
    parts = [
        "# Components",
        "What is installed in the environment that built this page. `insula explain GROUP=NAME` prints the same, also "
        "for what you install yourself.",
    ]
    for registry in REGISTRIES.values():
        parts.append(f"## {registry.group}")
        parts.append(f"Registry `{registry.name}`, hook `register_{registry.name}`.{_presets(registry)}")
        parts += [component_section(installed().get(registry.name, n)) for n in installed().names(registry.name)]
    return "\n\n".join(parts)


def component_section(component: Component) -> str:
    """Return what a component is, where it comes from, and a table of its options."""
    text = inspect.cleandoc(component.cls.__doc__ or "").split("\nParameters\n")[0].split("\nNotes\n")[0].strip()
    parts = [f"### {component.registry.group}={component.name}", _markdown(text)]
    parts.append(f"From plugin `{component.plugin}`: `{component.path}`.")
    parts += [f"{head}: {getattr(component.cls, name)}" for name, head in ABOUT.items() if hasattr(component.cls, name)]
    fields = component.options.model_fields  # type: ignore[attr-defined]
    if fields:
        rows = [_row(name, field) for name, field in fields.items()]
        parts.append("\n".join(["| option | type | default | |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts)


ABOUT = {"licence": "Licence", "citation": "Citation"}


def _row(name: str, field: Any) -> str:
    cells = (f"`{name}`", f"`{option_type(field)}`", f"`{field.default!r}`", field.description or "")
    return f"| {' | '.join(_markdown(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _markdown(text: str) -> str:
    """Turn the few marks of our docstrings into Markdown: double backticks, and ``::`` before indented equations."""
    return text.replace("``", "`").replace("::\n", ":\n").replace("*,", r"\*,")


def _presets(registry: Registry) -> str:
    names = sorted(path.stem for path in (conf_dir() / registry.group).glob("*.yaml"))
    return f" Presets in `conf/{registry.group}/`: {', '.join(f'`{name}`' for name in names)}." if names else ""


def options_page() -> str:
    """Return the options of a run that belong to no component."""
    return "\n\n".join(
        [
            "# Options of a run",
            "Everything of a run that isn't a component's own option. The keys of a stream and of a target are "
            "explained in [Composing runs](../runs.md).",
            *(f"::: insula.config.{name}" for name in ("WindowOptions",)),
            *(f"::: insula.training.options.{name}" for name in TRAINING),
            "::: insula.evaluation.controls.options.ControlOptions",
            "::: insula.sources.label_map.LabelMap",
        ]
    )


TRAINING = ("TrainingOptions", "OptimizerOptions", "ScheduleOptions", "AdaptOptions", "TermOptions")


def api_page() -> str:
    """Return the public names, in the order of the data."""
    return "\n\n".join(
        [
            "# Public API",
            "All that a plugin may import from `insula`, in the order of the data; and `insula.__version__`.",
            *_public(),
        ]
    )


def _public() -> Iterator[str]:
    for name in insula.__all__:
        if name in DATA_FLOW:
            yield f"## {DATA_FLOW[name]}"
        if name != "__version__":
            yield f"::: insula.{name}"


def checks_page() -> str:
    """Return the contract checks that insula ships."""
    text = inspect.cleandoc(testing.__doc__ or "").replace("::\n\n    from", ":\n\n    from")
    names = (f"::: insula.plugin.testing.{name}" for name in testing.__all__)
    return "\n\n".join(["# Contract checks", _markdown(text), *names])


def hooks_page() -> str:
    """Return every hook, in the order of the data."""
    parts = ["# Hooks", "::: insula.plugin.hookspecs\n    options: {show_root_heading: false, members: false}"]
    parts += [f"::: insula.plugin.hookspecs.register_{name}" for name in REGISTRIES]
    return "\n\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "commands": commands_page,
    "components": components_page,
    "options": options_page,
    "api": api_page,
    "checks": checks_page,
    "hooks": hooks_page,
}
