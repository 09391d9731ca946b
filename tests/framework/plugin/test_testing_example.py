"""The example of the docs is a real package: installed from its own folder, it is found, checked and works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "example_mgu"


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """The example, built and installed beside what is there."""
    pytest.importorskip("hatchling")
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", target, EXAMPLE], check=True, capture_output=True)
    return {**os.environ, "PYTHONPATH": str(target)}


def test_its_own_tests_pass(environment) -> None:
    pytest_alone = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    command = [*pytest_alone, "--rootdir", EXAMPLE, EXAMPLE / "tests"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


def test_it_is_found_without_importing_torch(environment) -> None:
    code = (
        "import sys; from insula.plugin.manager import installed; found = installed();"
        "print('mgu' in found.names('cells'), 'torch' in sys.modules, found.get('cells', 'mgu').defaults())"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    expected = "True False {'hidden_size': 32, 'gate_bias': 0.0, 'layers': 1, 'layer_dropout': 0.0}"
    assert done.stdout.strip() == expected
