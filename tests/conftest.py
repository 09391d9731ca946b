"""Shapes are checked while testing: jaxtyping's annotations through beartype, on the framework and every bundled plugin."""

import os
from pathlib import Path

import pytest
from jaxtyping import install_import_hook

BUNDLED = sorted(path.name for path in (Path(__file__).parents[1] / "plugins").iterdir() if path.is_dir())
install_import_hook(["insula", *BUNDLED], "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")  # an int is a float


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of small real recordings; tests that need it skip where it is absent."""
    given = os.environ.get("INSULA_TEST_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs real recordings in {folder} (or INSULA_TEST_DATA)")
    return folder
