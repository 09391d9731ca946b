"""Notch: without the hum of the mains."""

from typing import Annotated

from pydantic import Field

from insula import ConfigError, Signal, SignalError, Transform
from insula_eeg.bridge import bridged, reopened
from insula_eeg.fir import check_length, fir_reach

Hertz = Annotated[float, Field(gt=0)]


class Notch(Transform):
    """Removes narrow bands around the mains frequency by a zero-phase FIR filter, as MNE's ``raw.notch_filter`` does.

    The filter is 3.3 divided by half of ``transition`` long (6.6 s for 1 Hz), of which the reach is half. A frequency
    at or above half the sampling rate isn't in the signal: it is skipped, and counted in the note ``notch not needed``.
    Behind a band-pass of 1–45 Hz a notch at 50 Hz still takes away what is left there (see ``bandpass``: -4.5 dB); at
    60 Hz it is moot. Gaps are crossed by a straight line for the filter and are undefined again behind it.

    Parameters
    ----------
    freq
        One frequency in Hz or several: 50 in Europe, 60 in Korea and America, and harmonics.
    width
        Width of the band that is removed, in Hz; None: ``freq / 200``, MNE's default.
    transition
        Width of the two transitions beside it together, in Hz.
    """

    def __init__(
        self,
        *,
        freq: Hertz | Annotated[tuple[Hertz, ...], Field(min_length=1)] = 50.0,
        width: Hertz | None = None,
        transition: Hertz = 1.0,
    ) -> None:
        self.freqs = freq if isinstance(freq, tuple) else (freq,)
        self.width, self.transition = width, transition
        if (lowest := min(map(self._lower_edge, self.freqs))) <= 0:
            raise ConfigError(f"notch: the band around {min(self.freqs):g} Hz would begin at {lowest:g} Hz")
        self.reach = fir_reach(transition / 2)

    def __call__(self, signal: Signal) -> Signal:
        """Return the filtered signal, in the same unit.

        Raises
        ------
        SignalError
            If the signal is shorter than the filter, half its rate lies within a notch, or it is irregular.
        """
        import mne

        data, gaps = bridged(signal, "notch")
        freqs = [freq for freq in self.freqs if freq < signal.sfreq / 2]
        noted = signal.noted("notch not needed", len(self.freqs) - len(freqs))
        if not freqs:
            return noted
        self._check_room(max(freqs), signal.sfreq)
        check_length(signal, self.transition / 2, "notch")
        filtered = mne.filter.notch_filter(
            data,
            signal.sfreq,
            freqs,
            notch_widths=self.width,
            trans_bandwidth=self.transition,  # pyright: ignore[reportArgumentType]
            verbose="ERROR",
        )
        return reopened(noted, filtered, gaps)

    def _lower_edge(self, freq: float) -> float:
        return freq - ((self.width or freq / 200) + self.transition) / 2

    def _check_room(self, freq: float, sfreq: float) -> None:
        edge = 2 * freq - self._lower_edge(freq)
        if edge >= sfreq / 2:
            raise SignalError(
                f"notch: the band around {freq:g} Hz ends at {edge:g} Hz, above half the sampling rate of {sfreq:g} "
                "Hz: type a narrower transition, or leave the frequency out"
            )
