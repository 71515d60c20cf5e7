"""Two samples are independent of each other, or the draws of one sample of the draws a lag before."""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.inputs import as_draws, check_alpha
from statsim.testing.laws import gaussian, hypergeometric
from statsim.testing.pairs import disjoint_pairs
from statsim.testing.verdict import ALPHA, BETA, Verdict, require_power, settle, together

_RANK_EFFECT = "a rank correlation"
_CELL_EFFECT = "an error in the probability of a cell"
_BINS = 8


def assert_independent(x, y=None, *, lags=(1,), alpha=ALPHA, detects=None):
    """Assert that `y` is independent of `x`; without `y`, that each draw of `x` is independent of the one a lag before.

    Null laws, whatever the margins: the permutation law of the rank correlation (its exact variance and a normal tail,
    which lies above the true one because the fourth cumulant is negative), and of the 8 x 8 table of rank cells, where
    each count is exactly hypergeometric given the margins. The table sees what a correlation misses, such as draws that
    share a scale. Alpha is shared by both statistics, the lags, and two sets of pairs that share no draw.

    Parameters
    ----------
    x : array (n,)
    y : array (n,), optional
    lags : sequence of int
        Lags to judge, without `y`.
    alpha : float
        False-alarm rate.
    detects : float, optional
        Rank correlation that has to be found with probability 1 - 1e-6.

    Returns
    -------
    Verdict

    Raises
    ------
    StatisticalAssertionError
        There is dependence.
    InsufficientSampleError
        n draws cannot find `detects`.

    References
    ----------
    M. G. Kendall, Rank Correlation Methods (1948); R. A. Fisher (1935), JRSS 98.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim import testing
    >>> testing.assert_independent(np.random.default_rng(1).normal(size=50_000), lags=(1, 2)).passed
    True
    """
    return settle(judge_independent(x, y, lags=lags, alpha=alpha, detects=detects))


def judge_independent(x, y=None, *, lags=(1,), alpha=ALPHA, detects=None):
    """The verdict of `assert_independent`, neither charged to a budget nor raised."""
    check_alpha(alpha)
    x = as_draws(x, "x")
    if y is not None:
        y = as_draws(y, "y")
        if x.size != y.size or x.size < 2:
            raise ArgumentError(f"x and y must have the same length n >= 2, got {x.size} and {y.size}")
        return _judge_pairs(x, y, "pairs", alpha, detects)
    if not lags or any(lag < 1 or 4 * lag > x.size for lag in lags):
        raise ArgumentError(f"lags must lie in 1..n/4 with n = {x.size}, got {tuple(lags)!r}")
    share = alpha / (2 * len(lags))
    parts = [
        _judge_pairs(first, second, f"draws {lag} apart", share, detects)
        for lag in lags
        for first, second in disjoint_pairs(x, lag)
    ]
    return together("independent draws", parts, alpha)


def _judge_pairs(x, y, name, alpha, detects):
    return together(f"independence of {name}", [_rank_part(x, y, alpha / 2, detects), _table_part(x, y, alpha / 2)], alpha)


def _rank_part(x, y, alpha, detects):
    n = x.size
    require_power(detects, lambda size: _rank_detectable(size, alpha), n, _RANK_EFFECT)
    a, b = _centred_ranks(x), _centred_ranks(y)
    norm = math.sqrt(float(a @ a) * float(b @ b))
    correlation = float(a @ b) / norm if norm > 0.0 else 0.0
    return Verdict(
        law="permutation law of the rank correlation",
        statistic_name="rank correlation",
        statistic=correlation,
        p_value=min(1.0, 2.0 * gaussian.upper_tail(abs(correlation) * math.sqrt(n - 1))),
        alpha=alpha,
        n=n,
        detects=_rank_detectable(n, alpha),
        effect=_RANK_EFFECT,
    )


def _rank_detectable(n, alpha):
    return (gaussian.upper_point(alpha / 2) + gaussian.upper_point(BETA)) / math.sqrt(n - 1)


def _centred_ranks(values):
    """Mid ranks minus their mean."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - 0.5 * (counts + 1)
    return middle[codes] - 0.5 * (values.size - 1)


def _table_part(x, y, alpha):
    a, b = _rank_cells(x), _rank_cells(y)
    table = np.bincount(a * _BINS + b, minlength=_BINS * _BINS).reshape(_BINS, _BINS)
    rows, columns, n = table.sum(axis=1), table.sum(axis=0), x.size
    tails = [
        hypergeometric.two_sided(int(table[i, j]), int(columns[j]), int(rows[i]), int(n - rows[i]))
        for i in range(_BINS)
        for j in range(_BINS)
    ]
    worst = int(np.argmin(tails))
    i, j = divmod(worst, _BINS)
    share = alpha / len(tails)
    return Verdict(
        law=f"rank cell ({i}, {j}) of {_BINS} x {_BINS}, exact hypergeometric",
        statistic_name="count / expected count",
        statistic=float(table[i, j] * n / max(rows[i] * columns[j], 1)),
        p_value=min(1.0, tails[worst] * len(tails)),
        alpha=alpha,
        n=n,
        detects=min(1.0, hypergeometric.detectable(max(n / _BINS, 1.0), n - n / _BINS, share, BETA) / _BINS),
        effect=_CELL_EFFECT,
    )


def _rank_cells(values):
    """Cell 0..7 of each value by its rank; ties share a cell."""
    order = np.searchsorted(np.sort(values), values, side="left")
    return order * _BINS // values.size
