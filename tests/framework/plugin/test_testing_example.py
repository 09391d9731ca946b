"""The examples of the docs are real packages: installed from their own folders, they are found, checked and work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
TESTS = {"example_mgu": 5, "example_stress_predict": 11}
"""How many tests each has: fewer would mean that some weren't found."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """The examples, built and installed beside what is there."""
    pytest.importorskip("hatchling")
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", target, *(EXAMPLES / name for name in TESTS)], check=True, capture_output=True)
    return {**os.environ, "PYTHONPATH": str(target)}


@pytest.mark.parametrize("example", TESTS)
def test_its_own_tests_pass(environment, example) -> None:
    pytest_alone = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    command = [*pytest_alone, "--rootdir", EXAMPLES / example, EXAMPLES / example / "tests"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{TESTS[example]} passed" in done.stdout


def test_every_example_is_tested() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir()) == sorted(TESTS)


def test_it_is_found_without_importing_torch(environment) -> None:
    code = (
        "import sys; from insula.plugin.manager import installed; found = installed();"
        "print('mgu' in found.names('cells'), 'torch' in sys.modules, found.get('cells', 'mgu').defaults())"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    expected = "True False {'hidden_size': 32, 'gate_bias': 0.0, 'layers': 1, 'layer_dropout': 0.0}"
    assert done.stdout.strip() == expected


def test_the_run_of_an_example_goes_with_its_real_data(environment, real_data, tmp_path) -> None:
    conf, root = EXAMPLES / "example_stress_predict" / "conf", real_data / "stress_predict"
    command = [
        sys.executable,
        "-m",
        "insula",
        "check",
        "--config-dir",
        conf,
        "experiment=stress",
        f"dataset.root={root}",
    ]
    command += [f"store={tmp_path}", "cell=gru"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "dataset stress_predict: 49 trials, 7 people" in done.stdout
    assert "split leave_one_subject_out: 7 folds" in done.stdout
