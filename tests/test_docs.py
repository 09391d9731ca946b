"""The documentation is true: its code runs, its commands work, its files exist, and nothing installed is left out."""

import ast
import importlib
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
import soundfile
import yaml

from insula import Cell
from insula.cli.compose import preflight
from insula.cli.generate import parser_for
from insula.cli.main import COMMANDS, build_parser, main
from insula.config import KEYS
from insula.plugin.manager import installed
from insula.plugin.registry import REGISTRIES
from insula.plugin.testing import check_cell
from insula.report.page import GRADES

TOP = Path(__file__).parents[1]
DOCS = TOP / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "examples" not in path.parts)
ALL = [*PAGES, TOP / "README.md", TOP / "CONTRIBUTING.md"]
FENCE = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```[ ]*$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, the file that it is, and its text."""

    language: str
    title: str
    text: str


def short(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def hooks():
    """Return the module that renders the reference."""
    return _imported(DOCS / "hooks.py")


def blocks(page: Path) -> Iterator[Block]:
    for indent, head, text in FENCE.findall(page.read_text(encoding="utf-8")):
        title = re.search(r'title="([^"]+)"', head)
        lines = [line.removeprefix(indent) for line in text.splitlines(keepends=True)]
        yield Block(head.split()[0] if head.split() else "", title.group(1) if title else "", "".join(lines))


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the words of every command line in the blocks that a reader would copy."""
    for block in blocks(page):
        if block.language in ("sh", "console", ""):
            for line in block.text.splitlines():
                words = shlex.split(line.removeprefix("$ "), comments=True)
                if words and words[0] in ("insula", "make", ".venv/bin/insula"):
                    yield words


def answers(page: Path) -> Iterator[tuple[list[str], str]]:
    """Yield every command that is shown with its output, and the output."""
    for block in blocks(page):
        if block.language == "text" and block.text.startswith("$ insula"):
            line, _, output = block.text.partition("\n")
            yield shlex.split(line.removeprefix("$ insula")), output


@pytest.fixture
def reader_folder(request, tmp_path, monkeypatch):
    """A folder in which somebody has done what a page says: its files are there, and its plugins are installed."""
    page = request.param
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSULA_STORE", str(tmp_path / "store"))
    monkeypatch.syspath_prepend(str(tmp_path))
    titled = [block for block in blocks(page) if block.title]
    for block in titled:
        path = tmp_path / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
    packages = {block.title.split("/")[0] for block in titled if block.title.endswith("/__init__.py")}
    _install(tmp_path, packages)
    _record(tmp_path)
    before = set(sys.modules)
    installed.cache_clear()
    yield page
    installed.cache_clear()
    for name in set(sys.modules) - before:
        if name.split(".")[0] in {*packages, *(path.stem for path in tmp_path.rglob("*.py"))}:
            del sys.modules[name]


def _install(folder: Path, packages: set[str]) -> None:
    """Write what pip would leave behind: the entry points of the page's pyproject.toml."""
    project = folder / "pyproject.toml"
    about = tomllib.loads(project.read_text()) if project.exists() else {}
    points = about.get("project", {}).get("entry-points", {}).get("insula", {name: name for name in packages})
    for name, module in points.items() if packages else ():
        info = folder / f"{module}-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 0.1.0\n")
        (info / "entry_points.txt").write_text(f"[insula]\n{name} = {module}\n")


def _record(folder: Path) -> None:
    """Write the recordings that a page's manifest names: a second of noise each."""
    rng = np.random.default_rng(0)
    if (folder / "manifest.csv").exists():
        for name in pd.read_csv(folder / "manifest.csv")["path"]:
            (folder / name).parent.mkdir(exist_ok=True)
            soundfile.write(folder / name, 0.1 * rng.standard_normal(16000), 16000)


def about(text: str) -> pytest.MarkDecorator:
    """Parametrize by the pages that have something."""
    has = {
        "python": lambda page: any(block.language == "python" for block in blocks(page)),
        "commands": lambda page: any(commands(page)),
        "answers": lambda page: any(answers(page)),
    }[text]
    return pytest.mark.parametrize("reader_folder", [page for page in ALL if has(page)], ids=short, indirect=True)


@about("python")
def test_code_runs(reader_folder):
    for number, block in enumerate(block for block in blocks(reader_folder) if block.language == "python"):
        if block.title.endswith("__init__.py"):
            continue  # a plugin's hooks: found by its entry point
        path = Path(block.title or f"block_{number}.py").resolve()
        path.write_text(block.text)
        module = _imported(path)
        for name, value in vars(module).items():
            if name.startswith("test_"):
                value()
            elif isinstance(value, type) and issubclass(value, Cell) and value.__module__ == module.__name__:
                check_cell(value)
    assert not [plugin.status for plugin in installed().plugins if not plugin.ok]


def _imported(path: Path):
    top = path.parent.name if (path.parent / "__init__.py").exists() else None
    if top:
        return importlib.import_module(f"{top}.{path.stem}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[path.stem] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@about("commands")
def test_commands_work(reader_folder, capsys):
    targets = re.findall(r"^(\w+):", (TOP / "Makefile").read_text(), re.MULTILINE)
    for program, first, *rest in commands(reader_folder):
        if program == "make":
            assert first in targets, f"make {first}"
        elif first in ("train", "check"):
            assert preflight(rest[: rest.index("--cfg")] if "--cfg" in rest else rest)
        elif first in ("compare", "diff", "evaluate"):  # of runs that a reader has
            assert build_parser().parse_args([first, *(rest[: rest.index(">")] if ">" in rest else rest)])
        elif first == "generate":
            parser_for(installed().get("datasets", rest[0]))[0].parse_args(rest[1:])
        else:
            assert main([first, *rest]) == 0, f"insula {first} {' '.join(rest)}: {capsys.readouterr().err}"


@about("answers")
def test_answers_are_what_is_printed(reader_folder, capsys):
    for words, expected in answers(reader_folder):
        main(words)
        printed = capsys.readouterr()
        assert (printed.out + printed.err).strip() == expected.strip()


def test_every_page_is_in_the_navigation():
    def leaves(node) -> Iterator[str]:
        for value in node.values() if isinstance(node, dict) else node:
            yield from [value] if isinstance(value, str) else leaves(value)

    listed = set(leaves(yaml.safe_load((TOP / "mkdocs.yml").read_text())["nav"]))
    generated = {f"reference/{name}.md" for name in hooks().PAGES}
    assert listed == {path.relative_to(DOCS).as_posix() for path in PAGES} | generated


def test_every_registry_is_explained():
    text = (DOCS / "contracts.md").read_text()
    for registry in REGISTRIES.values():
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{registry.name}`:"))
        base = registry.base.partition(":")[2]
        for word in (f"register_{registry.name}", registry.group, *registry.given):
            assert f"`{word}`" in row, f"{registry.name}: {word}"
        assert f"`{base}`" in row or registry.name == "cells"


def test_every_component_and_option_is_explained():
    page = hooks().components_page()
    for registry, offered in installed().components.items():
        for name in offered:
            component = installed().get(registry, name)
            _, _, section = page.partition(f"### {component.registry.group}={name}\n")
            section = section.partition("\n##")[0]
            assert len(section) > 40, f"{component} is missing"
            for option in component.options.model_fields:
                assert re.search(rf"^\| `{option}` \|.+\| [^ |].+\|$", section, re.MULTILINE), f"{component}: {option}"


def test_every_command_is_explained():
    reference = hooks().commands_page()
    used = {words[1] for page in PAGES for words in commands(page) if words[0] == "insula"}
    used |= {words[0] for page in PAGES for words, _ in answers(page)}
    for name in COMMANDS:
        assert f"## insula {name}\n" in reference
        assert name in used, f"no page shows insula {name}"


def test_every_part_of_a_run_is_explained():
    text = (DOCS / "runs.md").read_text()
    for key in (*KEYS, "experiment"):
        assert re.search(rf"`{key}[`.]", text), key
    for path in (TOP / "conf" / "experiment").glob("*.yaml"):
        assert f"| `{path.stem}` |" in text


def test_the_files_of_a_run_are_what_the_page_says(train, tmp_path):
    small = ("dataset.subjects=4", "dataset.trials=3", "dataset.seconds=4", "split.k=4", "training.epochs=1")
    train("experiment=demo", "~streams.eeg", "~streams.personality", "cell.hidden_size=4", *small)
    text = (DOCS / "runs.md").read_text()
    folder = tmp_path / "run"
    for path in [*folder.iterdir(), *(folder / "folds" / "seed0-fold0").iterdir()]:
        assert path.name in text, path.name
    for path in (folder / "folds" / "seed0-fold0" / "bundle").iterdir():
        assert f"`{path.name}`" in text
    metrics = json.loads((folder / "metrics.json").read_text())
    for key in [*metrics, *metrics["metrics"], *metrics["audit"]]:
        assert f"`{key}`" in text or f'"{key}"' in text, key
    columns = list(pd.read_parquet(folder / "predictions.parquet").columns)
    assert f"`{', '.join(columns[:12])}`" in text
    assert all(column.startswith("p_") for column in columns[12:])


def test_every_finding_and_grade_is_explained():
    text = (DOCS / "honest-evaluation.md").read_text()
    code = "".join(path.read_text() for path in (TOP / "framework/insula/windows").glob("*.py"))
    found = dict(re.findall(r'over_folds\(\s*"(\w+)", "([A-F])"', code))
    found |= dict.fromkeys(re.findall(r'^    "(\w+)": _\w+,$', code, re.MULTILINE), "F")
    assert len(found) == 25
    assert dict(re.findall(r"^\| `(\w+)` \| ([A-F]) \|", text, re.MULTILINE)) == found
    told = dict(re.findall(r"^\| ([A-F]) \| (.+) \|$", text, re.MULTILINE))
    assert told.keys() == GRADES.keys()


@pytest.mark.parametrize(("page", "package"), [("write-a-cell", "insula_leaky"), ("write-a-dataset", "insula_lab")])
def test_a_plugin_is_as_short_as_its_page_says(page, package):
    lines = 0
    for block in blocks(DOCS / f"{page}.md"):
        if block.language == "python" and block.title.startswith(package):
            tree = ast.parse(block.text)
            texts = [n.body[0] for n in ast.walk(tree) if isinstance(n, ast.ClassDef | ast.FunctionDef)]
            texts = [t for t in texts if isinstance(t, ast.Expr) and isinstance(t.value, ast.Constant)]
            inside = {line for text in texts for line in range(text.lineno, (text.end_lineno or 0) + 1)}
            lines += sum(bool(line.strip()) and n not in inside for n, line in enumerate(block.text.splitlines(), 1))
    assert re.search(rf"{lines}\s+lines of\s+code", (DOCS / f"{page}.md").read_text()), f"{lines} lines of code"


@pytest.mark.parametrize("page", ALL, ids=short)
def test_named_files_exist(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    assert not re.search(r"/work/|\.\./shared|/root/|/home/", page.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        generated = (page.parent / link).resolve().parent == DOCS / "reference"
        assert generated or (page.parent / link).exists(), link
    for path in re.findall(r"`((?:framework|plugins|conf|docs|tests|benchmarks)/[\w./-]*)`", text):
        assert (TOP / path).exists(), path


def test_the_site_builds_and_fetches_nothing(tmp_path):
    """Strict: every link and anchor between pages holds (with --quiet mkdocs wouldn't count its warnings)."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(TOP / "mkdocs.yml")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [*command, "-d", str(tmp_path)], capture_output=True, text=True, env=environment, cwd=TOP, check=False
    )
    assert done.returncode == 0, done.stderr
    for path in tmp_path.rglob("*.html"):
        fetched = re.findall(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"(https?:[^\"]+)", path.read_text())
        assert not fetched, f"{path.name} fetches {fetched[0]}"
