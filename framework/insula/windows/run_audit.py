"""What a run leaves in its folder for audits: folds.csv, and audit.json with what its rows can't say."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from insula.errors import SplitError
from insula.windows.audit import Audit, audit_folds
from insula.windows.disclosures import is_number
from insula.windows.fold_file import read_folds, write_folds, write_whole
from insula.windows.run_facts import RunFacts
from insula.windows.split import Fold

FOLDS, FACTS = "folds.csv", "audit.json"


def record_audit(folder: Path, index: pd.DataFrame, folds: Sequence[Fold], label: str, audit: Audit) -> None:
    """Write the files from which :func:`audit_of_run` makes an audit again, a newer one perhaps."""
    write_folds(folder / FOLDS, index, folds, label)
    facts = {
        "target": label,
        "number": is_number(index, label),
        "claims": list(audit.promised),
        "adapt_labels": all(fold.adapt_labels for fold in folds),
        **(audit.known or RunFacts()).to_json(),
    }
    write_whole(folder / FACTS, json.dumps(facts, indent=1))


def audit_of_run(folder: Path, claims: Sequence[str] = ()) -> Audit:
    """Audit a run by the files in its folder; data and models aren't needed.

    Parameters
    ----------
    claims
        What to hold the folds against beside what the run's split promises.

    Raises
    ------
    SplitError
        If the folder lacks one of the files, or they can't be read.
    """
    for name in (FOLDS, FACTS):
        if not (folder / name).is_file():
            raise SplitError(
                f"{folder} has no {name}: it is no run's folder, or the run never began to train, or an older insula "
                f"made it. Run it again there (hydra.run.dir={folder}), or audit a table: insula audit FOLDS.csv"
            )
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        known, adapts, promised = RunFacts.from_json(facts), bool(facts["adapt_labels"]), list(facts["claims"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SplitError(f"{folder / FACTS} can't be read ({error}): run it again there") from error
    table = read_folds(folder / FOLDS)
    if table.label is not None and facts.get("number"):
        table.index[table.label] = np.asarray(pd.to_numeric(table.index[table.label].to_numpy(object)), np.float64)
    folds = [replace(fold, adapt_labels=adapts) for fold in table.folds]
    return audit_folds(table.index, folds, label=table.label, claims=[*promised, *claims], facts=known)
