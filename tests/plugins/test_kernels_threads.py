"""Kernels in threads, in processes, and in processes to come, which find them on disk."""

import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from joblib import Parallel, delayed
from torch.utils.data import DataLoader, Dataset

from insula_cells.kernels.threads import in_parts, parts
from made_cells import CELLS, PLAIN, apart, irregular, kernel, learnt, made

FIRST = """
import logging, torch
from insula_cells.ctrnn import CTRNN
logging.basicConfig(level=logging.INFO)
cell = CTRNN(2, hidden_size=3, path="kernel")
cell(torch.zeros(1, 2, 2), torch.ones(1, 2), torch.ones(1, 2, dtype=torch.bool))
"""


@pytest.fixture
def threads():
    """Return ``torch.set_num_threads``; afterwards there are as many as before."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


class Items(Dataset):
    """Two items, which whoever reads them computes."""

    def __init__(self, compute):
        self.compute = compute

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.compute(), os.getpid()


def forked(compute):
    """Return what a forked worker computes."""
    loader = DataLoader(
        Items(compute), batch_size=None, num_workers=1, multiprocessing_context="fork", timeout=60, collate_fn=tuple
    )
    found, processes = zip(*loader, strict=True)
    assert os.getpid() not in processes
    return found


@pytest.mark.parametrize("name", CELLS)
def test_threads_change_no_number(name, threads):
    cell, given, found = kernel(made(name)), irregular(33, 12, 16), []
    for number in (1, 2, 3):
        threads(number)
        found.append(learnt(cell, given))
    for other in found[1:]:
        assert torch.equal(other["outputs"], found[0]["outputs"])
        assert torch.equal(other["last"], found[0]["last"])
        assert torch.equal(other["gradient of x"], found[0]["gradient of x"])
        assert max(apart(other, {what: value.double() for what, value in found[0].items()}).values()) <= 1e-6


def test_a_batch_is_cut_into_whole_blocks_one_part_per_thread(threads):
    threads(3)
    assert parts(56, 8) == [(0, 16), (16, 32), (32, 56)]
    assert parts(8, 8) == [(0, 8)]
    threads(1)
    assert parts(56, 8) == [(0, 56)]


@pytest.mark.parametrize("part", [0, 1])
def test_an_error_in_any_thread_is_told(part):
    def run(number, start, stop):
        if number == part:
            raise ValueError(f"part {number} from {start} to {stop}")

    with pytest.raises(ValueError, match=f"part {part} from"):
        in_parts(run, [(0, 8), (8, 16)])


@pytest.mark.parametrize("name", PLAIN)
def test_in_a_forked_worker(name):
    cell, given = kernel(made(name)), irregular(33, 12, 16)
    with torch.no_grad():
        expected = cell(*given[:4])[0]
        assert all(torch.equal(found, expected) for found in forked(lambda: cell(*given[:4])[0].detach()))


def test_a_forked_worker_has_threads_of_its_own():
    """Its parent's don't come along; who waits for them waits for ever."""

    def sizes():
        found = [0, 0, 0]
        in_parts(lambda part, start, stop: found.__setitem__(part, stop - start), [(0, 8), (8, 24), (24, 56)])
        return found

    assert sizes() == [8, 16, 32]
    assert forked(sizes) == ([8, 16, 32], [8, 16, 32])


def test_in_processes_of_joblib():
    cells, given = [kernel(made(name)) for name in PLAIN], irregular(33, 12, 16)
    with torch.no_grad():
        found: Any = Parallel(n_jobs=2)(delayed(type(cell).forward)(cell, *given[:4]) for cell in cells)
        assert all(torch.equal(f, cell(*given[:4])[0]) for (f, _), cell in zip(found, cells, strict=True))


def test_compiled_once_and_then_found_on_disk(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    told = []
    for _ in range(2):
        command = [sys.executable, "-W", "ignore", "-c", FIRST]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        told.append([line for line in done.stderr.splitlines() if "compiling" in line])
    line = "INFO:insula:compiling forward of relaxation for this processor, once: a few seconds"
    assert told == [[line], []]
    assert any(tmp_path.rglob("*.nbc"))


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="needs an x86 processor")
def test_on_a_processor_without_avx_512():
    tests = [str(Path(__file__).parent / name) for name in ("test_kernels.py", "test_kernels_functions.py")]
    some = "ships and ltc or enormous or functions"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", some, *tests]
    done = subprocess.run(command, env={**os.environ, "NUMBA_CPU_NAME": "haswell"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
