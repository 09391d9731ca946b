"""What permutation importance exchanges, and between whom."""

import numpy as np
import torch

from insula import Batch, SignalSpec, StreamBatch
from insula.plugin.testing.results import example_results
from insula_analyses.permutation_importance_answers import HeldOutAnswers
from insula_analyses.permutation_importance_exchange import Exchange, component, donors
from insula_analyses.permutation_importance_piece import Piece, pieces


def test_donors_are_others_of_the_block_and_each_gives_once():
    rng = np.random.default_rng(0)
    blocks = np.array([0, 0, 0, 1, 1, 2, 3, 3])
    has = np.array([True, True, True, True, True, True, True, False])
    for _ in range(20):
        found = donors(blocks, has, rng)
        assert sorted(found) == list(range(8))
        assert (blocks[found] == blocks).all()
        assert (found[:5] != np.arange(5)).all()
        assert found[5:].tolist() == [5, 6, 7], "alone in its block, or without the stream: its own"


def stream(lengths: list[int], channels: int = 2) -> StreamBatch:
    longest = max(lengths)
    real = torch.arange(longest) < torch.tensor(lengths).unsqueeze(1)
    x = torch.randn(len(lengths), channels, longest, generator=torch.Generator().manual_seed(1))
    valid = real.unsqueeze(1).expand_as(x).contiguous()
    return StreamBatch(x * valid, valid, torch.tensor(lengths), real.float())


def test_bands_add_up_to_the_signal_and_an_exchanged_band_is_the_donor_s():
    given = stream([32, 32])
    bands = [(0.0, 4.0), (4.0, 8.0), (8.0, np.inf)]
    torch.testing.assert_close(sum(component(given, band, 32.0) for band in bands), given.x)
    after = Exchange(Piece("eeg", "band", "4–8 Hz", (), (4.0, 8.0)), given, 32.0)(torch.tensor([1, 0])).x
    before, mixed = torch.fft.rfft(given.x), torch.fft.rfft(after)
    frequency = torch.fft.rfftfreq(32, 1 / 32)
    inside = (frequency >= 4) & (frequency < 8)
    torch.testing.assert_close(mixed[..., inside], before.flip(0)[..., inside])
    torch.testing.assert_close(mixed[..., ~inside], before[..., ~inside])


def test_a_channel_of_another_length_is_cut_or_repeated_and_padding_stays_empty():
    given = stream([5, 3])
    after = Exchange(Piece("eeg", "channel", "b", (1,)), given, 32.0)(torch.tensor([1, 0]))
    torch.testing.assert_close(after.x[0, 1], given.x[1, 1][[0, 1, 2, 0, 1]])
    torch.testing.assert_close(after.x[1, 1, :3], given.x[0, 1, :3])
    torch.testing.assert_close(after.x[:, 0], given.x[:, 0])
    assert not after.x[1, :, 3:].any()
    assert torch.equal(after.valid, given.valid)
    whole = Exchange(Piece("eeg", "stream", "eeg"), given, 32.0)(torch.tensor([1, 0]))
    assert whole.lengths.tolist() == [3, 5]


def test_streams_that_do_not_change_are_not_computed_again_and_the_answers_are_the_same():
    results = example_results()
    fold = results.folds[0]
    held_out = HeldOutAnswers(fold, 100)
    with torch.no_grad():
        assert set(held_out.paths) == {"eeg", "traits"}
        batch = held_out.batch
        for name, given in batch.streams.items():
            order = np.arange(len(batch))
            turned = Exchange(Piece(name, "stream", name), given, 16.0)(torch.from_numpy(order[::-1].copy()))
            fast = held_out.with_changed(name, turned)
            streams = {**batch.streams, name: turned}
            slow = fold.model()(
                Batch(streams, batch.present, batch.targets, batch.labelled, batch.rows, batch.groups)
            ).outputs
            for target, outputs in slow.items():
                np.testing.assert_allclose(fast[target], outputs.numpy(), rtol=1e-5, atol=1e-6)


def test_features_that_share_a_part_of_their_names_are_exchanged_together():
    names = [f"{channel}.{band}" for channel in ("AF3", "T7") for band in ("theta", "alpha")]
    several = SignalSpec(tuple(names), ("1",) * 4, 0.0, 1, static=True)
    found = {p.name: p.channels for p in pieces({"psd": several}, {}) if p.kind == "group"}
    assert found == {"AF3.*": (0, 1), "T7.*": (2, 3), "*.theta": (0, 2), "*.alpha": (1, 3)}
    speech = SignalSpec(("mfcc_1", "mfcc_2", "delta_1", "delta_2"), ("1",) * 4, 100.0, None)
    assert {p.name: p.channels for p in pieces({"speech": speech}, {}) if p.kind == "group"} == {
        "mfcc_*": (0, 1),
        "delta_*": (2, 3),
    }
    many = SignalSpec(tuple(f"bin{k}" for k in range(400)), ("1",) * 400, 100.0, None)
    own = pieces({"spectrum": many}, {})
    assert not [p for p in own if p.kind == "channel"]
    ranges = [p for p in own if p.kind == "group"]
    assert (len(ranges), ranges[0].name) == (32, "bin0 to bin12")
    assert sorted(place for p in ranges for place in p.channels) == list(range(400))
