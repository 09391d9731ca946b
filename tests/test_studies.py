"""The bundled studies of parts: rows differ in what is compared and in nothing else, sizes are alike, all compose."""

from pathlib import Path

import pytest

from insula.cli.compose import preflight, study_of
from insula.cli.study import folders_of, read_study, study_names
from insula.model.build import count_parameters
from insula.plugin.manager import installed

TOP = Path(__file__).parents[1]
BY_CELL = ("cells", "cells_phymer", "robustness")
BY_FUSION = ("fusion", "robustness_fusion")
STREAMS = {"streams": 3, "streams_phymer": 10}
STUDIES = (*BY_CELL, *BY_FUSION, *STREAMS)


def keys(words):
    return {word.partition("=")[0] for word in words}


def options(words, group):
    """What words choose from a group: its name and options."""
    pairs = dict(word.split("=", 1) for word in words if word.startswith(group))
    name = pairs.pop(group)
    numbers = {key.partition(".")[2]: value.strip("[]") for key, value in pairs.items()}
    given = {key: (int(n),) if f"{group}.{key}=[" in "".join(words) else int(n) for key, n in numbers.items()}
    return name, given


@pytest.mark.parametrize("name", STUDIES)
def test_rows_share_recipe_windows_and_seeds(name):
    study = read_study(name, folders_of(None))
    assert "seed=[0,1,2]" in study.base
    assert {"seed=0", "split.take=1", "training.epochs=1"} <= {*study.sizes["smoke"]}
    assert ("analyses.robustness={}" in study.base) == ("robustness" in name)
    changed = set().union(*(keys(row.overrides) for row in study.every.values()))
    allowed = {"cell", "cell.hidden_size", "cell.backbone_size", "split"} if name in BY_CELL else set()
    if name in STREAMS:
        allowed = {"streams.{stream}.used", "streams.{others}.used"}
    if name in BY_FUSION:  # the term is the autoencoder's alone
        allowed = {key for key in changed if key.startswith("fusion")} | {"training.losses.reconstruction.weight"}
    assert changed <= allowed


@pytest.mark.parametrize("inputs", [39, 48])
@pytest.mark.parametrize("name", BY_CELL)
def test_cells_are_of_about_one_size(name, inputs):
    chosen = [options(words, "cell") for words in read_study(name, folders_of(None)).axes["cell"].values()]
    assert [cell for cell, _ in chosen] == ["ltc", "ctrnn", "euler_ltc", "cfc", "lstm", "gru", "tcn"]
    sizes = [count_parameters(installed().get("cells", cell).cls(inputs, **given)) for cell, given in chosen]
    assert min(sizes) > 9_000
    assert max(sizes) < 1.15 * min(sizes), sizes


@pytest.mark.parametrize("name", BY_FUSION)
def test_fusion_heads_are_all_there_and_of_about_one_size_on_the_demo(name):
    chosen = [options(words, "fusion") for words in read_study(name, folders_of(None)).axes["fusion"].values()]
    assert {head for head, _ in chosen} == set(installed().names("fusions"))
    given = {"eeg": 32, "peripheral": 32, "personality": 8}, {"emotion": 3}
    sizes = [count_parameters(installed().get("fusions", head).cls(*given, **own)) for head, own in chosen]
    assert min(sizes) > 3_500
    assert max(sizes) < 1.6 * min(sizes), sizes


@pytest.mark.parametrize("name", STUDIES)
def test_rows_compose(name, tmp_path):
    root = [f"dataset.root={tmp_path}"] if name.endswith("phymer") else []
    runs = study_of([f"study={name}", "study.size=smoke", *root]).runs()
    assert len(runs) == {**STREAMS, "cells": 14, "cells_phymer": 14, "robustness": 7}.get(name, 6) * (
        2 if name in STREAMS else 1
    ) + (name in STREAMS)
    for row in (next(iter(runs)), list(runs)[-1]):
        ((_, config, *_),) = preflight(runs[row])
        assert config.training.select_on == "validation"
        assert len(config.used) == (1 if row.endswith("alone") else len(config.streams))
        assert ("robustness" in config.analyses) == ("robustness" in name)


def test_cells_run_under_two_protocols_on_other_data(tmp_path):
    runs = study_of(["study=cells", "experiment=emodb", f"dataset.root={tmp_path}"]).runs()
    for row, split in (("ltc, new people", "subject_kfold"), ("tcn, known people", "leave_trials_out")):
        ((_, config, *_),) = preflight(runs[row])
        assert (config.dataset.name, config.split.name, config.seeds) == ("emodb", split, (0, 1, 2))


def test_every_study_is_documented():
    text = "".join((TOP / "docs" / f"{page}.md").read_text() for page in ("runs", "phymer", "iemocap"))
    rows = "".join(line for line in text.splitlines() if line.startswith("| `"))
    for name in study_names(folders_of(None)):
        assert f"`{name}`" in rows, name
