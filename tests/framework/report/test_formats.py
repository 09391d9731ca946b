"""Tables as text, Markdown, LaTeX and CSV."""

import csv
import io

from insula.evaluation.analysis import Table
from insula.report.formats import as_csv, as_latex, as_markdown, as_text, escaped

TABLE = Table(
    "2 rows", ["row", "a very long head [95 %]", "n"], [["cell=lstm_a", "0.5 [0.4, 0.6]", 3], ["b|c", "–", 10]]
)


def test_columns_are_aligned_and_heads_are_wrapped():
    lines = as_text(TABLE).splitlines()
    assert lines[0] == "2 rows"
    assert lines[2:] == [
        "row          a very long     n",
        "             head [95 %]",
        "-----------  --------------  --",
        "cell=lstm_a  0.5 [0.4, 0.6]  3",
        "b|c          –               10",
    ]


def test_what_is_too_wide_is_wrapped_in_its_first_and_last_column():
    name = " ".join(f"option.number.{n}=1" for n in range(8))
    said = "can't be told apart from the other one, which has a long name too"
    wide = Table("", ["row", "value", "outcome"], [[name, "0.5", said]])
    lines = as_text(wide, width=60).splitlines()
    assert max(map(len, lines)) <= 60 < len(name) + len(said)
    assert all(word in " ".join(lines) for word in said.split())
    assert "".join("".join(line[:26] for line in lines[4:]).split()) == name.replace(" ", "")


def test_markdown_keeps_its_columns():
    lines = as_markdown(TABLE).splitlines()
    assert lines[2:4] == ["| row | a very long head [95 %] | n |", "|---|---|---|"]
    assert lines[5] == r"| b\|c | – | 10 |"
    odd = Table("", ["a|b", "n"], [["two\nlines", "0.5 [0.4, 0.6]*"]])
    assert as_markdown(odd).splitlines()[2:] == [r"| a\|b | n |", "|---|---|", r"| two lines | 0.5 [0.4, 0.6]\* |"]


def test_latex_shows_what_is_there():
    text = as_latex(TABLE, ["a note"])
    assert text.splitlines()[:3] == ["% 2 rows", "% a note", r"\begin{tabular}{lll}"]
    assert r"cell=lstm\_a & 0.5 [0.4, 0.6] & 3 \\" in text
    assert r"a very long head [95 \%] & n \\" in text
    assert escaped(r"~a & b_c # $5 {x} 50 % \n ^ < >") == (
        r"\textasciitilde{}a \& b\_c \# \$5 \{x\} 50 \% \textbackslash{}n \textasciicircum{} \textless{} \textgreater{}"
    )
    assert escaped("-0.1 [-0.2, +0.1] lr=1e-3 a-b") == "$-$0.1 [$-$0.2, +0.1] lr=1e-3 a-b"
    rows = as_latex(Table("", ["row", "n"], [["[x]", 1], ["*", 2]])).splitlines()
    assert rows[5:7] == [r"{}[x] & 1 \\", r"{}* & 2 \\"], "the end of the row before would take them for its own"


def test_csv_reads_back():
    rows = [{"row": 'a "b", c', "value": None, "n": 1}, {"row": "d\ne", "value": 0.5, "n": 2}]
    assert list(csv.DictReader(io.StringIO(as_csv(rows)))) == [
        {"row": 'a "b", c', "value": "", "n": "1"},
        {"row": "d\ne", "value": "0.5", "n": "2"},
    ]
