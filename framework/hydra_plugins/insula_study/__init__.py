"""The study sweeper: Hydra runs the rows of a study as the jobs of a sweep, with any launcher.

Hydra takes sweepers from this namespace package only.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper


class StudySweeper(BasicSweeper):
    """Runs the jobs it is given, each in a folder of its own name, and writes the study's table at the end.

    Parameters
    ----------
    jobs
        Folder to overrides, in order.
    study
        What the study's table needs (see :func:`insula.cli.study.told`).
    """

    def __init__(self, jobs: Mapping[str, Sequence[str]], study: Mapping[str, Any]) -> None:
        super().__init__(max_batch_size=None)
        self.jobs, self.study = jobs, study

    def split_arguments(self, overrides: Any, max_batch_size: int | None) -> list[list[list[str]]]:  # type: ignore[override]
        """Return the jobs, as one batch."""
        return [[[*job, f"hydra.sweep.subdir={folder}"] for folder, job in self.jobs.items()]]

    def sweep(self, arguments: list[str]) -> Any:
        """Run all jobs, and write the table of what there is, whatever failed."""
        from omegaconf import OmegaConf

        from insula.report.study import write_study

        assert self.config is not None
        try:
            return super().sweep(arguments)
        finally:
            folder = Path(self.config.hydra.sweep.dir)
            study = OmegaConf.to_container(OmegaConf.create(dict(self.study)))
            write_study(study, {name: folder / name for name in self.jobs}, folder)  # type: ignore[arg-type]
