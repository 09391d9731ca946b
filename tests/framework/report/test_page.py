"""The report of a run: well made, whole without the network, and saying what metrics.json says."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from insula import report
from insula.evaluation.analysis import Analysis, Figure, Section, Table
from insula.evaluation.floors import floors, label_permutation
from insula.plugin.choice import Choice
from insula.plugin.manager import installed
from insula.plugin.testing.results import example_results
from insula.report.card import label_tables, streams_table
from insula.report.page import write_report

VOID = {"meta", "br", "img", "link", "hr", "input", "image"}
SVG_EMPTY = {"path", "use", "rect", "circle", "line", "image", "stop", "polygon", "polyline"}
ANALYSES = ("metrics", "per_class", "confusion", "per_subject")


class Page(HTMLParser):
    """Checks the nesting of a page while it is read, and gathers what tests ask for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert "svg" in self.open or tag in VOID, f"<{tag}/> closes nothing in HTML"
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing, {self.getpos()}"

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        own = dict(attrs)
        self.attributes.append((tag, own))
        if own.get("id"):
            self.ids.append(str(own["id"]))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [own for name, own in self.attributes if name == tag]


class Awkward(Analysis):
    """A stranger's section: markup in its words, and a second section of the same title."""

    def __call__(self, results: Any) -> Section:
        figure = Figure(
            "less < more", '<svg id="a" xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>', 'said "so" & <b>'
        )
        return Section("Metrics", "One <b>bold</b> & word", [Table("a | b", ("x",), [("<i>",)])], [figure, figure])


def chosen(*names: str) -> dict[str, Choice]:
    return {name: Choice.of("analyses", {"name": name}, installed()) for name in names}


def made_results(**more: Any):
    results = example_results()
    fold = [one.fold for one in results.folds]
    per_target = {}
    for name, target in results.data.targets.items():
        rows = results.predictions[results.predictions["target"] == name]
        null = label_permutation(pd.DataFrame(rows), target, times=20)
        known = {"baselines": floors(results.index, fold, target), "permutation": null}
        per_target[name] = {**results.metrics["targets"][name], "floors": known}
    metrics = {**results.metrics, **next(iter(per_target.values())), "targets": per_target, **more}
    config = {**results.config, "split": {"name": "subject_kfold"}, "cell": {"name": "lstm", "hidden_size": 8}}
    config["streams"] = {
        "eeg": {"modality": "eeg", "signal": {"bandpass": {"low": 1.0}}, "cell": "shared", "encoder": "identity"},
        "traits": {"modality": "traits", "features": {"scale": {"name": "standardize", "fit": "train"}}},
    }
    return replace(results, metrics=metrics, config=config)


def written(folder: Path, results=None, analyses: Any = None) -> tuple[str, str, dict[str, Any]]:
    environment = {"python": "3.11", "commit": None, "device": "cpu", "threads": 1, "versions": {"insula": "1"}}
    (folder / "environment.json").write_text(json.dumps({**environment, "command": ["insula", "train", "x y"]}))
    (folder / "config.yaml").write_text("seed: 0\n")
    dataset = Choice.of("datasets", {"name": "synthetic"}, installed())
    given = chosen(*ANALYSES) if analyses is None else analyses
    write_report(results or made_results(), given, dataset, folder)
    html, text = ((folder / f"report.{kind}").read_text() for kind in ("html", "md"))
    return html, text, json.loads((folder / "metrics.json").read_text())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page, its Markdown, and the metrics of a made-up run of two targets."""
    return written(tmp_path_factory.mktemp("run"))


def test_the_page_is_well_formed_and_every_reference_leads_somewhere(made):
    page = Page(made[0])
    assert len(page.ids) == len(set(page.ids)), "an id stands for two things"
    named = [own[key] for _, own in page.attributes for key in ("aria-labelledby",) if key in own]
    links = [str(own["href"]) for own in page.all("a")]
    assert len(links) > 8
    for target in [*named, *(link.removeprefix("#") for link in links)]:
        assert target in page.ids, target
    inside = re.findall(r'(?:href="#|url\(#)([^")]+)', made[0])
    assert set(inside) <= set(page.ids)


def test_nothing_is_fetched_from_elsewhere(made):
    for tag, own in Page(made[0]).attributes:
        for name in ("src", "href", "xlink:href", "srcset", "data", "action"):
            value = own.get(name)
            assert value is None or value.startswith(("#", "data:")), f"{tag} {name}={value}"
    assert not re.search(r"@import|url\((?!#)", made[0])
    assert "<link" not in made[0]


def test_headings_are_in_order_and_landmarks_are_there(made):
    page = Page(made[0])
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.all("main")) == len(page.all("nav")) == 1
    assert page.all("a")[0] == {"class": "skip", "href": "#main"}
    assert page.all("html") == [{"lang": "en"}]


def test_every_figure_has_an_alternative_and_every_table_heads(made):
    page = Page(made[0])
    figures = page.all("svg")
    assert len(figures) == 7
    assert all(own["role"] == "img" and len(str(own["aria-label"])) > 20 for own in figures)
    scopes = [own.get("scope") for own in page.all("th")]
    assert set(scopes) == {"col", "row"}
    assert made[0].count("<caption") == made[0].count("<table>")
    assert all(own.get("tabindex") == "0" for own in page.all("pre"))


def test_the_headline_says_what_the_metrics_say(made):
    html, text, metrics = made
    words = " ".join(Page(html).text)
    for name in ("accuracy", "balanced_accuracy", "macro_f1", "weighted_f1"):
        entry = metrics["metrics"][name]
        assert f"{entry['value']:.3f}" in words
        assert f"[{entry['low']:.3f}, {entry['high']:.3f}]" in words
        assert f"| {entry['value']:.3f} | [{entry['low']:.3f}, {entry['high']:.3f}] |" in text
    accuracy = metrics["metrics"]["accuracy"]
    sentence = (
        f"On people the model has never met, it names one of 3 emotions right in {100 * accuracy['value']:.0f} of 100 "
        f"windows of 2 s ({100 * accuracy['low']:.0f} to {100 * accuracy['high']:.0f})"
    )
    for page in (words, text):
        assert sentence in page
        for floor in metrics["floors"]["baselines"]:
            assert floor["name"] in page
            assert f"{floor['accuracy']:.3f}" in page


def test_every_table_and_fact_stands_in_the_markdown_too(made):
    html, text, _ = made
    captions = re.findall(r"<caption[^>]*>([^<]+)</caption>", html)
    assert len(captions) > 10
    for caption in captions:
        assert caption.replace("&#39;", "'") in text
    for term in re.findall(r"<dt>([^<]+)</dt>", html):
        assert term in text
    for title in re.findall(r"<h2[^>]*>([^<]+)</h2>", html):
        assert f"## {title}" in text
    assert "insula train 'x y'" in text


def test_the_cards_say_what_the_dataset_states_and_what_it_does_not(made, tmp_path):
    html, text, _ = made
    for said in ("Nobody is in it", "Trying out and testing software", "Deciding anything about a person"):
        assert said in html
        assert said in text
    assert "emotion: labels" in html
    assert "The intervals rest on" not in text, "twelve people are not few"
    plain = Choice.of("datasets", {"name": "phymer"}, installed())
    from insula.sources.corpus import about

    assert about(plain)["consent"] == "not stated by the dataset"
    assert "non-commercial" in about(plain)["intended_use"].lower()


def test_labels_are_counted_and_missing_ones_too():
    results = made_results()
    index = results.index.copy()
    index.loc[:2, "emotion"] = None
    table, numbers = label_tables(replace(results, index=index))
    assert table.rows[-1][:2] == ["no label", 3]
    assert sum(row[1] for row in table.rows) == len(index)
    assert table.rows[0][1] == int((index["emotion"] == "anger").sum())
    values = index["arousal"].to_numpy(np.float64)
    assert numbers.rows[0][:2] == [len(index), f"{values.mean():.3g}"]


def test_chains_are_told_with_the_options_of_the_run():
    eeg, traits = streams_table(made_results()).rows
    assert eeg == ["eeg", "eeg", "3 at 16 Hz", "bandpass (low: 1.0)", "none", "identity → lstm (hidden_size: 8)"]
    assert traits[2:5] == ["2 features", "none", "standardize (fit: train)"]


def test_what_a_stranger_says_is_text_and_titles_may_repeat(tmp_path, monkeypatch):
    analyses = chosen("metrics", "confusion")
    made = Choice.build
    monkeypatch.setattr(Choice, "build", lambda own: Awkward() if own.name == "confusion" else made(own))
    html, text, _ = written(tmp_path, analyses=analyses)
    page = Page(html)
    assert "One <b>bold</b> & word" in " ".join(page.text)
    assert [own["aria-label"] for own in page.all("svg")].count('said "so" & <b>') == 2
    assert page.ids.count("1-metrics") == page.ids.count("2-metrics") == 1
    assert "a | b" in text


def test_absent_keys_leave_their_part_out(tmp_path):
    results = made_results()
    metrics = {key: value for key, value in results.metrics.items() if key not in ("controls", "cost", "worst_decile")}
    for own in metrics["targets"].values():
        own.pop("worst_decile", None)
        own["floors"] = {"baselines": own["floors"]["baselines"]}
    analyses = {name: choice for name, choice in chosen(*ANALYSES).items() if name != "metrics"}
    html, *_ = written(tmp_path, replace(results, metrics={**metrics, "floors": {"baselines": []}}), analyses)
    Page(html)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_has_the_contrast_that_wcag_asks_for_in_light_dark_and_print():
    css = (Path(str(report.__file__)).parent / "templates" / "style.css").read_text()
    themes = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{([^}]+)\}", css)]
    assert len(themes) == 3
    for theme in themes:
        for ink in ("ink", "soft", "link", "good", "fair", "bad"):
            for ground in ("paper", "card"):
                light, dark = sorted((luminance(theme[ink]), luminance(theme[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground, theme)
