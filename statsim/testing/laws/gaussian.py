"""The normal law: exact, and as the limit of a mean of draws that are not normal."""

import math
from statistics import NormalDist

import numpy as np

_STANDARD = NormalDist()


def upper_tail(z):
    """P(Z >= z)."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def upper_point(p):
    """The z with P(Z >= z) = p."""
    return -_STANDARD.inv_cdf(p)


def cdf(values):
    """P(Z <= value), elementwise over an array (n,)."""
    flat = (-np.asarray(values, dtype=np.float64) / math.sqrt(2.0)).tolist()
    return 0.5 * np.fromiter(map(math.erfc, flat), dtype=np.float64, count=len(flat))


def mean_two_sided(z, n, skewness, excess):
    """P(|Z| >= |z|) for a standardised mean of n draws, with Cramer's first two correction terms.

    H. Cramer (1938): the tail of a mean differs from the normal by exp(z^3 (skewness / 6 + ...) / sqrt(n)). The sign of
    the skewness is taken as the harmful one, and a correction that would shrink the tail is left out.
    """
    quartic = 2.0 * max(0.0, excess - 3.0 * skewness**2) / 24.0 * z**2 / n
    # the root keeps the widened tail falling where z is so far out that the series has no meaning
    return min(1.0, 2.0 * upper_tail(shrink(z, n, abs(skewness) / 6.0, quartic / math.sqrt(1.0 + quartic))))


def shrink(z, n, cubic, more=0.0):
    """The z' < |z| with -z'^2 / 2 = -z^2 / 2 + cubic |z|^3 / sqrt(n) to first order, still growing for large z."""
    z = abs(z)
    return z / math.sqrt(1.0 + 2.0 * cubic * z / math.sqrt(n) + more)
