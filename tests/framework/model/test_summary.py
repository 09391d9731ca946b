"""What is known of a whole window, against numpy row by row."""

from dataclasses import replace

import numpy as np
import torch

from insula import SignalSpec, StreamBatch, TargetSpec, window_summary
from insula.model.summary import summary_names
from made_windows import described, made_windows

TARGET = TargetSpec("emotion", "classes", ("a", "b", "c"))


def test_means_then_deviations_over_defined_samples_and_static_values_as_they_are():
    batch = made_windows(TARGET)
    found = window_summary(batch, described(TARGET).streams)
    stream, traits = batch.streams["speech"], batch.streams["traits"]
    for row in range(len(batch)):
        defined = [x[v] for x, v in zip(stream.x[row].numpy(), stream.valid[row].numpy(), strict=True)]
        wanted = [f(part) if len(part) else np.nan for f in (np.mean, np.std) for part in defined]
        np.testing.assert_allclose(found["speech"][row], wanted, rtol=1e-5, atol=1e-6)
        value = traits.x[row, 0, 0] if traits.valid[row, 0, 0] else torch.nan
        np.testing.assert_allclose(found["traits"][row], [value])
    assert found["speech"].isnan().any()
    assert found["traits"].isnan().any()
    assert found["speech"].dtype == torch.float32


def test_padding_doesnt_change_the_last_bit():
    batch, spec = made_windows(TARGET, 10), {"eeg": SignalSpec(("a", "b"), ("1", "1"), 10.0, None)}
    x, valid = torch.rand(10, 2, 50), torch.ones(10, 2, 50, dtype=torch.bool)
    more = (torch.full((10, 2, 31), 9.0), torch.zeros(10, 2, 31, dtype=torch.bool))
    found = []
    for samples, real in ((x, valid), (torch.cat([x, more[0]], dim=2), torch.cat([valid, more[1]], dim=2))):
        stream = StreamBatch(samples, real, torch.full((10,), 50), torch.ones(10, samples.shape[2]))
        found.append(window_summary(replace(batch, streams={"eeg": stream}), spec)["eeg"])
    assert torch.equal(*found)


def test_columns_have_names():
    assert summary_names(SignalSpec(("a", "b"), ("1", "1"), 10.0, None)) == ("a mean", "b mean", "a std", "b std")
    assert summary_names(SignalSpec(("x",), ("1",), 0.0, 1, static=True)) == ("x",)
