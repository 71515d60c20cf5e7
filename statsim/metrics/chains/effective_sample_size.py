r"""Effective sample size of draws from several chains (Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021).

:math:`S / \tau` with :math:`\tau = 1 + 2 \sum_t \rho_t`, where :math:`\rho_t` combines the autocovariances within the half chains with
the variance between them, so that chains that disagree count for little. The sum ends by Geyer's initial monotone sequence
(Geyer 1992, Statistical Science 7): sums of neighbouring pairs, as long as they are positive, none above the one before.
"""

import math

import numpy as np

from statsim import checks
from statsim.metrics.chains.autocovariance import centred, autocovariances, pooled_autocovariance
from statsim.metrics.chains.column import by_column, split
from statsim.metrics.chains.rank_normalise import normal_scores

_LONG, _LAGS = 5000, (8, 32)  # from this length on, the first few lags by dot products before all lags by FFT


def ess_bulk(values):
    """Effective sample size for the centre of the law: of the rank-normalised draws.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws. The middle draw of an odd number is left out.

    Returns
    -------
    float or array (dim,)
        At most S log10(S) for S draws; more than S where successive draws are negatively correlated. NaN for fewer than 4 draws a
        chain, and for a quantity with one value throughout: whether it stands still rightly, draws cannot tell.

    Raises
    ------
    ArgumentError
        Another shape, no chain, or a value that is NaN or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import ess_bulk
    >>> bool(3000 < ess_bulk(np.random.default_rng(0).normal(size=(4, 1000))) < 5000)
    True
    """
    return by_column(values, lambda column: effective_size(normal_scores(column)))


def ess_tail(values, *, probabilities=(0.05, 0.95)):
    """Effective sample size for the tails: the smallest over the quantiles stated.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.
    probabilities : sequence of float
        Each in [0, 1].

    Returns
    -------
    float or array (dim,)
        NaN as in `ess_bulk`.

    Raises
    ------
    ArgumentError
        As in `ess_bulk`; no probability, or one outside [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import ess_tail
    >>> bool(2500 < ess_tail(np.random.default_rng(0).normal(size=(4, 1000))) < 5000)
    True
    """
    levels = checked_probabilities(probabilities)
    return by_column(values, lambda column: min(quantile_size(column, p) for p in levels))


def ess_mean(values):
    """Effective sample size for the mean: of the draws as they are; meaningless where the variance is infinite.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.

    Returns
    -------
    float or array (dim,)
        NaN as in `ess_bulk`.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import ess_mean
    >>> bool(3000 < ess_mean(np.random.default_rng(0).normal(size=(4, 1000))) < 5000)
    True
    """
    return by_column(values, lambda column: effective_size(column.halves))


def ess_sd(values):
    """Effective sample size for the standard deviation: of the squared distances from the mean.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.

    Returns
    -------
    float or array (dim,)
        NaN as in `ess_bulk`.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import ess_sd
    >>> bool(3000 < ess_sd(np.random.default_rng(0).normal(size=(4, 1000))) < 5000)
    True
    """
    return by_column(values, squares_size)


def ess_quantile(values, *, probability):
    """Effective sample size for a quantile: of the indicator that a draw lies at or below it.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.
    probability : float
        In [0, 1].

    Returns
    -------
    float or array (dim,)
        NaN as in `ess_bulk`. All draws where every one lies at or below the quantile (few distinct values).

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import ess_quantile
    >>> bool(3000 < ess_quantile(np.random.default_rng(0).normal(size=(4, 1000)), probability=0.5) < 5000)
    True
    """
    (level,) = checked_probabilities([probability])
    return by_column(values, lambda column: quantile_size(column, level))


def checked_probabilities(probabilities):
    """The probabilities as floats in [0, 1], at least one."""
    from statsim.errors import ArgumentError

    levels = [checks.real(p, "probability", minimum=0, maximum=1) for p in np.atleast_1d(np.asarray(probabilities, dtype=object))]
    if not levels:
        raise ArgumentError("probabilities must name at least one quantile, got none; leave it out for 0.05 and 0.95")
    return levels


def quantile_size(column, probability):
    """Effective size of the indicator of a `Column` at or below its quantile."""
    return effective_size(split((column.draws <= column.quantile(probability)).astype(np.float64)))


def squares_size(column):
    """Effective size of the squared distances of a `Column` from its mean."""
    return effective_size(split((column.draws - column.draws.mean()) ** 2))


def effective_size(rows):
    """Effective number of values in sequences (m, n) as they are, m at least 2; all of them where they are one value."""
    low, high = rows.min(), rows.max()
    if high - low <= 2e-15 * max(abs(low), abs(high)):  # rounding included: squares of +-1/3 differ in the last digit
        return float(rows.size)
    deviations, means = centred(rows)
    tau, first = None, np.empty(0)
    for lags in _LAGS if rows.shape[1] >= _LONG else ():
        if tau is None:
            first = np.append(first, autocovariances(deviations, range(first.size, lags)))
            tau = _time(first, rows.shape[1], means)
    if tau is None:
        tau = _time(pooled_autocovariance(deviations), rows.shape[1], means)
    return rows.size / max(tau, 1 / math.log10(rows.size))


def _time(covariance, n, means):
    r"""Integrated autocorrelation time from the first covariances; None where the initial sequence goes on beyond them."""
    within = covariance[0] * n / (n - 1)
    rho = 1 - (within - covariance) / (covariance[0] + means.var(ddof=1))
    rho[0] = 1
    known = rho.size // 2
    pairs = rho[: 2 * known].reshape(known, 2).sum(axis=1)
    last = max((n - 3) // 2, 0)  # the estimates at the very last lags are left out
    ends = np.flatnonzero(pairs[: last + 1] <= 0)
    if not ends.size and last >= known:
        return None
    end = int(ends[0]) if ends.size else last
    rest = rho[2 * end] if pairs[end] >= 0 or rho[2 * end] > 0 else 0.0
    return -1 + 2 * np.minimum.accumulate(pairs[:end]).sum() + rest if end else 0.0
