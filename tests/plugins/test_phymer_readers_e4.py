"""The wristband's files: headers in every shape that was seen, rates, units, and when the heart rate begins."""

from pathlib import Path

import numpy as np
import pytest

from insula import Reader, SignalError, Trial
from insula.plugin.testing import check_reader
from insula_phymer.bvp import PhyMERBVP
from insula_phymer.dataset import PhyMER
from insula_phymer.e4 import read_e4
from insula_phymer.eda import PhyMEREDA
from insula_phymer.heart_rate import PhyMERHeartRate
from insula_phymer.temperature import PhyMERTemperature
from made_phymer import START, write_e4, write_phymer, write_text

EDA = [0.5, 0.75, 1.0, 1.25, 1.5]


def trial(**files: str) -> Trial:
    return Trial("SUB07VID24", "07", context={name: Path(path) for name, path in files.items()})


def read_eda(root: Path, text: str | bytes, name: str = "SUB07VID24_EDA_4.csv", **options):
    write_text(root / name, text)
    return PhyMEREDA(root, **options).read(trial(eda=name))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1640995200.000000\n4.000000\n0.5\n0.75\n1.0\n1.25\n1.5\n", id="as exported"),
        pytest.param("1640995200\r\n4\r\n0.5\r\n0.75\r\n1\r\n1.25\r\n1.5\r\n", id="re-saved by a spreadsheet"),
        pytest.param("\ufeff1640995200\r\n4\r\n0.5\r\n0.75\r\n1\r\n1.25\r\n1.5", id="with a byte-order mark"),
        pytest.param("1.6409952E+09\n4\n0.5\n0.75\n1\n1.25\n1.5\n\n\n", id="in powers of ten, blank lines"),
        pytest.param("0.5\n0.75\n1.0\n1.25\n1.5\n", id="no header"),
        pytest.param("EDA\n0.5\n0.75\n1.0\n1.25\n1.5\n", id="a name"),
        pytest.param("0.5,0.75,1.0\n1.25,1.5\n", id="several in a row"),
        pytest.param("1640995200,1640995200\n4,4\n0.5,0.75\n1.0,1.25\n1.5,\n", id="header and several in a row"),
        pytest.param("0.5;0.75;1.0\n1.25;1.5;\n", id="semicolons"),
        pytest.param("0.5,\n0.75,\n1.0,\n1.25,\n1.5,\n", id="a comma behind every row"),
        pytest.param(f"{START},\n4,\n0.5,\n0.75,\n1.0,\n1.25,\n1.5,\n", id="header, and a comma behind every row"),
        pytest.param(f"{START}\n4\n0.5;\n0.75;\n1.0;\n1.25;\n1.5;\n", id="a semicolon behind every sample"),
    ],
)
def test_every_shape_gives_the_same_samples(tmp_path: Path, text: str) -> None:
    signal = read_eda(tmp_path, text)
    np.testing.assert_allclose(signal.data, [np.array(EDA) * 1e-6], rtol=1e-6)
    assert (signal.sfreq, signal.ch_names, signal.units, signal.t0) == (4.0, ("EDA",), ("S",), 0.0)


def test_undefined_samples_stay_undefined(tmp_path: Path) -> None:
    signal = read_eda(tmp_path, f'{START}\n4\n0.5\nnan\n\n1.0\n""\n inf\n1.5\n""\n')
    np.testing.assert_array_equal(np.isnan(signal.data[0]), [False, True, False, True, True, False])
    signal = read_eda(tmp_path, "0.5,,1.0\n,,\n1.5,,\n,,\n")
    assert np.flatnonzero(signal.defined[0]).tolist() == [0, 2, 6]
    assert signal.n_times == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "it is empty", id="empty"),
        pytest.param("\r\n \n", "it is empty", id="blank"),
        pytest.param(f"{START}\n4\n", "it holds no samples", id="header only"),
        pytest.param(f"{START}\n", r"below its start time must stand the rate in Hz, not ''", id="start only"),
        pytest.param(f"{START}\n0\n1\n", r"must stand the rate in Hz, not '0'", id="rate of zero"),
        pytest.param(f"{START}\n4\nnan\nnan\n", "it holds no defined sample", id="nothing but NaN"),
        pytest.param(f"{START}\n4\n0.5\n0.7x\n", r"its row 4 holds '0\.7x', which is no number", id="no number"),
        pytest.param("EDA\n0.5\nsee note\n", r"its row 3 holds 'see note', which is no number", id="no number, named"),
        pytest.param(
            f"{START}.000000, IBI\n83.5,0.609403\n",
            r"its first row is '1640995200\.000000,IBI', as of beat intervals \(IBI\)",
            id="beat intervals",
        ),
        pytest.param(
            f"{START}\n83.5,0.609403\n99.9,0.8\n", r"must stand the rate in Hz, not '83\.5,0\.609403' \(beat intervals",
            id="beat intervals without their name",
        ),
        pytest.param(
            f"{START}\n8\n0.5\n",
            r"its header says 8 Hz and its name 4; type which is right: .*phymer_eda, rate: header",
            id="rates that differ",
        ),
        pytest.param(f"{START}\n0.02\n0.5\n", r"its header says 0\.02 Hz and its name 4", id="start without rate"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_subject_and_trial(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SignalError, match=rf"SUB07VID24_EDA_4\.csv \(subject 07, trial SUB07VID24\): .*{message}"):
        read_eda(tmp_path, text)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        SignalError, match=r"EDA_4\.csv \(subject 07, trial SUB07VID24\): it can't be read: No such file"
    ):
        PhyMEREDA(tmp_path).read(trial(eda="EDA_4.csv"))


def test_a_missing_modality_is_none(tmp_path: Path) -> None:
    assert PhyMEREDA(tmp_path).read(trial()) is None
    assert list(PhyMEREDA(tmp_path).files(trial())) == []


def test_whose_rate_counts(tmp_path: Path) -> None:
    text = f"{START}\n8\n0.5\n0.6\n"
    assert read_eda(tmp_path, text, rate="header").sfreq == 8
    assert read_eda(tmp_path, text, rate="name").sfreq == 4
    assert read_eda(tmp_path, text, name="EDA.csv").sfreq == 8
    with pytest.raises(SignalError, match=r"neither a header nor its name \(as in NAME_4\.csv\) says its rate"):
        read_eda(tmp_path, "0.5\n0.6\n", name="EDA.csv")


def test_units_of_the_others(tmp_path: Path) -> None:
    write_e4(tmp_path / "b_BVP_64.csv", [1.0, -2.5], 64)
    write_e4(tmp_path / "t_TEMP_4.csv", [33.25], 4)
    bvp = PhyMERBVP(tmp_path).read(trial(bvp="b_BVP_64.csv"))
    temp = PhyMERTemperature(tmp_path).read(trial(temp="t_TEMP_4.csv"))
    assert (bvp.data.tolist(), bvp.sfreq, bvp.ch_names, bvp.units) == ([[1.0, -2.5]], 64.0, ("BVP",), ("nW",))
    assert (temp.data.tolist(), temp.sfreq, temp.ch_names, temp.units) == ([[33.25]], 4.0, ("TEMP",), ("degC",))


@pytest.mark.parametrize(
    ("late", "own", "others", "begins"),
    [
        pytest.param(10, True, True, 10.0, id="as Empatica writes"),
        pytest.param(7, True, True, 7.0, id="the headers count"),
        pytest.param(0, True, True, 0.0, id="cut to the trial"),
        pytest.param(10, False, True, 10.0, id="no header of its own"),
        pytest.param(3, True, False, 10.0, id="no header beside it"),
    ],
)
def test_when_the_heart_rate_begins(tmp_path: Path, late: int, own: bool, others: bool, begins: float) -> None:
    def write(name: str, rate: int, start: float, header: bool) -> None:
        write_text(tmp_path / name, (f"{start}\n{rate}\n" if header else "") + "70\n71\n")

    write("HR_1.csv", 1, START + late, own)
    write("BVP_64.csv", 64, START, others)
    both = trial(hr="HR_1.csv", bvp="BVP_64.csv")
    signal = PhyMERHeartRate(tmp_path).read(both)
    assert (signal.t0, signal.sfreq, signal.units, signal.data.tolist()) == (begins, 1.0, ("1/min",), [[70.0, 71.0]])
    assert list(PhyMERHeartRate(tmp_path).files(both)) == [tmp_path / "HR_1.csv", tmp_path / "BVP_64.csv"]


def test_a_heart_rate_alone_begins_after_the_documented_delay(tmp_path: Path) -> None:
    write_e4(tmp_path / "HR_1.csv", [70.0], 1)
    assert PhyMERHeartRate(tmp_path).read(trial(hr="HR_1.csv")).t0 == 10
    assert PhyMERHeartRate(tmp_path, delay=0).read(trial(hr="HR_1.csv")).t0 == 0
    assert PhyMERHeartRate.reach == (10, 10)
    assert PhyMERBVP.reach == (0, 0)


@pytest.mark.parametrize("late", [-5, 3600])
def test_headers_of_different_recordings_are_refused(tmp_path: Path, late: int) -> None:
    write_e4(tmp_path / "HR_1.csv", [70.0], 1, START + late)
    write_e4(tmp_path / "EDA_4.csv", [0.5], 4, START)
    with pytest.raises(
        SignalError, match=rf"HR_1\.csv .*trial SUB07VID24\): its header's start is {late} s later than that of"
    ):
        PhyMERHeartRate(tmp_path).read(trial(hr="HR_1.csv", eda="EDA_4.csv"))


@pytest.mark.parametrize("reader", [PhyMEREDA, PhyMERBVP, PhyMERTemperature, PhyMERHeartRate])
def test_contract(tmp_path: Path, reader: type[Reader]) -> None:
    check_reader(reader, dataset=PhyMER, root=write_phymer(tmp_path, [(1, 7), (2, 24)], with_eeg=False))


def test_real_files(real_data: Path) -> None:
    """Against the plain lines of a real session, whose heart rate starts 10 s late."""
    folder = real_data / "e4_session"
    for name, rate in (("EDA", 4), ("BVP", 64), ("TEMP", 4), ("HR", 1)):
        lines = (folder / f"{name}.csv").read_text().split()
        file = read_e4(folder / f"{name}.csv")
        assert (file.start, file.sfreq) == (float(lines[0]), rate)
        np.testing.assert_array_equal(file.samples, np.loadtxt(lines[2:]))
    session = trial(hr="HR.csv", bvp="BVP.csv")
    assert PhyMERHeartRate(folder).read(session).t0 == 10
    with pytest.raises(SignalError, match="as of beat intervals"):
        PhyMEREDA(folder).read(trial(eda="IBI.csv"))
