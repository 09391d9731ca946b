"""Hand over to Hydra: run folders, sweeps and launchers are its own; what fails is said in our words."""

import functools
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Collection, Sequence
from typing import Any

from insula.cli.compose import Job, ordered, said_plainly, study_of, swept
from insula.cli.sought import seeking
from insula.cli.study import Chosen, told
from insula.errors import ConfigError, InsulaError, TrainingError

log = logging.getLogger("insula")
SWEEPER = "insula_study"


class Failures:
    """Keeps what a job raises, for after Hydra's own end; the other jobs of a sweep go on.

    Parameters
    ----------
    job
        What runs one composed run.
    keys
        What is swept over: these overrides say which job failed.
    """

    def __init__(self, job: Callable[[Any], float | None], keys: Collection[str]) -> None:
        self.job, self.keys = job, keys
        self.process = os.getpid()
        self.jobs = 0
        self.found: list[tuple[str, Exception]] = []

    def __call__(self, composed: Any) -> float | None:
        """Run a job; return what a sweeper chooses by."""
        self.jobs += 1
        try:
            return self.job(composed)
        except KeyboardInterrupt as stopped:  # ends a sweep too
            raise KeyboardInterrupt(
                f"what is done is kept: the same command with {self._folder()} goes on"
            ) from stopped
        except Exception as error:
            if os.getpid() != self.process or seeking():
                raise  # in a launcher's worker this object is a copy; and who seeks must know of what failed
            self.found.append((self._name(), error))
            if self._sweeps():
                log.error("%s: failed: %s", *self.found[-1])

    def tell(self) -> None:
        """Raise what a single run raised, or the list of what failed in a sweep; a defect keeps its traceback."""
        errors = [error for _, error in self.found]
        defect = next((error for error in errors if not isinstance(error, InsulaError)), None)
        if defect or (errors and self.jobs == 1):
            raise defect or errors[0]
        if errors:
            lines = "\n".join(f"  {name}: {error}" for name, error in self.found)
            raise TrainingError(f"{len(errors)} of {self.jobs} runs failed:\n{lines}")

    def _sweeps(self) -> bool:
        from hydra.core.hydra_config import HydraConfig
        from omegaconf import OmegaConf

        return not OmegaConf.is_missing(HydraConfig.get().job, "num")

    def _folder(self) -> str:
        from hydra.core.hydra_config import HydraConfig

        hydra = HydraConfig.get()
        return f"hydra.sweep.dir={hydra.sweep.dir}" if self._sweeps() else f"hydra.run.dir={hydra.runtime.output_dir}"

    def _name(self) -> str:
        from hydra.core.hydra_config import HydraConfig

        hydra = HydraConfig.get()
        if self._sweeps() and str(hydra.sweep.subdir) != str(hydra.job.num):
            return str(hydra.sweep.subdir)  # a row of a study
        overrides = list(hydra.overrides.task)
        own = [override for override in overrides if override.partition("=")[0] in self.keys] or overrides
        return " ".join(override.removeprefix("++") for override in own)


def launch(job: Callable[[Any], float | None], arguments: Sequence[str], asked: Sequence[Job]) -> None:
    """Let Hydra run a job, once, for every combination of a sweep, or for the runs of a study as they were asked for.

    Raises
    ------
    InsulaError
        The error of a single run, or which runs of a sweep failed.
    """
    import hydra

    from insula.cli.compose import hydra_version
    from insula.plugin.hydra import conf_dir, register

    register()
    words = ordered(arguments)
    if (chosen := study_of(arguments)) is not None:
        if any(word.startswith("hydra.run.dir=") for word in words):
            raise ConfigError("a study has a folder per run: type hydra.sweep.dir=DIR in place of hydra.run.dir")
        offer_sweeper(chosen, asked)
        own = [word for word in words if word not in chosen.beside]
        words = ["-m", *own, f"hydra/sweeper={SWEEPER}"]
    failures = Failures(job, swept(arguments))
    sys.argv = ["insula train", *words]
    os.environ["HYDRA_FULL_ERROR"] = "1"  # errors come back to us, who say them without a traceback
    guarded = functools.wraps(job)(lambda composed: failures(composed))
    with said_plainly():
        try:
            hydra.main(config_path=str(conf_dir()), config_name="config", **hydra_version())(guarded)()
        except OSError as error:  # a job's own are kept above
            raise ConfigError(
                f"the run's folder can't be made ({error}): choose another one with hydra.run.dir=DIR"
            ) from error
    failures.tell()


def offer_sweeper(chosen: Chosen, jobs: Sequence[Job]) -> None:
    """Offer Hydra the runs of a study as ``hydra/sweeper``.

    Raises
    ------
    ConfigError
        If two runs would have one folder.
    """
    from hydra.core.config_store import ConfigStore

    from insula.evaluation.run_folder import digest_options

    named: dict[str, dict[str, Any]] = {}
    for job in jobs:
        name = folder_name(job.name)
        if name in named:
            raise ConfigError(f"study={chosen.name}: two of its runs would have the folder {name}: rename a row")
        named[name] = {"row": job.row, "overrides": job.overrides, "options": digest_options(job.config.plain)}
    # As one text without a dollar: what stands for ${...} in an override is the job's to resolve, not the sweeper's.
    text = json.dumps({"jobs": named, "study": told(chosen)}).replace("$", r"\u0024")
    node = {"_target_": "hydra_plugins.insula_study.StudySweeper", "told": text}
    ConfigStore.instance().store(group="hydra/sweeper", name=SWEEPER, node=node, provider="insula")


def folder_name(job: str) -> str:
    """Return a run's name as any file system takes it."""
    return re.sub(r"[^\w.,=+-]+", "_", job)
