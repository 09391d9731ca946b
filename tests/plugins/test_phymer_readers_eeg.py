"""The EEG: FIF, SET and CSV give the same 14 channels in volts, whatever order, prefix and unit; the rest is named."""

import logging
import warnings
from pathlib import Path

import numpy as np
import pytest

from insula import SignalError, Trial
from insula.plugin.testing import check_reader
from insula_phymer.channels import EPOC_X
from insula_phymer.dataset import PhyMER
from insula_phymer.eeg import PhyMEREEG
from made_phymer import CHANNELS, eeg, write_fif, write_phymer, write_set, write_text

DATA = eeg()


def trial(name: str) -> Trial:
    return Trial("SUB07VID24", "07", context={"eeg": Path(name)})


def read(path: Path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nor may MNE say anything
        return PhyMEREEG(path.parent, **options).read(trial(path.name))


def write_csv(path: Path, data: np.ndarray, names: list[str] | None = CHANNELS) -> Path:
    lines = [",".join(map(repr, map(float, row))) for row in data.T]
    return write_text(path, "\n".join([*([",".join(names)] if names else []), *lines]) + "\n")


def test_the_order_is_emotivs() -> None:
    assert list(EPOC_X) == CHANNELS


@pytest.mark.parametrize("name", ["SUB07VID24_raw.fif", "any name.fif"])
def test_fif(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture, capfd) -> None:
    signal = read(write_fif(tmp_path / name, DATA))
    np.testing.assert_allclose(signal.data, DATA, rtol=1e-6)
    assert (signal.sfreq, signal.ch_names, set(signal.units)) == (256.0, EPOC_X, {"V"})
    assert signal.notes == {}
    assert capfd.readouterr().out == ""


def test_set(tmp_path: Path) -> None:
    signal = read(write_set(tmp_path / "SUB07VID24.set", DATA))
    np.testing.assert_allclose(signal.data, DATA, rtol=1e-5)
    assert (signal.sfreq, signal.ch_names, signal.notes) == (256.0, EPOC_X, {})


def test_samples_beside_a_set_file_belong_to_it(tmp_path: Path) -> None:
    reader = PhyMEREEG(tmp_path)
    write_text(tmp_path / "a.set", "x")
    assert list(reader.files(trial("a.set"))) == [tmp_path / "a.set"]
    write_text(tmp_path / "a.fdt", "x")
    assert list(reader.files(trial("a.set"))) == [tmp_path / "a.set", tmp_path / "a.fdt"]


@pytest.mark.parametrize("pattern", ["{}", "EEG {}", "EEG.{}", "eeg-{}", " {} "])
def test_channels_in_another_order_and_spelling(tmp_path: Path, pattern: str) -> None:
    order = np.random.default_rng(1).permutation(14)
    names = [pattern.format(CHANNELS[place]).lower() for place in order]
    data = np.concatenate([np.full((1, DATA.shape[1]), 7.0), DATA[order]])
    signal = read(write_fif(tmp_path / "a_raw.fif", data, ["COUNTER", *names]))
    np.testing.assert_allclose(signal.data, DATA, rtol=1e-6)
    assert signal.ch_names == EPOC_X


def test_some_channels_only(tmp_path: Path) -> None:
    signal = read(write_fif(tmp_path / "a_raw.fif", DATA), channels=("O2", "AF3"))
    np.testing.assert_allclose(signal.data, DATA[[7, 0]], rtol=1e-6)
    assert signal.ch_names == ("O2", "AF3")


def test_microvolts_under_the_name_of_volts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="insula"):
        signal = read(write_fif(tmp_path / "a_raw.fif", DATA * 1e6))
    np.testing.assert_allclose(signal.data, DATA, rtol=1e-6)
    assert signal.notes == {"rescaled from µV": 1.0}
    assert "a_raw.fif: its volts are microvolts" in caplog.text


def test_microvolts_without_an_offset_too(tmp_path: Path) -> None:
    cleaned = (DATA - 4.2e-3) * 1e6
    signal = read(write_fif(tmp_path / "a_raw.fif", cleaned))
    np.testing.assert_allclose(signal.data, cleaned * 1e-6, rtol=1e-5)
    assert "rescaled from µV" in signal.notes


def test_the_unit_may_be_said(tmp_path: Path) -> None:
    path = write_fif(tmp_path / "a_raw.fif", DATA * 1e6)
    kept, scaled = read(path, unit="V"), read(path, unit="uV")
    np.testing.assert_allclose(kept.data, DATA * 1e6, rtol=1e-6)
    np.testing.assert_allclose(scaled.data, DATA, rtol=1e-6)
    assert kept.notes == scaled.notes == {}


def test_undefined_samples_stay_undefined(tmp_path: Path) -> None:
    data = DATA * 1e6
    data[3, 10:20], data[4, 5] = np.nan, np.inf
    signal = read(write_fif(tmp_path / "a_raw.fif", data))
    expected = np.isnan(data)
    expected[4, 5] = True
    np.testing.assert_array_equal(np.isnan(signal.data), expected)
    assert signal.notes == {"rescaled from µV": 1.0}


@pytest.mark.parametrize("names", [CHANNELS, None])
def test_csv_with_a_row_of_names_or_none(tmp_path: Path, names: list[str] | None) -> None:
    signal = read(write_csv(tmp_path / "EEG_256.csv", DATA * 1e6, names))
    np.testing.assert_allclose(signal.data, DATA, rtol=1e-6)
    assert (signal.sfreq, signal.ch_names, signal.notes) == (256.0, EPOC_X, {"rescaled from µV": 1.0})


def test_csv_with_further_columns_and_empty_cells(tmp_path: Path) -> None:
    lines = [",".join(["time", *reversed(CHANNELS)])]
    lines += [",".join(["0", *("" if k == 2 else str(4000 + k) for k in reversed(range(14)))])] * 3
    signal = read(write_text(tmp_path / "EEG_256.csv", "\n".join(lines)))
    assert np.isnan(signal.data[2]).all()
    np.testing.assert_allclose(signal.data[13], 4013e-6, rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it can't be read as CSV: No columns"),
        (",".join(CHANNELS) + "\n", "it holds no samples"),
        (",".join("1" * 13) + "\n", "it has no row of names and 13 columns, not 14"),
        (",".join(CHANNELS[1:]) + "\n" + ",".join("1" * 13), r"it lacks 1 of 14 channels: AF3 \(it has: F7, "),
        (",".join(CHANNELS) + "\n" + ",".join(["1"] * 13 + ["x"]), "its column AF4 holds 'x', which is no number"),
    ],
)
def test_csv_that_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SignalError, match=rf"EEG_256\.csv \(subject 07, trial SUB07VID24\): {message}"):
        read(write_text(tmp_path / "EEG_256.csv", text))


def test_channels_that_are_missing_or_double(tmp_path: Path) -> None:
    place = r"a_raw\.fif \(subject 07, trial SUB07VID24\): "
    with pytest.raises(SignalError, match=place + r"it lacks 1 of 14 channels: AF4 \(it has: AF3, F7, "):
        read(write_fif(tmp_path / "a_raw.fif", DATA[:13], CHANNELS[:13]))
    with pytest.raises(SignalError, match=place + r"it lacks 14 of 14 channels: AF3, .*\(it has: 1, 2, "):
        read(write_fif(tmp_path / "a_raw.fif", DATA, [str(number) for number in range(1, 15)]))
    with pytest.raises(SignalError, match=place + "it has several channels AF3: AF3, "):
        read(write_fif(tmp_path / "a_raw.fif", np.concatenate([DATA, DATA[:1]]), [*CHANNELS, "EEG AF3"]))


def test_another_rate_is_refused_with_what_to_type(tmp_path: Path) -> None:
    path = write_fif(tmp_path / "a_raw.fif", DATA, sfreq=128.0)
    message = r"its rate is 128 Hz, not 256; .* '\+streams\.NAME\.reader=\{name: phymer_eeg, sfreq: 128\}'"
    with pytest.raises(SignalError, match=r"a_raw\.fif \(subject 07, trial SUB07VID24\): " + message):
        read(path)
    assert read(path, sfreq=128.0).sfreq == read(path, sfreq=None).sfreq == 128.0


def test_a_clock_that_is_slightly_off_counts_as_the_nominal_rate(tmp_path: Path) -> None:
    assert read(write_fif(tmp_path / "a_raw.fif", DATA, sfreq=255.99)).sfreq == 256.0


def epochs(path: Path) -> Path:
    import mne

    made = mne.EpochsArray(np.stack([DATA, DATA]), mne.create_info(CHANNELS, 256.0, "eeg"), verbose="ERROR")
    made.export(path, verbose="ERROR") if path.suffix == ".set" else made.save(path, verbose="ERROR")
    return path


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.99])
@pytest.mark.parametrize("write", [write_fif, write_set])
def test_a_file_that_is_cut_off_is_named(tmp_path: Path, write, share: float) -> None:
    path = write(tmp_path / ("a.set" if write is write_set else "a_raw.fif"), DATA)
    body = path.read_bytes()
    path.write_bytes(body[: int(share * len(body))])
    with pytest.raises(
        SignalError, match=r"a.*\(subject 07, trial SUB07VID24\): it can't be read as a continuous .*cut off"
    ):
        read(path)


@pytest.mark.parametrize("name", ["a_raw.fif", "a.set"])
@pytest.mark.parametrize("body", [b"junk" * 2000, bytes(5000)])
def test_junk_is_named(tmp_path: Path, name: str, body: bytes) -> None:
    with pytest.raises(
        SignalError, match=rf"{name} \(subject 07, trial SUB07VID24\): it can't be read as a continuous"
    ):
        read(write_text(tmp_path / name, body))


@pytest.mark.parametrize("name", ["a_raw.fif", "a.set"])
def test_an_empty_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SignalError, match=rf"{name} \(subject 07, trial SUB07VID24\): it is empty"):
        read(write_text(tmp_path / name, b""))


@pytest.mark.parametrize("name", ["a-epo.fif", "a.set"])
def test_epochs_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SignalError, match=rf"{name} \(subject 07, trial SUB07VID24\): .*or of epochs\?"):
        read(epochs(tmp_path / name))


def test_nothing_but_nan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignalError, match=r"a_raw\.fif \(subject 07, trial SUB07VID24\): it holds no defined sample"):
        read(write_fif(tmp_path / "a_raw.fif", np.full_like(DATA, np.nan)))


def test_what_was_looked_for_is_the_error_where_nobody_has_eeg(tmp_path: Path) -> None:
    root = write_phymer(tmp_path, [(1, 7)], with_eeg=False)
    (first,) = PhyMER(root).trials()
    with pytest.raises(SignalError, match=r"no eeg file was found: looked below Emotiv for names like .*fif"):
        PhyMEREEG(root).read(first)


def test_contract(tmp_path: Path) -> None:
    check_reader(PhyMEREEG, dataset=PhyMER, root=write_phymer(tmp_path, [(1, 7), (2, 24)]))
