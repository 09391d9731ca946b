"""Each check of a part of a model catches the fault it is there for, and says so."""

import re

import pytest
import torch

from contracts_faulty import architectures, cells, encoders, heads, losses
from insula import SignalSpec, TargetSpec
from insula.plugin.testing import check_architecture, check_cell, check_encoder, check_fusion, check_loss, check_pooling
from insula.plugin.testing.networks import check_state_dict
from insula.plugin.testing.parts import PlainEncoder
from insula.plugin.testing.specimen import Specimen
from insula.plugin.testing.steps import Steps


def fails(check, component, message: str, **given) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)):
        check(component, **given)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (cells.DropoutOptionInEval, "in eval() two runs on the same input differ"),
        (cells.SeesLaterTimes, "it sees the future"),
        (cells.SecretlyBackwards, "it sees the future"),
        (cells.MaskedStepMoves, "a masked step between real ones changes"),
        (cells.CancelledBias, "no gradient reaches score.bias"),
        (cells.NaNGradient, "is NaN or infinite where masked steps hold NaN"),
        (cells.Unregistered, "aren't those of the saved network"),
        (cells.StepDiffers, "forward and step give different numbers"),
        (cells.ForgetsState, "run in two halves"),
        (cells.StatisticsOfPadding, "the running statistics norm.running_mean change with the amount of padding"),
        (cells.OneTypeOnly, "running in torch.float32 raised RuntimeError"),
        (cells.NegativeTimeConstants, "one positive number of seconds per unit"),
    ],
)
def test_cells(component, message: str) -> None:
    fails(check_cell, component, message)


def test_options_and_input_size_of_a_cell_may_be_given() -> None:
    check_cell(cells.Sound, input_size=1, hidden_size=2)
    with pytest.raises(AssertionError, match="'many'"):
        check_cell(cells.Sound, hidden_size="many")


def test_a_layer_that_says_it_looks_ahead_may() -> None:
    check_cell(cells.Backwards)


def test_dead_state_dict_is_seen_with_assign_too() -> None:
    """The copy is a reference to the parameters, which a plain load fills and assign=True replaces."""
    steps = Steps.random(3)
    specimen = Specimen("cells", cells.HoldsReferences, (3,))
    with pytest.raises(
        AssertionError, match=re.escape("after load_state_dict(..., assign=True) its outputs are those from before")
    ):
        check_state_dict(specimen, lambda cell: cell(steps.x, steps.elapsed, steps.mask)[0])


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (encoders.StatisticsOfPadding, "the running statistics norm.running_mean change with the amount of padding"),
        (encoders.TooFewSteps, "48 samples give the shape (4, 24, 5)"),
        (encoders.LengthDependent, "it reads padding"),
        (encoders.NaNWhereNothing, "a row that lacks every sample gives NaN"),
    ],
)
def test_encoders(component, message: str) -> None:
    fails(check_encoder, component, message)


def test_an_encoder_of_windows_of_one_length_is_checked_on_those() -> None:
    check_encoder(encoders.FixedLength)
    check_encoder(encoders.Sound, spec=SignalSpec(("a",), ("1",), 4.0, 30))


def test_a_sample_may_become_several_steps() -> None:
    check_encoder(encoders.Twice)


def test_a_static_vector_may_be_encoded() -> None:
    check_encoder(PlainEncoder, spec=SignalSpec(("a", "b"), ("1", "1"), 0.0, 1, static=True))


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (heads.DividesByNothing, "a row without a real step doesn't give zeros"),
        (heads.WrongWidth, "its output has shape (4, 3), not (batch, output_size) = (4, 6)"),
        (heads.WeightsOfPadding, "0 where the mask is False"),
    ],
)
def test_poolings(component, message: str) -> None:
    fails(check_pooling, component, message)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (heads.BatchCentred, "depend on the other rows of its batch"),
        (heads.NaNWithoutStreams, "rows that lack every stream give NaN"),
        (heads.ForgetsTarget, "one per target"),
        (heads.LossPerRow, "'size'"),
    ],
)
def test_fusions(component, message: str) -> None:
    fails(check_fusion, component, message)


def test_sound_fusions_pass() -> None:
    check_fusion(heads.SoundFusion)
    check_fusion(heads.OverSteps)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (architectures.MixesWindows, "depend on the other rows of its batch"),
        (architectures.MixesConversations, "depend on the other rows of its batch"),
        (architectures.ReadsPadding, "what stands in padding changes the outputs"),
        (architectures.NaNWithoutStreams, "rows that lack every stream give NaN"),
    ],
)
def test_architectures(component, message: str) -> None:
    fails(check_architecture, component, message)


def test_an_architecture_of_conversations_passes() -> None:
    check_architecture(architectures.Conversations)


@pytest.mark.parametrize(
    ("component", "message"),
    [
        (losses.CountsUnlabelled, "rows without a label change it"),
        (losses.Maximises, "Return a quantity to minimise"),
        (losses.Overflows, "outputs of about 1000"),
        (losses.DividesBySpread, "one labelled row"),
        (losses.OnePerRow, "return a scalar"),
        (losses.TakesNothing, "it takes no kind of target"),
    ],
)
def test_losses(component, message: str) -> None:
    fails(check_loss, component, message)


def test_a_sound_loss_passes() -> None:
    check_loss(losses.Sound)
    check_loss(losses.Sound, target=TargetSpec("emotion", "number"), scale=2.0)


def test_checks_leave_the_generator_of_the_caller_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    check_pooling(heads.SoundPooling)
    assert torch.equal(before, torch.get_rng_state())
