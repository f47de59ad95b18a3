"""From values to places: nice numbers along an axis."""

from collections.abc import Iterable
from math import ceil, floor, log10

from metropolis.engine_kit import Value

_STEPS = (1, 2, 2.5, 5, 10)
#: Values on a scale so long are written without a fraction.
_WHOLE = 500


class Scale(Value):
    """A line from `low` to `high`, with `ticks` at round values and the digits these need."""

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int

    def at(self, value: float) -> float:
        """Where a value lies, 0 at `low` and 1 at `high`; what lies outside is put on the edge."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def scale(values: Iterable[float | None], *, zero: bool = False, wanted: int = 5) -> Scale:
    """A scale around all known `values`, about `wanted` ticks long; with `zero`, it begins or passes there.

    >>> scale([12.0, None, 87.0]).ticks
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    >>> scale([5.0, 5.0]).ticks
    (4.0, 4.5, 5.0, 5.5, 6.0)
    """
    known = [value for value in values if value is not None] or [0.0, 1.0]
    if zero:
        known.append(0.0)
    low, high = min(known), max(known)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        apart = abs(low) * 0.2 or 1.0
        low, high = low - apart, high + apart
    step = _step((high - low) / wanted)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(number * step for number in range(first, last + 1))
    return Scale(low=ticks[0], high=ticks[-1], ticks=ticks, digits=digits_for(step))


def _step(least: float) -> float:
    size = 10.0 ** floor(log10(least))
    return next(size * each for each in _STEPS if size * each >= least * (1 - 1e-9))


def digits_for(step: float) -> int:
    """The digits after the decimal sign that tell multiples of `step` apart, at most 6.

    >>> digits_for(20), digits_for(2.5), digits_for(0.05)
    (0, 1, 2)
    """
    for digits in range(7):
        if abs(round(step, digits) - step) < 1e-9 * step:
            return digits
    return 6


def digits_of(scale: Scale) -> int:
    """The digits in which values on this scale are written: a score of 100 with one, a share of 1 with two.

    >>> [digits_of(scale([0.0, high])) for high in (1000, 100, 10, 1, 0.1)]
    [0, 1, 1, 2, 3]
    """
    span = scale.high - scale.low
    return 0 if span >= _WHOLE else min(6, max(1, 2 - floor(log10(2 * span))))
