"""Location and spread of one column, tested by ranks: exact for equal laws, whatever the law (heavy tails included).

The numbers shown are the familiar ones (difference of means, ratio of standard deviations with delta-method
errors); the p-values are those of Wilcoxon-Mann-Whitney and of Mood (1954), both linear rank statistics whose
permutation mean and variance are exact, ties included.
"""

import math

import numpy as np

from statsim.metrics.arrays import numeric
from statsim.metrics.score import NOT_TESTED, Score


def mid_ranks(values):
    """Ranks 1..n, ties sharing the mean of theirs."""
    _, inverse, count = np.unique(values, return_inverse=True, return_counts=True)
    upper = np.cumsum(count)
    return (upper - (count - 1) / 2)[inverse]


def normal_tail(z):
    """Two-sided p-value of a standard normal statistic."""
    return math.erfc(abs(z) / math.sqrt(2))


def linear_rank_z(weights, n_real):
    """Standardised sum of the first `n_real` weights under random labels (exact mean and variance)."""
    total = weights.size
    centred = weights - weights.mean()
    variance = n_real * (total - n_real) / (total * (total - 1)) * (centred @ centred)
    return float(centred[:n_real].sum() / math.sqrt(variance)) if variance > 0 else 0.0


def location_shift(real, synthetic):
    """Synthetic mean minus real mean, tested by Wilcoxon-Mann-Whitney.

    Parameters
    ----------
    real, synthetic : array (n,), (m,)
        Numbers; NaN is missing.

    Returns
    -------
    Score
        In the units of the column; 0 is perfect.

    Raises
    ------
    ArgumentError
        Fewer than two values, or an infinite value.

    Examples
    --------
    >>> from statsim.metrics import location_shift
    >>> location_shift([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]).value
    1.0
    """
    x, y = numeric(real, name="real", minimum=2), numeric(synthetic, name="synthetic", minimum=2)
    z = linear_rank_z(mid_ranks(np.concatenate([x, y])), x.size)
    error = math.sqrt(x.var(ddof=1) / x.size + y.var(ddof=1) / y.size)
    return Score("shift of the mean", float(y.mean() - x.mean()), error, 0.0, 0.0, normal_tail(z), x.size, y.size)


def spread_ratio(real, synthetic, *, align=False):
    """Synthetic over real standard deviation, tested by Mood's rank test of dispersion.

    Parameters
    ----------
    real, synthetic : array (n,), (m,)
        Numbers; NaN is missing.
    align : bool
        Move both medians to zero before the test. Needed once the locations are known to differ, or a shift
        would pass for a spread; without it the test is exact.

    Returns
    -------
    Score
        Positive; 1 is perfect. NaN where the real values are constant.

    Raises
    ------
    ArgumentError
        Fewer than two values, or an infinite value.

    Examples
    --------
    >>> from statsim.metrics import spread_ratio
    >>> spread_ratio([-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0]).value
    2.0
    """
    x, y = numeric(real, name="real", minimum=2), numeric(synthetic, name="synthetic", minimum=2)
    if x.min() == x.max():
        return Score("ratio of standard deviations", NOT_TESTED, NOT_TESTED, 1.0, 1.0, NOT_TESTED, x.size, y.size)
    ratio = float(y.std(ddof=1) / x.std(ddof=1))
    error = ratio * math.sqrt(_log_sd_variance(x) + _log_sd_variance(y))
    if align:
        x, y = x - np.median(x), y - np.median(y)
    ranks = mid_ranks(np.concatenate([x, y]))
    z = linear_rank_z((ranks - (ranks.size + 1) / 2) ** 2, x.size)
    return Score("ratio of standard deviations", ratio, error, 1.0, 1.0, normal_tail(z), x.size, y.size)


def _log_sd_variance(x):
    """Delta-method variance of the logarithm of a standard deviation: $(\\kappa - 1) / 4n$ with kurtosis $\\kappa$."""
    centred = x - x.mean()
    second = (centred**2).mean()
    return max((centred**4).mean() / second**2 - 1, 0.0) / (4 * x.size) if second > 0 else 0.0


def beyond_range(real, synthetic):
    """Share of synthetic values outside the range of the real ones, with the exact chance of so many.

    A perfect generator leaves the range of `n` real values with probability $2/(n+1)$. The number above the
    largest real value has a negative hypergeometric law; the p-value is twice the smaller of both ends.

    Parameters
    ----------
    real, synthetic : array (n,), (m,)
        Numbers; NaN is missing.

    Returns
    -------
    Score
        In [0, 1]; 0 is perfect only in the limit, `expected` is $2/(n+1)$.

    Examples
    --------
    >>> from statsim.metrics import beyond_range
    >>> beyond_range([0.0, 1.0, 2.0], [0.5, 1.5, 5.0, 6.0]).value
    0.5
    """
    x, y = numeric(real, name="real"), numeric(synthetic, name="synthetic")
    above, below = int((y > x.max()).sum()), int((y < x.min()).sum())
    share = (above + below) / y.size
    p = min(1.0, 2 * min(_all_above(k, x.size, y.size) for k in (above, below)))
    error = math.sqrt(share * (1 - share) / y.size + 2 * (1 / (x.size + 1)) ** 2)
    return Score("values beyond the real range", share, error, 0.0, 2 / (x.size + 1), p, x.size, y.size)


def _all_above(k, n, m):
    """Chance that the `k` largest of `n + m` exchangeable values are all among the `m`."""
    return math.exp(math.lgamma(m + 1) - math.lgamma(m - k + 1) + math.lgamma(m + n - k + 1) - math.lgamma(m + n + 1))
