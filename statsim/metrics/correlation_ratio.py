r"""Correlation ratio of a numeric column given a categorical one, and a test that both tables shift alike by group.

$\eta^2$ is the share of variance between groups; the bias-corrected form (Kelley 1935) is shown, with a delta-method
error. The test asks whether the difference synthetic - real of the mean pooled rank is the same in every group: Welch's
(1951) heteroscedastic analysis of variance on those differences, so a shift common to all groups does not trip it.
"""

import math

import numpy as np

from statsim.metrics.arrays import unit_range
from statsim.metrics.rank_tests import mid_ranks
from statsim.metrics.score import Score


def correlation_ratio(x, codes):
    """Bias-corrected correlation ratio and its standard error.

    Parameters
    ----------
    x : array (n,)
        Numbers; NaN is missing.
    codes : int array (n,)
        Group of each row; -1 is missing.

    Returns
    -------
    value, error, rows : float, float, int
        `value` is in [0, 1]; NaN where there are fewer than two groups or `x` is constant.

    Examples
    --------
    >>> from statsim.metrics import correlation_ratio
    >>> round(correlation_ratio([0.0, 0.1, 5.0, 5.1], [0, 0, 1, 1])[0], 3)
    1.0
    """
    x, codes = _complete(x, codes)
    n = x.size
    x = unit_range(x)[0]
    groups, codes = np.unique(codes, return_inverse=True)
    if groups.size < 2 or n <= groups.size or x.min() == x.max():
        return math.nan, math.nan, n
    size = np.bincount(codes)
    centred = x - x.mean()
    means = (np.bincount(codes, centred) / size)[codes]
    total = (centred**2).mean()
    eta2 = (means**2).mean() / total
    influence = (means**2 + 2 * (centred - means) * means - eta2 * centred**2) / total
    error2 = math.sqrt(influence.var() / n + 2 * (groups.size - 1) / n**2)
    value = math.sqrt(max(0.0, 1 - (n - 1) / (n - groups.size) * (1 - eta2)))
    return value, min(error2 / (2 * value), math.sqrt(error2)) if value > 0 else math.sqrt(error2), n


def _complete(x, codes):
    x, codes = np.asarray(x, float), np.asarray(codes)
    both = ~np.isnan(x) & (codes >= 0)
    return x[both], codes[both]


def group_difference(real, synthetic):
    """Correlation ratio of the synthetic pair minus that of the real pair.

    Parameters
    ----------
    real, synthetic : pair (x, codes)
        The numeric column and the group codes of each table.

    Returns
    -------
    Score
        In [-1, 1]; 0 is perfect.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import group_difference
    >>> x, g = np.arange(40.0), np.repeat([0, 1], 20)
    >>> bool(group_difference((x, g), (x, np.tile([0, 1], 20))).value < -0.8)
    True
    """
    (first, first_error, n), (second, second_error, m) = correlation_ratio(*real), correlation_ratio(*synthetic)
    error = math.hypot(first_error, second_error)
    return Score("correlation ratio difference", second - first, error, 0.0, 0.0, same_shift(real, synthetic), n, m)


def same_shift(real, synthetic, *, smallest=15):
    """P-value that synthetic and real differ by the same shift in every group of at least `smallest` rows; NaN if < 2."""
    from scipy.special import fdtrc

    (x, g), (y, h) = _complete(*real), _complete(*synthetic)
    if not x.size or not y.size:
        return math.nan
    ranks = mid_ranks(np.concatenate([x, y]))
    shifts = _shifts(ranks[: x.size], g, ranks[x.size :], h, smallest)
    if len(shifts) < 2:
        return math.nan
    shift, variance, freedom = np.array(shifts).T
    weight = 1 / variance
    k, total = weight.size, weight.sum()
    spread = weight @ (shift - weight @ shift / total) ** 2 / (k - 1)
    slack = ((1 - weight / total) ** 2 / freedom).sum()
    statistic = spread / (1 + 2 * (k - 2) / (k**2 - 1) * slack)
    return float(fdtrc(k - 1, (k**2 - 1) / (3 * slack), statistic))


def _shifts(x, g, y, h, smallest):
    """Per group: difference of means, its variance, Satterthwaite's degrees of freedom."""
    shifts = []
    for group in np.intersect1d(g, h):
        a, b = x[g == group], y[h == group]
        if min(a.size, b.size) < smallest:
            continue
        parts = np.array([a.var(ddof=1) / a.size, b.var(ddof=1) / b.size])
        if parts.min() > 0:
            freedom = parts.sum() ** 2 / (parts[0] ** 2 / (a.size - 1) + parts[1] ** 2 / (b.size - 1))
            shifts.append((b.mean() - a.mean(), parts.sum(), freedom))
    return shifts
