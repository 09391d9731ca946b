"""When a liquid cell runs by its kernel, when in plain torch, and what whoever forces one is told."""

import copy
import io
import pickle
from typing import Any

import pytest
import torch
from torch.autograd import forward_ad

from insula import ConfigError, DataError, count_operations
from insula.cli.explain import describe
from insula.plugin.manager import installed
from made_cells import CELLS, PLAIN, irregular, kernel, learnt, made, reference, regular

OTHERS = {
    "float64": "another precision",
    "autocast": "another precision",
    "elapsed time with a gradient": "no gradient of the elapsed time",
    "vmap": "a transform of torch",
    "jacrev": "a transform of torch",
    "grad of functional_call": "a transform of torch",
    "dual numbers": "a transform of torch",
    "trace": "a transform of torch",
    "counted operations": "somebody watches torch's operations",
    "no step": "there is no step",
    "a step of its own": "Own has a step of its own",
}
"""What only plain torch can do, and why."""


@pytest.fixture
def spied(monkeypatch):
    """Return ``spied(cell)``, a list that gets an entry whenever the cell's kernel runs."""

    def spy(cell):
        runs, run = [], cell.run
        monkeypatch.setattr(cell, "run", lambda *args: runs.append(args) or run(*args))
        return runs

    return spy


def own(cell):
    """Return a cell of a derived class with another step: its state is the sum of the inputs."""

    class Own(type(cell)):
        def step(self, x, state, elapsed):
            state = state + x.sum(dim=1, keepdim=True)
            return state, state

    cell.__class__ = Own
    return cell


def does(what, cell, given) -> Any:
    """Do something with a cell."""
    x, elapsed, mask, state, *_ = given
    functional: Any = torch.func.functional_call
    match what:
        case "float64":
            return cell.double()(x.double(), elapsed.double(), mask, state)[0]
        case "autocast":
            with torch.autocast("cpu", torch.bfloat16):
                return cell(x, elapsed, mask, state)[0]
        case "elapsed time with a gradient":
            return cell(x, elapsed.clone().requires_grad_(), mask, state)[0]
        case "vmap":
            return torch.func.vmap(lambda x: cell(x, elapsed, mask, state)[0])(torch.stack([x, -x]))
        case "jacrev":
            return torch.func.jacrev(lambda x: cell(x, elapsed, mask, state)[0][:, -1])(x)
        case "grad of functional_call":
            parameters = {name: parameter.detach() for name, parameter in cell.named_parameters()}
            gradient = torch.func.grad(lambda p: functional(cell, p, (x, elapsed, mask, state))[0].sum())
            return torch.cat([part.flatten() for part in gradient(parameters).values()])
        case "dual numbers":
            with forward_ad.dual_level():
                return cell(forward_ad.make_dual(x, x), elapsed, mask, state)[0]
        case "trace":
            traced: Any = torch.jit.trace(cell, (x, elapsed, mask), check_trace=False)
            return traced(x, elapsed, mask)[0]
        case "counted operations":
            counted = count_operations(lambda: cell(x, elapsed, mask, state), {"cell": cell})["cell"]
            return torch.tensor([counted.macs, counted.elementwise])
        case "no step":
            return cell(x[:, :0], elapsed[:, :0], mask[:, :0], state)[0]
        case "a step of its own":
            return own(cell)(x, elapsed, mask, state)[0]


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_what_the_kernel_cannot_do_is_done_in_plain_torch(name, what, spied):
    cell, given = made(name), regular(9, 4, 16)
    runs = spied(cell)
    found, expected = does(what, cell, given), does(what, reference(made(name), torch.float32), given)
    assert not runs
    assert torch.equal(found, expected)
    assert found.any() or not found.numel()
    with pytest.raises(ConfigError, match=f"^path=kernel: .*{OTHERS[what]}.*; type path=auto$"):
        does(what, kernel(made(name)), given)


@pytest.mark.parametrize("name", CELLS)
def test_the_kernel_runs_where_it_can_and_not_where_it_should_not(name, spied):
    cell, given = made(name), regular(9, 4, 16)
    runs = spied(cell)
    automatic = cell(*given[:4])[0]
    assert len(runs) == 1
    cell.path = "reference"
    plain = cell(*given[:4])[0]
    assert len(runs) == 1
    assert not torch.equal(automatic, plain)  # they round otherwise
    torch.testing.assert_close(automatic, plain)


@pytest.mark.parametrize("name", PLAIN)
def test_another_device_than_the_cpu(name):
    x, elapsed, mask, *_ = (tensor.to("meta") for tensor in regular(9, 4, 16) if tensor is not None)
    with pytest.raises(
        ConfigError, match=r"^path=kernel: it is for the CPU, and the model is on meta; type path=auto$"
    ):
        kernel(made(name)).to("meta")(x, elapsed, mask)


@pytest.mark.parametrize("name", PLAIN)
def test_a_derived_cell_with_a_step_of_its_own_is_run_by_it(name):
    x, _, mask, state, *_ = given = irregular(9, 12, 16)
    assert state is not None
    sums = state.unsqueeze(1) + x.masked_fill(~mask.unsqueeze(-1), 0).sum(dim=2, keepdim=True).cumsum(dim=1)
    found, last = own(made(name))(*given[:4])
    torch.testing.assert_close(found, sums.masked_fill(~mask.unsqueeze(-1), 0))
    torch.testing.assert_close(last, sums[:, -1])


@pytest.mark.parametrize("name", PLAIN)
def test_a_derived_cell_with_the_same_step_runs_by_the_kernel(name):
    cell, given = made(name), regular(9, 4, 16)
    expected = kernel(cell)(*given[:4])[0]
    cell.__class__ = type("Narrow", (type(cell),), {})
    assert torch.equal(cell(*given[:4])[0], expected)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (-0.5, "^the elapsed time of a step is -0.5 s: time runs backwards; sort the signal by time$"),
        (torch.nan, "^the elapsed time of a step is nan s: mask what is undefined$"),
    ],
)
def test_time_that_does_not_run_forwards(name, seconds, message):
    cell, (x, elapsed, mask, *_) = kernel(made(name)), regular(9, 4, 16)
    elapsed[2, 1] = seconds
    with pytest.raises(DataError, match=message):
        cell(x, elapsed, mask)
    mask[2, 1] = False
    assert cell(x, elapsed, mask)[0].isfinite().all()


@pytest.mark.parametrize("name", PLAIN)
def test_a_state_of_another_size(name):
    cell, given = kernel(made(name)), regular(9, 4, 16)
    one = torch.rand(1, 16)
    assert torch.equal(cell(*given[:3], one)[0], cell(*given[:3], one.repeat(9, 1))[0])
    for shape in ((3, 16), (9, 5)):
        with pytest.raises(RuntimeError, match="expanded size"):
            cell(*given[:3], torch.rand(shape))


@pytest.mark.parametrize("name", CELLS)
def test_copies_of_a_cell_that_has_run(name):
    cell, given = kernel(made(name)), irregular(9, 12, 16)
    expected = learnt(cell, given)
    saved = io.BytesIO()
    torch.save(cell, saved)
    saved.seek(0)
    assigned = kernel(made(name, seed=1))
    assigned.load_state_dict({key: value.clone() for key, value in cell.state_dict().items()}, assign=True)
    copies = (copy.deepcopy(cell), pickle.loads(pickle.dumps(cell)), torch.load(saved, weights_only=False), assigned)
    for other in copies:
        found = learnt(other, given)
        assert all(torch.equal(found[what], expected[what]) for what in expected)
    wide = {key: value.double() for key, value in cell.state_dict().items()}
    assigned.path = "auto"
    assigned.load_state_dict(wide, assign=True)
    assert assigned(given.x.double(), given.elapsed.double(), given.mask)[0].dtype == torch.float64


@pytest.mark.parametrize("name", PLAIN)
def test_explain_says_what_runs_here(name):
    said = describe(installed().get("cells", name))
    assert "here: in float32 on the CPU a compiled kernel (" in said
    assert "cell.path=reference" in said
    assert "path: auto | kernel | reference = 'auto'" in said
