"""A fitted Transform goes to JSON and arrays and back, and nothing else does."""

import json
from dataclasses import dataclass

import numpy as np
import pytest

from insula import BundleError, Preprocessor, Signal, Transform
from insula.preprocess.fitted import pack, unpack


@dataclass(frozen=True, eq=False)
class Learnt(Transform):
    mean: np.ndarray
    counts: np.ndarray
    name: str
    order: tuple
    table: dict
    limit: float = float("inf")
    reach: tuple[float, float] = (0.5, float("inf"))

    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(signal.data - self.mean[:, None])


@dataclass
class NoTransform:
    mean: np.ndarray


class Learner(Preprocessor):
    def fit(self, signals) -> Transform:
        return LEARNT


class Doubled(Transform):
    def __call__(self, signal: Signal) -> Signal:
        return signal.with_data(2 * signal.data)


@dataclass(frozen=True)
class Half(Transform):
    factor: object = 0.5

    def __call__(self, signal: Signal) -> Signal:
        return signal


LEARNT = Learnt(
    mean=np.array([1 / 3, 2.0]),
    counts=np.array([[1, 2]], dtype=np.int64)[:, ::-1],
    name="z",
    order=("a", (1, 2.5, None), True),
    table={"x": {"deep": (1, 2)}},
)


def trip(transform: Transform, preprocessor: type[Preprocessor] = Learner) -> Transform:
    plain, arrays = pack(transform, preprocessor)
    return unpack(preprocessor, json.loads(json.dumps(plain)), arrays)


def test_round_trip() -> None:
    back = trip(LEARNT)
    assert isinstance(back, Learnt)
    assert (back.name, back.order, back.table, back.limit, back.reach) == (
        LEARNT.name, LEARNT.order, LEARNT.table, LEARNT.limit, LEARNT.reach
    )  # fmt: skip
    np.testing.assert_array_equal(back.mean, LEARNT.mean)
    np.testing.assert_array_equal(back.counts, LEARNT.counts)
    assert back.mean.dtype == np.float64
    assert back.counts.dtype == np.int64


def test_round_trip_through_safetensors(tmp_path) -> None:
    from safetensors.numpy import load_file, save_file

    plain, arrays = pack(LEARNT, Learner)
    save_file(arrays, tmp_path / "arrays.safetensors")
    back = unpack(Learner, plain, load_file(tmp_path / "arrays.safetensors"))
    np.testing.assert_array_equal(back.counts, LEARNT.counts)  # type: ignore[attr-defined]


def test_what_could_not_be_made_again_is_refused_before_it_is_saved() -> None:
    with pytest.raises(BundleError, match=r"Learner\.fit returned a Doubled, which a bundle can't store"):
        pack(Doubled(), Learner)


@pytest.mark.parametrize(
    "value", [[1, 2], {1: "a"}, {"a", "b"}, b"bytes", object(), np.array(["a"]), np.array([object()]), (1, [2])]
)
def test_what_a_bundle_cannot_store_is_refused(value) -> None:
    with pytest.raises(BundleError, match=r"Half.factor(\[1\])? is an? "):
        pack(Half(value), Learner)


def test_numpy_scalars_become_numbers() -> None:
    assert pack(Half(np.float32(0.5)), Learner)[0]["fields"] == {"factor": 0.5}


@pytest.mark.parametrize(
    "name", ["NoTransform", "Doubled", "Learner", "np", "os", "Missing", "Transform", "Signal", None, 3, "Learnt.x"]
)
def test_only_a_dataclass_of_the_module_is_made(name) -> None:
    with pytest.raises(BundleError, match="defines no dataclass of that name"):
        unpack(Learner, {"class": name, "fields": {}}, {})


def test_an_imported_transform_is_refused() -> None:
    """The name must be defined in the preprocessor's module, not only known there."""
    from contracts_faulty import steps

    steps.Half = Half  # type: ignore[attr-defined]
    with pytest.raises(BundleError, match="defines no dataclass"):
        unpack(steps.Scale, {"class": "Half", "fields": {}}, {})
    del steps.Half  # type: ignore[attr-defined]


def test_fields_that_differ_are_named() -> None:
    plain, arrays = pack(LEARNT, Learner)
    with pytest.raises(BundleError, match="a version that differs in counts"):
        unpack(Learner, plain, {"mean": arrays["mean"]})
    plain["fields"]["novel"] = 1
    with pytest.raises(BundleError, match="a version that differs in novel"):
        unpack(Learner, plain, arrays)


def test_a_missing_field_with_a_default_takes_it() -> None:
    plain, arrays = pack(LEARNT, Learner)
    del plain["fields"]["limit"]
    assert unpack(Learner, plain, arrays).limit == float("inf")  # type: ignore[attr-defined]
