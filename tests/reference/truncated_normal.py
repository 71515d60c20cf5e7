"""The truncated normal law in 50 digits."""

import mpmath


def log_interval(a, b):
    """log P(a < Z < b)."""
    with mpmath.workdps(60):
        a, b = mpmath.mpf(a), mpmath.mpf(b)
        if a < 0 and b <= 0:
            a, b = -b, -a
        root = mpmath.sqrt(2)
        return float(mpmath.log((mpmath.erfc(a / root) - mpmath.erfc(b / root)) / 2))


def quantile_levels(x, mean, sd, low, high):
    """P(X <= x) of the law between low and high, for each x."""
    with mpmath.workdps(60):
        root = mpmath.sqrt(2)
        mean, sd = mpmath.mpf(mean), mpmath.mpf(sd)
        flip = -1 if high < mean else 1  # work in the upper tail

        def upper(value):
            return mpmath.erfc(flip * (mpmath.mpf(value) - mean) / sd / root)

        ends = (upper(low), upper(high))
        return [float(abs((ends[0] - upper(value)) / (ends[0] - ends[1]))) for value in x]


def mean_excess(a):
    """E(Z - a | Z > a)."""
    with mpmath.workdps(60):
        a = mpmath.mpf(a)
        density = mpmath.exp(-a * a / 2) / mpmath.sqrt(2 * mpmath.pi)
        return float(density / (mpmath.erfc(a / mpmath.sqrt(2)) / 2) - a)
