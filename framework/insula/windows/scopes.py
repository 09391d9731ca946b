"""Scopes: within what the names of recordings and trials hold in a table that somebody made elsewhere.

In a run a recording's name is its dataset's, and a trial's is its person's and session's. Elsewhere people number
recordings 1, 2, 3 in every session, and trials 1, 2, 3 in every recording: what bears one name there isn't one thing.
"""

import pandas as pd

Columns = tuple[str, ...]
PERSON: Columns = ("dataset", "subject")
SESSION: Columns = (*PERSON, "session")
MOST = 0.5
"""Of all names: so many, and not fewer, show a habit."""


def of_a_recording(index: pd.DataFrame) -> Columns:
    """Return the columns within which a recording's name holds: its person, and in a habit of numbering its session.

    A recording may go on over several sessions, unless most names are those of several people's recordings, or every
    session has several that are called as in other ones.
    """
    afresh = _of_several(index, "recording", "subject", ("dataset",)) or _afresh(index, "recording", "session", PERSON)
    return SESSION if afresh else PERSON


def of_a_trial(index: pd.DataFrame) -> Columns:
    """Return the columns within which a trial's name holds: its session, and in a habit of numbering its recording.

    A recording that holds one trial may be a piece of it, and a name in two recordings a trial that goes on in the
    next. Of an augmented copy nobody knows in which recording its parent lies: where there are some, trials are never
    told apart by recordings.
    """
    copies = "parent" in index and bool(index["parent"].notna().to_numpy().any())
    return (*SESSION, "recording") if not copies and _afresh(index, "trial", "recording", SESSION) else SESSION


def _afresh(index: pd.DataFrame, name: str, inside: str, within: Columns) -> bool:
    """Whether most values of a column hold several names, and most names are in several of them."""
    return _of_several(index, name, inside, within) and _of_several(index, inside, name, within)


def _of_several(index: pd.DataFrame, name: str, other: str, within: Columns) -> bool:
    """Whether most names stand beside several values of another column."""
    if not {name, other} <= set(index):
        return False
    outer = [column for column in within if column in index]
    several = index[index[name].notna()].groupby([*outer, name], dropna=False)[other].nunique() > 1
    return bool(len(several) and several.mean() > MOST)
