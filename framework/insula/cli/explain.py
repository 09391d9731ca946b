"""``insula explain cell=ltc``: what a component is and what may be set."""

import argparse
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("explain", help="the options of a component, as in: insula explain cell=ltc")
    parser.add_argument("component", metavar="GROUP[=NAME]", help="cell=ltc, or cell for a list of all cells")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a component's docstring and options, or the names of a group."""
    from insula.errors import ConfigError, PluginError
    from insula.plugin.manager import installed, nearest
    from insula.plugin.registry import REGISTRIES

    groups = {registry.group: registry for registry in REGISTRIES.values()}
    group, _, name = args.component.partition("=")
    if group not in groups:
        raise ConfigError(f"there is no group called {group!r}{nearest(group, groups)}. Groups: {', '.join(groups)}")
    registry = groups[group]
    if not name:
        from insula.plugin.schema import summary

        for each in installed().names(registry.name):
            try:
                about = summary(installed().get(registry.name, each).cls)
            except PluginError as error:
                about = f"broken: {error}"
            print(f"{group}={each:<24} {about}")
        return 0
    print(describe(installed().get(registry.name, name)))
    return 0


def describe(component: Any) -> str:
    """Return a component's page: what it is, where it comes from, each option with type, default and meaning."""
    import inspect

    from insula.plugin.option_type import option_type

    lines = [f"{component}", ""]
    lines += [inspect.cleandoc(component.cls.__doc__ or "").split("\nParameters\n")[0].strip(), ""]
    for name in ("licence", "citation"):
        if said := getattr(component.cls, name, None):
            lines.append(f"{name}: {said}")
    if says := getattr(component.cls, "here", None):
        lines.append(f"here: {says()}")
    if lines[-1]:
        lines.append("")
    fields = component.options.model_fields
    for name, field in fields.items():
        lines.append(f"  {name}: {option_type(field)} = {field.default!r}")
        if field.description:
            lines.append(f"      {field.description}")
    return "\n".join(lines if fields else [*lines, "  no options"])
