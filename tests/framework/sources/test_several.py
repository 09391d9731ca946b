"""Several datasets: labels that become common ones, names that never mix, and every mistake said."""

import numpy as np
import pytest

from insula import ConfigError, DataError, Signal, Target, Trial
from insula.plugin.manager import installed
from insula.resolver import Resolver
from insula.sources.corpora import open_corpora
from insula.sources.joined_trial import joined, own_name
from insula.sources.joint_label import joint_labels
from insula.sources.joint_target import join_target
from insula.sources.label_map import LabelMap
from made_tables import made_table

FEELINGS = Target("classes", ("anger", "boredom", "happiness"))
MOODS = Target("classes", ("happy", "angry"))
TOGETHER = {
    "berlin": {"emotion": LabelMap(classes={"anger": "angry", "boredom": None, "happiness": "happy"})},
    "cafe": {"emotion": LabelMap(of="mood")},
}


def joint(maps=TOGETHER, berlin: Target = FEELINGS, cafe: Target = MOODS):
    return join_target("emotion", {"berlin": {"emotion": berlin}, "cafe": {"mood": cafe}}, maps)


def label(value, maps=TOGETHER):
    made = joint(maps)
    return joint_labels(made, "berlin", Trial("t", "s", labels={"emotion": value}))


def test_classes_take_their_common_names_in_the_order_of_the_first_dataset():
    found = joint()
    assert found.target == Target("classes", ("angry", "happy"))
    assert found.told() == [
        "emotion: in emotion of berlin, anger is angry, boredom is left out, happiness is happy",
    ]
    assert joint_labels(found, "cafe", Trial("t", "s", labels={"mood": "happy"})) == ({"emotion": "happy"}, None)


def test_classes_that_are_the_same_need_no_map():
    other = Target("classes", ("happiness", "anger", "boredom"))
    found = join_target("emotion", {"a": {"emotion": FEELINGS}, "b": {"emotion": other}}, {})
    assert found.target.classes == FEELINGS.classes
    assert found.told() == []


def test_a_class_that_only_one_has_must_be_named():
    maps = {"cafe": {"emotion": LabelMap(of="mood", classes={"angry": "anger", "happy": "happiness"})}}
    with pytest.raises(ConfigError) as caught:
        joint(maps)
    assert str(caught.value) == (
        "targets.emotion: not every dataset has the classes boredom (in berlin). Say what each is called together, "
        "like labels.berlin.emotion.classes.boredom=COMMON_CLASS; null leaves a class out, and its own name keeps it"
    )
    maps["berlin"] = {"emotion": LabelMap(classes={"boredom": "boredom"})}
    assert joint(maps).target.classes == ("anger", "boredom", "happiness")


def test_a_slip_in_a_common_name_is_no_new_class():
    maps = {
        **TOGETHER,
        "berlin": {"emotion": LabelMap(classes={"anger": "angy", "boredom": None, "happiness": "happy"})},
    }
    with pytest.raises(ConfigError, match=r"classes angry \(in cafe\)"):
        joint(maps)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("anger", ("angry", None)),
        (2, ("happy", None)),
        (2.0, ("happy", None)),
        ("boredom", (None, "boredom")),
        (None, (None, None)),
        (float("nan"), (None, None)),
        ({"anger": 2, "boredom": 1, "happiness": 2}, ({"angry": 2.0, "happy": 2.0}, None)),
        ({"anger": 2, "boredom": 3}, (None, "boredom")),
    ],
)
def test_a_class_is_mapped_however_it_is_written(given, expected):
    labels, dropped = label(given)
    assert (labels["emotion"], dropped) == expected


def test_raters_who_named_two_classes_of_one_name_are_counted_together():
    maps = {
        **TOGETHER,
        "berlin": {"emotion": LabelMap(classes={"anger": "angry", "boredom": "angry", "happiness": "happy"})},
    }
    labels, _ = label({"anger": 2, "boredom": 1, "happiness": 2}, maps)
    assert labels == {"emotion": {"angry": 3.0, "happy": 2.0}}


def test_a_label_over_time_codes_the_common_classes():
    codes = Signal.of([[0, 1, 2, np.nan, 2]], 1.0, ["code"], "1")
    (found,) = label(codes)[0].values()
    np.testing.assert_array_equal(found.data, [[0, np.nan, 1, np.nan, 1]])
    np.testing.assert_array_equal(found.defined, [[True, False, True, False, True]])


@pytest.mark.parametrize("wrong", ["joy", 3, {"joy": 1}, Signal.of([[0, 7]], 1.0, ["code"], "1")])
def test_a_label_that_is_no_class_of_its_dataset(wrong):
    with pytest.raises(
        DataError, match=r"dataset.berlin: trial t: its label .* isn't one of anger, boredom, happiness"
    ):
        label(wrong)


def test_numbers_are_brought_to_a_common_scale():
    number = Target("number")
    maps = {"berlin": {"emotion": LabelMap(scale=(1, 5, 0, 1))}, "cafe": {"emotion": LabelMap(of="mood")}}
    found = joint(maps, number, number)
    assert found.target == number
    assert found.told() == ["emotion: emotion of berlin from 1–5 to 0–1"]
    over_time = Signal.of([[1, 2, np.nan]], 1.0, ["x"], "1")
    values = [joint_labels(found, "berlin", Trial("t", "s", labels={"emotion": v}))[0] for v in (4, "3", over_time)]
    assert values[0] == {"emotion": 0.75}
    assert values[1] == {"emotion": 0.5}
    np.testing.assert_allclose(values[2]["emotion"].data, [[0, 0.25, np.nan]])
    assert joint_labels(found, "cafe", Trial("t", "s", labels={"mood": 7}))[0] == {"emotion": 7.0}


def test_two_classes_are_binary_only_where_all_say_so():
    yes_no = Target("binary", ("no", "yes"))
    same = join_target("x", {"a": {"x": yes_no}, "b": {"x": Target("binary", ("yes", "no"))}}, {})
    mixed = join_target("x", {"a": {"x": yes_no}, "b": {"x": Target("classes", ("no", "yes"))}}, {})
    assert (same.target, mixed.target.kind) == (yes_no, "classes")


def test_numbers_that_all_cut_alike_stay_numbers_until_they_are_cut():
    target = Target("binary", ("low", "high"), "arousal", median="train")
    found = join_target("x", {"a": {"x": target}, "b": {"x": target}}, {})
    labels, _ = joint_labels(found, "a", Trial("t", "s", labels={"arousal": 3.0}))
    assert [labels[key] for key in found.target.keys("x")] == [3.0]
    assert found.target.median == "train"
    other = Target("binary", ("low", "high"), "arousal", (2.5,))
    with pytest.raises(ConfigError, match=r"targets.x: it cuts numbers into classes, and a, b cut them otherwise"):
        join_target("x", {"a": {"x": target}, "b": {"x": other}}, {})
    with pytest.raises(ConfigError, match="which no map can change"):
        join_target("x", {"a": {"x": target}}, {"a": {"x": LabelMap(classes={"low": "l"})}})


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        (
            {"berlin": {"emotion": LabelMap(classes={"angr": "angry"})}},
            r"labels.berlin.emotion.classes.angr: 'emotion' has no such class in berlin \(did you mean 'anger'\?\)",
        ),
        (
            {"cafe": {"emotion": LabelMap(classes={"angry": "anger"})}},
            r"labels.cafe.emotion: dataset.cafe has no such target.* mood; type labels.cafe.emotion.of=ITS_NAME",
        ),
        ({"cafe": {"emotion": LabelMap(of="mod")}}, r"labels.cafe.emotion.of=mod: .* \(did you mean 'mood'\?\)"),
        ({"berlin": {"emotion": LabelMap(scale=(0, 1, 0, 2))}}, "'emotion' has classes in berlin; type labels.berlin"),
        (
            {"berlin": {"emotion": LabelMap(classes={"anger": "x", "boredom": "x", "happiness": "x"})}},
            "labels leave 1 classes",
        ),
    ],
)
def test_a_map_that_can_not_be(maps, message):
    with pytest.raises(ConfigError, match=message):
        joint(maps)


def test_a_number_is_no_class():
    with pytest.raises(ConfigError, match=r"'emotion' is a number in berlin; type labels.berlin.emotion.scale="):
        joint(berlin=Target("number"))
    with pytest.raises(ConfigError, match="it is of kind number in berlin, of kind classes in cafe: these are two"):
        join_target("x", {"berlin": {"x": Target("number")}, "cafe": {"x": MOODS}}, {})


def test_a_target_that_no_dataset_has():
    with pytest.raises(
        ConfigError, match=r"none of the datasets has such a target \(did you mean 'mood'\?\): berlin has"
    ):
        join_target("moood", {"berlin": {"emotion": FEELINGS}, "cafe": {"mood": MOODS}}, {})


def test_names_hold_within_their_dataset_and_can_be_said_as_they_were():
    trial = Trial("t1", "p1", session="s", stimulus="film", recording="r", group="g", parent="t0")
    first, second = joined(trial, "a"), joined(trial, "b")
    for name in ("id", "subject", "recording", "group", "parent"):
        assert getattr(first, name) != getattr(second, name)
        assert own_name(first, name) == own_name(trial, name) == getattr(trial, name)
    assert (first.dataset, own_name(first, "session")) == ("a", "s")
    assert own_name(Trial("a/t1", "p1", dataset="a"), "id") == "a/t1", "a name of its own that looks like one of ours"


def test_trials_of_a_table_that_holds_several_datasets_itself(compose, tmp_path):
    one, two = (tmp_path / name for name in ("one", "two"))
    made_table(one, people=2)
    text = (one / "manifest.csv").read_text().splitlines()
    inside = ["lab", *(["home"] * 4), *(["office"] * 4)]
    inside[0] = "dataset"
    (one / "manifest.csv").write_text("\n".join(f"{row},{name}" for row, name in zip(text, inside, strict=True)))
    made_table(two, seed=1)
    corpus = open_corpora(compose(*RUN, f"dataset.one.root={one}", f"dataset.two.root={two}").dataset)
    assert {trial.dataset for trial in corpus.trials} == {"one.home", "one.office", "two"}
    assert len({trial.id for trial in corpus.trials}) == 8 + 12
    assert [len(lot.trials) for lot in corpus.lots(corpus.trials)] == [8, 12]


RUN = (
    "experiment=signals",
    "dataset=several",
    "dataset.one=table",
    "dataset.two=table",
    "split=leave_dataset_out",
    "window.length=2",
    "+targets.mood={}",
)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("dataset=several",), r"dataset: which ones\? Type dataset.KEY=NAME dataset.KEY.root=DIR for each"),
        (
            ("dataset=several", "dataset.a=emodbb"),
            r"dataset.a: there is no dataset called 'emodbb' \(did you mean 'emodb'",
        ),
        (
            ("dataset=several", "dataset.a=emodb", "dataset.a.rot=/x"),
            r"dataset.a.rot: no such option \(did you mean 'root'",
        ),
        (("dataset=several", "dataset.a=synthetic", "dataset.b=synthetic"), "dataset.b: it is the same as dataset.a"),
        (
            ("dataset=several", "dataset.a=synthetic", "labels.b.emotion.of=x"),
            "labels.b: the run has no such dataset.* It has: a",
        ),
        (
            ("dataset=several", "dataset.a=synthetic", "labels.a.emotion.clases={}"),
            r"labels.a.emotion.clases: no such option \(did you mean 'classes'\?\)",
        ),
        (("dataset=several", "dataset.a=synthetic", "labels.a.x.scale=[1,1,0,1]"), "scale takes two different numbers"),
        (("dataset=synthetic", "labels.synthetic.emotion.of=x"), "labels: they say how several datasets are joined"),
        (
            ("dataset=several", "dataset.a=synthetic", "streams.signal.reader.b=table_file"),
            "streams.signal.reader.b: the run has no such dataset",
        ),
        (("dataset=several", "+dataset@dataset.a=emodb", "+dataset@dataset.a=table"), "dataset@dataset.a"),
    ],
)
def test_a_users_mistake_is_said_before_any_work(compose, overrides, message):
    with pytest.raises(ConfigError, match=message):
        compose("experiment=signals", "split=subject_kfold", *overrides)


def test_a_key_is_a_plain_word():
    resolver = Resolver(installed())
    resolver.dataset({"a/b": "emodb"}, None)
    assert resolver.errors == ["dataset.a/b: a dataset's key is made of letters, digits, _ and -"]


def test_a_key_that_stands_twice_in_a_file(tmp_path):
    from insula.cli.compose import preflight

    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "twice.yaml").write_text(
        "# @package _global_\ndefaults: [signals, _self_, override /dataset: several]\n"
        "dataset:\n  a: {name: table}\n  a: {name: emodb}\n"
    )
    with pytest.raises(Exception, match="duplicate key a"):
        preflight(["--config-dir", str(tmp_path), "experiment=twice", "split=subject_kfold"])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ((), r"dataset.one: where is the data\? Type dataset.one.root=/path/to/table"),
        (("dataset.one.root=/nowhere",), "dataset.one.root=/nowhere: there is no such file or folder"),
    ],
)
def test_a_root_that_is_missing(compose, more, message):
    with pytest.raises(DataError, match=message):
        open_corpora(compose(*RUN, *more).dataset)


def test_a_dataset_that_can_not_be_opened_is_named(compose, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no manifest")
    with pytest.raises(DataError, match=r"dataset.one: table: there is no manifest"):
        open_corpora(compose(*RUN, f"dataset.one.root={tmp_path / 'empty'}").dataset)
