"""How long insula takes to answer: imports and commands that need no torch, in fresh processes, minimum of five, warm.

``python benchmarks/startup.py [--json OUT]``. A third-party plugin whose component imports torch at the top of its
module is put on the path first, as on a real installation; what is measured must not import it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMANDS = {
    "import insula": [sys.executable, "-c", "import insula"],
    "insula --help": [sys.executable, "-m", "insula", "--help"],
    "insula plugins": [sys.executable, "-m", "insula", "plugins"],
    "python (nothing)": [sys.executable, "-c", "pass"],
}
LIMITS = {"import insula": 150, "insula --help": 500, "insula plugins": 500}
REPEATS = 5


def heavy_plugin(folder: Path) -> None:
    """Write an installed plugin whose component's module imports torch."""
    package = folder / "heavy_lab"
    package.mkdir()
    hook = '@hookimpl\ndef register_cells():\n    return {"heavy": "heavy_lab.cell:Heavy"}\n'
    (package / "__init__.py").write_text(f"from insula import hookimpl\n\n\n{hook}")
    (package / "cell.py").write_text("import torch\nfrom insula import Cell\n\n\nclass Heavy(Cell):\n    pass\n")
    about = folder / "heavy_lab-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: heavy_lab\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[insula]\nheavy = heavy_lab\n")


def milliseconds(command: list[str], environment: dict[str, str]) -> float:
    """Time one process."""
    begin = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - begin) * 1000


def main() -> None:
    """Measure, interleaved, and print the minima."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        heavy_plugin(Path(folder))
        environment = {**os.environ, "PYTHONPATH": folder}
        times: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for _ in range(REPEATS + 1):  # the first round warms the file cache
            for name, command in COMMANDS.items():
                times[name].append(milliseconds(command, environment))
    best = {name: min(several[1:]) for name, several in times.items()}
    for name, value in best.items():
        print(f"{name:<18} {value:7.1f} ms" + (f"  (limit {LIMITS[name]})" if name in LIMITS else ""))
    if args.json:
        args.json.write_text(json.dumps(best, indent=1))


if __name__ == "__main__":
    main()
