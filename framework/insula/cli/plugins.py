"""``insula plugins``: what is installed, from where, how long it takes to load, and what is broken."""

import argparse
import json
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("plugins", help="what is installed, and what is broken")
    parser.add_argument("--json", action="store_true", help="print a JSON list")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the plugins; a broken one is shown, and stops nothing."""
    from insula.plugin.manager import installed

    found = installed()
    if args.json:
        keys = ("name", "module", "version", "status", "load_ms", "components")
        print(json.dumps([{key: getattr(plugin, key) for key in keys} for plugin in found.plugins], indent=1))
        return 0
    for plugin in found.plugins:
        print(f"{plugin.name:<14} {plugin.version:<10} {plugin.load_ms:7.1f} ms  {plugin.status}")
        for registry, names in plugin.components.items():
            print(f"{'':14} {registry}: {', '.join(names)}")
    for registry, components in found.components.items():
        for name, several in components.items():
            if len(several) > 1:
                print(f"collision: {registry} {name!r} is offered by {' and '.join(c.plugin for c in several)}")
    return 0
