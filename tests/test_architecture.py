"""The house's own rules: data moves one way, plugins use the public API only, heavy imports wait, nothing grows too "
"long."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import insula

TOP = Path(__file__).parents[1]
CORE = TOP / "framework" / "insula"
PLUGINS = TOP / "plugins"
CORE_FILES = sorted(CORE.rglob("*.py"))
PLUGIN_FILES = sorted(PLUGINS.rglob("*.py"))
OUR_FILES = [*CORE_FILES, *PLUGIN_FILES]
ALL_FILES = [*OUR_FILES, *sorted((TOP / "tests").rglob("*.py")), *sorted((TOP / "docs").rglob("*.py"))]

ORDER = (
    "errors",
    "randomness",
    "types",
    "specs",
    "plugin",  # names the base classes of all registries by path only
    "sources",
    "preprocess",
    "windows",
    "model",  # reads windows.batch
    "training",
    "evaluation",  # results hold trained models
    "report",
    "resolver",  # from here on the whole flow is put together
    "config",
    "stages",
    "cost",
    "trial_run",
    "pipeline",
    "live",
    "plugin.testing",  # the shipped checks may look at everything, and nothing looks at them
    "cli",
)
"""Every part of the core may import the parts before it."""

HEAVY = {"mne", "librosa", "neurokit2", "sklearn", "matplotlib", "lightning"}
DERIVES_FROM_LIGHTNING = {CORE / "training" / "module.py", CORE / "training" / "callbacks.py"}
"""A class can't derive from LightningModule or Callback without importing it; these two are imported inside "
"functions only."""

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


def short(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Yield what is imported, as full dotted names: ``from insula import Cell`` is ``insula.Cell``."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run when a module is imported: all but the bodies of functions, and what only type "
    "checkers see."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from at_import(child)


def part(path: Path) -> str:
    """Return which part of the core a file belongs to."""
    parts = path.relative_to(CORE).with_suffix("").parts
    return "plugin.testing" if parts[:2] == ("plugin", "testing") else parts[0]


def part_of(name: str) -> str | None:
    """Return which part of the core an import names; None for the package itself (its public names and version)."""
    parts = name.split(".")
    if parts[0] != "insula" or len(parts) == 1:
        return None
    if parts[1:3] == ["plugin", "testing"]:
        return "plugin.testing"
    is_part = (CORE / parts[1]).is_dir() or (CORE / f"{parts[1]}.py").is_file()
    return parts[1] if is_part else None


@pytest.mark.parametrize("path", CORE_FILES, ids=short)
def test_data_moves_one_way(path: Path) -> None:
    mine = part(path)
    if mine in ("__init__", "__main__"):  # the public API, resolved on first use, and the way into the command line
        return
    assert mine in ORDER, f"{mine} is a new part of the core: give it its place in ORDER"
    for name in imported(ast.walk(tree(path))):
        other = part_of(name)
        assert other is None or ORDER.index(other) <= ORDER.index(mine), f"{name} is to the right of {mine}"


@pytest.mark.parametrize("path", CORE_FILES, ids=short)
def test_the_core_imports_no_plugin(path: Path) -> None:
    bundled = {folder.name for folder in PLUGINS.iterdir() if folder.is_dir()}
    assert not {name.split(".")[0] for name in imported(ast.walk(tree(path)))} & bundled


@pytest.mark.parametrize("path", PLUGIN_FILES, ids=short)
def test_plugins_use_public_names_only(path: Path) -> None:
    own = path.relative_to(PLUGINS).parts[0]
    for name in imported(ast.walk(tree(path))):
        package, _, rest = name.partition(".")
        if package == "insula":
            assert rest in insula.__all__ or rest.startswith("plugin.testing."), f"{name} isn't public"
        assert not package.startswith("insula_") or package == own, f"{name} belongs to another plugin"


@pytest.mark.parametrize("path", OUR_FILES, ids=short)
def test_heavy_modules_wait_until_they_are_needed(path: Path) -> None:
    found = {name.split(".")[0] for name in imported(at_import(tree(path)))} & HEAVY
    allowed = {"lightning"} if path in DERIVES_FROM_LIGHTNING else set()
    assert found <= allowed, f"import {', '.join(found - allowed)} in the function that needs it"


@pytest.mark.parametrize("path", sorted({*OUR_FILES} - DERIVES_FROM_LIGHTNING), ids=short)
def test_what_needs_lightning_is_imported_late(path: Path) -> None:
    modules = {".".join(file.relative_to(CORE.parent).with_suffix("").parts) for file in DERIVES_FROM_LIGHTNING}
    for name in imported(at_import(tree(path))):
        assert not {name, name.rpartition(".")[0]} & modules, f"{name} imports lightning: do it in the function"


@pytest.mark.parametrize("path", ALL_FILES, ids=short)
def test_files_and_functions_are_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 300, f"{short(path)} has {lines} lines: which second noun is in it?"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert code_lines(node) <= 50, f"{node.name} has {code_lines(node)} lines"


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its docstring, which may be as long as its options need."""
    first = function.body[0]
    has_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    text = (first.end_lineno or first.lineno) - first.lineno + 1 if has_text else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - text


@pytest.mark.parametrize("path", ALL_FILES, ids=short)
def test_files_bear_the_name_of_a_noun(path: Path) -> None:
    assert not {*path.relative_to(TOP).with_suffix("").parts} & FORBIDDEN_NAMES


@pytest.mark.parametrize("path", sorted(PLUGINS.glob("*/__init__.py")), ids=short)
def test_a_plugin_package_holds_only_hooks(path: Path) -> None:
    for node in tree(path).body[1:]:
        if isinstance(node, ast.ImportFrom):
            assert (node.module, [alias.name for alias in node.names]) == ("insula", ["hookimpl"])
        elif isinstance(node, ast.Assign):
            assert [ast.unparse(target) for target in node.targets] == ["INSULA_API"]
        else:
            assert isinstance(node, ast.FunctionDef), ast.unparse(node)
            assert node.name.startswith("register_")
            assert [ast.unparse(decorator) for decorator in node.decorator_list] == ["hookimpl"]


@pytest.mark.parametrize("name", insula.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(insula, name) is not None
    assert name in dir(insula)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'insula' has no attribute 'Nothing'"):
        insula.Nothing  # noqa: B018


def test_type_checkers_see_every_public_name() -> None:
    """What stands under TYPE_CHECKING in ``insula/__init__.py`` is written by hand."""
    (block,) = (node for node in tree(CORE / "__init__.py").body if isinstance(node, ast.If))
    seen = {name.rpartition(".")[2] for name in imported(ast.walk(block))}
    errors = {node.name for node in tree(CORE / "errors.py").body if isinstance(node, ast.ClassDef)}
    assert set(insula.__all__) - {"__version__"} <= seen | errors


def test_importing_insula_imports_nothing_heavy() -> None:
    heavy = ("torch", "pydantic", "hydra", "numpy", "pandas", "pluggy", *HEAVY)
    code = f"import sys, insula; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_rules_would_notice() -> None:
    """The reading of imports, on a module that breaks the rules."""
    code = """
import mne
class A:
    import sklearn.metrics
    def f(self):
        import librosa
if TYPE_CHECKING:
    import lightning
"""
    assert list(imported(at_import(ast.parse(code)))) == ["mne", "sklearn.metrics"]
    assert set(imported(ast.walk(ast.parse(code)))) == {"mne", "sklearn.metrics", "librosa", "lightning"}
    assert part_of("insula.windows.batch.Batch") == "windows"
    assert part_of("insula.plugin.testing.check_cell") == "plugin.testing"
    assert part_of("insula.Cell") is None
    assert part_of("insula") is None
    assert ORDER.index("model") > ORDER.index("windows")
