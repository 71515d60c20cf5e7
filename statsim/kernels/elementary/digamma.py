"""The digamma function of positive numbers: recurrence up to 10, then the asymptotic series (Abramowitz, Stegun 1964, 6.3.5 and 6.3.18)."""

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import kernel

_SERIES_FROM = 10.0


@kernel
def digamma(x):
    """d/dx log Gamma(x) for x > 0, within 1e-15 of its size or of 1."""
    below = 0.0
    while x < _SERIES_FROM:
        below += 1.0 / x
        x += 1.0
    r = 1.0 / (x * x)
    series = r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r * (1 / 132 - r * (691 / 32760 - r / 12))))))
    return log(x) - 0.5 / x - series - below
