"""Compose runs with Hydra: validate all of them before any work, say all that is wrong at once."""

import itertools
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

from insula.cli.study import CHOICE, SIZE, Chosen, chosen_study, folders_of
from insula.config import KEYS, RunConfig, resolve
from insula.errors import ConfigError
from insula.plugin.manager import installed, nearest

SHOWS_ONE = ("cfg", "info")
ASKS_HYDRA = ("help", "hydra_help", "cfg", "info", "shell_completion", "version")


def hydra_version() -> dict[str, str]:
    """Return ``version_base``, which Hydra 1.3 misses if it is omitted, and later ones warn about."""
    import hydra

    return {"version_base": "1.3"} if hydra.__version__.startswith("1.3") else {}


def freed(overrides: Sequence[str], groups: set[str]) -> list[str]:
    """Let plain overrides reach options that a YAML file didn't spell out.

    ``streams.speech.features.mfcc.n_mfcc=20`` becomes ``++…``: our own validation knows every option, and names the
    nearest one, where Hydra would only say that the key isn't in its struct. Choices of a config group stay as they
    are. ``streams.eeg.cell=gru`` beside ``streams.eeg.cell.hidden_size=8`` becomes its ``name``, which the second would
    overwrite otherwise.
    """
    texts = [override.removeprefix("++") for override in overrides]
    keys = [text.partition("=")[0].lstrip("+") for text in texts]
    found = []
    for key, text, override in zip(keys, texts, overrides, strict=True):
        plain = re.fullmatch(r"[\w.]+=.*", text, re.DOTALL) and key not in groups and not key.startswith("hydra.")
        if plain and "={" not in text and any(other.startswith(f"{key}.") for other in keys):
            text = text.replace("=", ".name=", 1)
        found.append(f"++{text}" if plain else override)
    return found


def usage(command: str, what: str) -> str:
    """Return the help of a command that takes overrides: what may be chosen, and where options are explained."""
    groups = ("experiment", "study", "dataset", "split", "cell", "fusion", "architecture")
    names = {group: available(group) for group in groups}
    more = "; --cfg job prints the composed run; hydra.run.dir=DIR chooses its folder" if command == "train" else ""
    choices = "\n".join(f"  {group}={'|'.join(options)}" for group, options in names.items())
    return f"""usage: insula {command} [-m] [OVERRIDE]...

{what}

choices:
{choices}

options are set by their place in the run: cell.hidden_size=32 training.epochs=20 streams.eeg.context=10
  ~streams.eeg drops a stream, +streams.x={{...}} adds one; insula explain cell=ltc says what a component's options are
  -m sweeps: cell=lstm,gru seed=0,1{more}

for example: insula {command} experiment=demo cell=gru cell.hidden_size=16"""


def asks_help(arguments: Sequence[str]) -> bool:
    """Whether help is asked for."""
    return bool({"-h", "--help"} & set(arguments))


class Job(NamedTuple):
    """One run that is asked for: its overrides, what they compose to, and what tells it from the others."""

    overrides: list[str]
    config: RunConfig
    name: str = ""
    row: str = ""
    """Of a study."""


def preflight(arguments: Sequence[str]) -> list[Job]:
    """Compose and validate every run that the arguments ask for.

    Raises
    ------
    ConfigError
        With all errors of all combinations.
    """
    args = _parse(arguments)
    errors: dict[str, None] = {}
    jobs = []
    several = list(asked(arguments))
    with _hydra():
        for row, name, overrides in several:
            try:
                config = resolve(_compose(overrides, args), installed())
                jobs.append(Job(overrides, config, name, row))
            except ConfigError as error:
                label = f"[{name}] " if name else ""
                errors.update(dict.fromkeys(f"{label}{line}" for line in str(error).splitlines()))
    if errors:
        raise ConfigError("\n".join(errors))
    return jobs


def asked(arguments: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield row, name and overrides of every run: one, every combination of a sweep, or every row of a study."""
    args = _parse(arguments)
    chosen = study_of(arguments)
    rows = {"": args.overrides} if chosen is None else chosen.runs()
    drawn = [each.input_line for each in _parsed(chosen.beside) if _is_drawn(each)] if chosen else []
    if drawn:
        raise ConfigError(f"{drawn[0].removeprefix('++')}: a study runs every value there is: list them, like a,b")
    for row, words in rows.items():
        swept_by = sweeping(words) if args.multirun else set()
        for overrides in _combinations(freed(words, config_groups()), args.multirun):
            telling = [o for o in overrides if not row or o.partition("=")[0] in swept_by]
            own = [override.removeprefix("++") for override in telling] if args.multirun else []
            yield row, " ".join([row, *own] if row else own), overrides


def study_of(arguments: Sequence[str]) -> Chosen | None:
    """Return the study that the arguments name, with the overrides that stand beside it."""
    args = _parse(arguments)
    own = [word for word in arguments if word.startswith((CHOICE, SIZE))]
    chosen = chosen_study(own, folders_of(args.config_dir))
    beside = tuple(word for word in args.overrides if not is_hydras(word))

    def composed(words: list[str]) -> dict[str, Any]:
        first = next(_combinations(freed(words, config_groups()), args.multirun))
        with _hydra():
            return _compose(first, args)

    return chosen and replace(chosen, beside=beside).over_streams(composed)


def is_hydras(override: str) -> bool:
    """Whether an override is about Hydra itself (folders, launchers), not about a run."""
    return override.lstrip("+~").startswith(("hydra.", "hydra/"))


def asks_hydra(arguments: Sequence[str]) -> bool:
    """Whether the arguments only ask Hydra something (``--help``, ``--cfg job``), which needs no valid run.

    Raises
    ------
    ConfigError
        If it shall show several runs at once, which it can't.
    """
    args = _parse(arguments)
    several = "-m" if args.multirun else next((word for word in arguments if word.startswith(CHOICE)), "")
    shown = next((name for name in SHOWS_ONE if getattr(args, name, None)), None)
    if several and shown:
        raise ConfigError(f"--{shown} shows one run, and {several} asks for several: leave it out, and type one run's")
    return any(getattr(args, name, None) for name in ASKS_HYDRA)


def swept(arguments: Sequence[str]) -> set[str]:
    """Return the keys that a sweep's overrides give several values."""
    return sweeping(_parse(arguments).overrides)


def sweeping(overrides: Sequence[str]) -> set[str]:
    """Return the keys of the overrides that have several values."""
    return {each.get_key_element() for each in _parsed(overrides) if each.is_sweep_override()}


def _parsed(overrides: Sequence[str]) -> list[Any]:
    from hydra.core.override_parser.overrides_parser import OverridesParser

    with said_plainly():
        return OverridesParser.create().parse_overrides(list(overrides))


def ordered(arguments: Sequence[str]) -> list[str]:
    """Return the arguments as Hydra's own parser takes them: flags first, overrides freed."""
    words = freed(_without_study(arguments), config_groups())
    overrides = _parse(arguments).overrides
    return [*(word for word in words if word not in overrides), *overrides]


def _without_study(arguments: Sequence[str]) -> list[str]:
    return [word for word in arguments if not word.startswith((CHOICE, SIZE))]


def _parse(arguments: Sequence[str]) -> Any:
    """Parse Hydra's arguments; a flag may stand behind an override. What isn't known is a usage error."""
    from hydra._internal.utils import get_args_parser

    parser = get_args_parser()
    parser.error = _refuse  # Hydra's own would print the usage of another program
    args, rest = parser.parse_known_intermixed_args(freed(_without_study(arguments), config_groups()))
    if unknown := [word for word in rest if word.startswith("-")]:
        _refuse(f"I don't know {' '.join(unknown)}")
    return args


def _refuse(message: str) -> NoReturn:
    print(f"insula: {message}; see insula train --help", file=sys.stderr)
    raise SystemExit(2)


def config_groups() -> set[str]:
    """Return the names of all config groups: our registries' and the folders of ``conf/``."""
    from insula.plugin.hydra import GROUPS, conf_dir

    return {*GROUPS, *(path.name for path in conf_dir().iterdir() if path.is_dir())}


@contextmanager
def _hydra() -> Iterator[None]:
    from hydra import initialize_config_dir

    from insula.plugin.hydra import conf_dir, register

    register()
    with initialize_config_dir(str(conf_dir()), job_name="insula", **hydra_version()):
        yield


def _compose(overrides: Sequence[str], args: Any) -> dict[str, Any]:
    from hydra import compose
    from omegaconf import OmegaConf

    own = [f"hydra.searchpath=['file://{os.path.abspath(args.config_dir)}']"] if args.config_dir else []
    with said_plainly():
        composed = compose(args.config_name or "config", [*overrides, *own])
        return OmegaConf.to_container(composed, resolve=True)  # type: ignore[return-value]


def _combinations(overrides: Sequence[str], multirun: bool) -> Iterator[list[str]]:
    """Yield every combination of a sweep; what only a sweeper can draw (``interval(...)``) is left to it."""
    if not multirun:
        yield list(overrides)
        return
    several = []
    for override in _parsed(overrides):
        if not override.is_sweep_override():
            several.append([override.input_line])
        elif not _is_drawn(override):
            key = override.get_key_element()
            several.append([f"{key}={value}" for value in override.sweep_string_iterator()])
    yield from (list(combination) for combination in itertools.product(*several))


def _is_drawn(override: Any) -> bool:
    from hydra.core.override_parser.types import ValueType

    return override.value_type == ValueType.INTERVAL_SWEEP


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn Hydra's and OmegaConf's errors into ours."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(_mended(str(error))) from error


def _mended(text: str) -> str:
    """Add what Hydra leaves out: the nearest name."""
    text = re.sub(r"\s*Check the following.*|\nSet the environment variable.*", "", text, flags=re.S).strip()
    missing = re.search(r"Could not find '(\w+)/([\w.-]+)'", text) or re.search(
        r"Could not load '(\w+)/([\w.-]+)'", text
    )
    if missing:
        group, name = missing.groups()
        options = available(group)
        return f"there is no {group} called {name!r}{nearest(name, options)}. Installed: {', '.join(options) or 'none'}"
    if plugin := re.search(r"Could not find '(hydra/\w+)/([\w.-]+)'", text):
        group, name = plugin.groups()
        options = re.findall(r"^\s+([\w-]+)$", text, re.M)
        missing = "; it comes with: pip install 'insula[sweep]'" if name == "optuna" else nearest(name, options)
        return f"there is no {group} called {name!r}{missing}. There are: {', '.join(options)}"
    choice = re.search(r"You must specify '(\S+)'", text)
    if choice:
        group = choice.group(1)
        return f"you must choose {group!r}: type {group}=NAME; there are: {', '.join(available(group))}"
    key = re.search(r"Could not override '\+*([\w.@]+)'", text)
    if key and key.group(1) not in KEYS:
        word = key.group(1)
        return f"{word}: no such option{nearest(word, [*KEYS, *config_groups()])} ({text.splitlines()[-1]})"
    return text


def available(group: str) -> list[str]:
    """Return the names that a config group offers: installed components and presets."""
    from insula.plugin.hydra import GROUPS, conf_dir

    presets = [path.stem for path in (conf_dir() / group).glob("*.yaml")]
    components = installed().names(GROUPS[group]) if group in GROUPS else []
    return sorted({*presets, *components})
