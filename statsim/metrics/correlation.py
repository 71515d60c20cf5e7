r"""Rank correlation (Spearman) of two columns, and its difference between two tables, with influence-function errors.

With $U, V$ the centred mid-distribution values of the columns, $\rho = E[UV] / \sqrt{E[U^2] E[V^2]}$. Each
moment is a U-statistic; its projection on one row, a(x) = E[1\{X' > x\} V'], comes from one sorted cumulative sum, so
the error costs O(n log n) and is right for tied and heavy-tailed columns alike.
"""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.rank_tests import mid_ranks, normal_tail
from statsim.metrics.score import Score


def rank_correlation(x, y):
    """Spearman correlation of the rows where both are present, and its standard error.

    Parameters
    ----------
    x, y : array (n,)
        Numbers; NaN is missing.

    Returns
    -------
    value, error, rows : float, float, int
        NaN where a column is constant or fewer than 4 rows are complete.

    Examples
    --------
    >>> from statsim.metrics import rank_correlation
    >>> rank_correlation([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0])[0]
    0.8
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape:
        raise ArgumentError(f"x and y must have one value a row each, not {x.size} and {y.size}")
    both = ~(np.isnan(x) | np.isnan(y))
    n = int(both.sum())
    if n < 4:
        return math.nan, math.nan, n
    u, v = ((mid_ranks(values[both]) - (n + 1) / 2) / n for values in (x, y))
    a, b, c = (u * v).mean(), (u * u).mean(), (v * v).mean()
    if b == 0 or c == 0:
        return math.nan, math.nan, n
    cross = u * v + _above(u, v) + _above(v, u) - 3 * a
    own_u, own_v = u * u + 2 * _above(u, u) - 3 * b, v * v + 2 * _above(v, v) - 3 * c
    influence = (cross - a / 2 * (own_u / b + own_v / c)) / math.sqrt(b * c)
    value = float(a / math.sqrt(b * c))
    return min(1.0, max(-1.0, value)), float(influence.std() / math.sqrt(n)), n


def _above(ranks, weights):
    """For each row, the mean over all rows of `weights` times 1 above, 1/2 level with, 0 below it in `ranks`."""
    values, inverse = np.unique(ranks, return_inverse=True)
    level = np.bincount(inverse, weights, minlength=values.size)
    strictly = level.sum() - np.cumsum(level)
    return (strictly + level / 2)[inverse] / ranks.size


def correlation_difference(real, synthetic):
    """Rank correlation of the synthetic pair minus that of the real pair.

    Parameters
    ----------
    real, synthetic : pair of arrays (n,), (m,)
        The two columns of each table; NaN is missing.

    Returns
    -------
    Score
        In [-2, 2]; 0 is perfect. The test compares Fisher's z with the errors found.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import correlation_difference
    >>> x = np.arange(20.0)
    >>> float(correlation_difference((x, x), (x, -x)).value)
    -2.0
    """
    (first, first_error, n), (second, second_error, m) = rank_correlation(*real), rank_correlation(*synthetic)
    error = math.hypot(first_error, second_error)
    return Score("rank correlation difference", second - first, error, 0.0, 0.0,
                 _p_value(first, first_error, n, second, second_error, m), n, m)  # fmt: skip


def _p_value(first, first_error, n, second, second_error, m):
    if math.isnan(first) or math.isnan(second):
        return math.nan
    # One row's worth of shrinkage keeps z finite at +-1; the floor is the error of a nearly perfect correlation.
    z = [math.atanh(r * (1 - 1 / k)) for r, k in ((first, n), (second, m))]
    errors = [max(e, 1 / k) / (1 - (r * (1 - 1 / k)) ** 2) for r, e, k in
              ((first, first_error, n), (second, second_error, m))]  # fmt: skip
    return normal_tail((z[1] - z[0]) / math.hypot(*errors))
