"""The page of an audit: grade, claim, findings, who is in which fold, and what wasn't looked for."""

from pathlib import Path

import insula
from insula.errors import SplitError
from insula.evaluation.analysis import Table
from insula.report.render import render, write
from insula.windows.audit import Audit
from insula.windows.finding import GRADES


def write_audit(audit: Audit, path: Path, page: Path) -> None:
    """Write an audit as one self-contained page.

    Parameters
    ----------
    path
        What was audited.
    page
        Where to write.

    Raises
    ------
    SplitError
        If the page can't be written there.
    """
    text = render("audit.html", content(audit, path))
    try:
        write(page, lambda part: part.write_text(text, encoding="utf-8"))
    except OSError as error:
        raise SplitError(f"--html {page}: the page can't be written there ({error.strerror})") from error


def content(audit: Audit, path: Path) -> dict[str, object]:
    """Return what the page shows."""
    names = audit.facts["names"]
    return {
        "title": f"Audit of {path.resolve().name}",
        "audit": audit,
        "means": GRADES[audit.grade],
        "folds": len(names),
        "found": [
            (finding, "all folds" if len(finding.folds) == len(names) else ", ".join(map(str, finding.folds)))
            for finding in audit.findings
        ],
        "sizes": _sizes(audit),
        "left": {
            "No column tells, or an empty one": [item for item in audit.not_checked if item.needs == "column"],
            "Only the folder of a run tells": [item for item in audit.not_checked if item.needs == "run"],
        },
        "version": insula.__version__,
    }


def _sizes(audit: Audit) -> Table:
    folds = audit.facts["folds"]
    roles = [role for role in folds[0] if any(fold[role]["windows"] for fold in folds)]
    rows = [
        [name, *(" / ".join(map(str, fold[role].values())) for role in roles)]
        for name, fold in zip(audit.facts["names"], folds, strict=True)
    ]
    return Table("Who is where: rows / trials / people", ["fold", *roles], rows)
