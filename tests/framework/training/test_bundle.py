"""Bundles: whole or not there, readable by this version with these plugins, and nothing else."""

import json
import shutil

import pytest

from insula import BundleError
from insula.plugin.manager import installed
from insula.training.bundle import load_bundle

OPTIONS = (
    *("experiment=demo", "dataset.subjects=3", "dataset.trials=3", "dataset.seconds=4", "split=subject_kfold"),
    *("split.k=3", "training.epochs=1", "~streams.eeg", "cell.hidden_size=4"),
    "+streams.peripheral.features.per_person={name: standardize, fit: subject}",
)


@pytest.fixture
def bundle(train, tmp_path):
    train(*OPTIONS)
    return tmp_path / "run" / "folds" / "seed0-fold1" / "bundle"


def test_a_bundle_is_json_and_safetensors(bundle):
    assert {path.name for path in bundle.iterdir()} == {
        "bundle.json",
        "weights.safetensors",
        "preprocessing.safetensors",
    }
    about = json.loads((bundle / "bundle.json").read_text())
    assert {"data", "model", "streams", "plugins", "window", "about"} <= about.keys()
    train, subject = about["streams"]["peripheral"]["features"]
    assert subject["fitted"] is None, "what is fitted on subjects is fitted anew on new people"
    assert train["fitted"] is not None


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "weights.safetensors").write_bytes(b"garbage"), "can't be loaded"),
        (lambda f: (f / "bundle.json").unlink(), "can't be loaded"),
        (lambda f: _edit(f, lambda about: about.update(format=99)), "format 99, this insula reads 1"),
        (lambda f: _edit(f, lambda about: about["model"]["fusion"].update(name="gone")), "no fusion called 'gone'"),
        (
            lambda f: _edit(f, lambda a: a["model"]["paths"]["peripheral"]["cell"].update(hidden_size=5)),
            "can't be loaded",
        ),
        (lambda f: _edit(f, lambda a: a["streams"]["peripheral"]["features"][0]["fitted"].update(_evil())), "bundle"),
    ],
)
def test_what_is_wrong_with_a_bundle_is_named(bundle, tmp_path, damage, message):
    copy = tmp_path / "copy"
    shutil.copytree(bundle, copy)
    damage(copy)
    with pytest.raises(BundleError, match=message):
        load_bundle(copy, installed())


def _edit(folder, change):
    about = json.loads((folder / "bundle.json").read_text())
    change(about)
    (folder / "bundle.json").write_text(json.dumps(about))


def _evil() -> dict:
    return {"class": "Popen"}
