"""The study sweeper: Hydra runs the rows of a study as the jobs of a sweep, with any launcher.

Hydra takes sweepers from this namespace package only.
"""

import json
from pathlib import Path
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper


class StudySweeper(BasicSweeper):
    """Runs the jobs it is given, each in a folder of its own name, and writes the study's table at the end.

    Parameters
    ----------
    told
        JSON: ``jobs``, by folder their row, overrides and options, in order, and ``study``, what the study's table
        needs (see :func:`insula.cli.study.told`).
    """

    def __init__(self, told: str) -> None:
        super().__init__(max_batch_size=None)
        self.jobs, self.study = (json.loads(told)[name] for name in ("jobs", "study"))

    def split_arguments(self, overrides: Any, max_batch_size: int | None) -> list[list[list[str]]]:  # type: ignore[override]
        """Return the jobs, as one batch."""
        return [[[*job["overrides"], f"hydra.sweep.subdir='{folder}'"] for folder, job in self.jobs.items()]]

    def sweep(self, arguments: list[str]) -> Any:
        """Run all jobs, and write the table of what there is, whatever failed."""
        from insula.report.study import write_study

        assert self.config is not None
        try:
            return super().sweep(arguments)
        finally:
            write_study(self.study, self.jobs, Path(self.config.hydra.sweep.dir))
