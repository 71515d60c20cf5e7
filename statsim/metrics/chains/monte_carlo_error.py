r"""Monte Carlo standard errors of the mean, the standard deviation and quantiles (Vehtari et al. 2021).

Mean: :math:`s / \sqrt{\mathrm{ESS}}`. Standard deviation: the delta method on the second moment, with the effective size of the squared
distances (that of the draws themselves is several times too large for antithetic chains). Quantile: the order statistics at
one standard deviation to either side of the law Beta(ESS p + 1, ESS (1 - p) + 1) of the probability below it, halved.
"""

import math

import numpy as np

from statsim.metrics.chains.column import by_column
from statsim.metrics.chains.effective_sample_size import checked_probabilities, effective_size, quantile_size, squares_size

_ONE_SD = (0.1586553, 0.8413447)  # the normal law below -1 and 1, to the digits of the published code


def mcse_mean(values):
    """Monte Carlo standard error of the mean over all chains.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.

    Returns
    -------
    float or array (dim,)
        In the unit of the draws. NaN for fewer than 4 draws a chain and for a quantity with one value throughout.

    Raises
    ------
    ArgumentError
        Another shape, no chain, or a value that is NaN or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import mcse_mean
    >>> bool(0.014 < mcse_mean(np.random.default_rng(0).normal(size=(4, 1000))) < 0.018)
    True
    """
    return by_column(values, lambda column: mean_error(column, effective_size(column.halves)))


def mcse_sd(values):
    """Monte Carlo standard error of the standard deviation over all chains.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.

    Returns
    -------
    float or array (dim,)
        In the unit of the draws; NaN as in `mcse_mean`.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import mcse_sd
    >>> bool(0.009 < mcse_sd(np.random.default_rng(0).normal(size=(4, 1000))) < 0.014)
    True
    """
    return by_column(values, lambda column: sd_error(column, squares_size(column)))


def mcse_quantile(values, *, probability):
    """Monte Carlo standard error of a quantile over all chains.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.
    probability : float
        In [0, 1].

    Returns
    -------
    float or array (dim,)
        In the unit of the draws; NaN as in `mcse_mean`.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics import mcse_quantile
    >>> bool(0.014 < mcse_quantile(np.random.default_rng(0).normal(size=(4, 1000)), probability=0.5) < 0.025)
    True
    """
    (level,) = checked_probabilities([probability])
    return by_column(values, lambda column: quantile_error(column, level, quantile_size(column, level)))


def mean_error(column, size):
    """Error of the mean of a `Column` from the effective size for the mean."""
    return column.unscaled(column.draws.std(ddof=1) / math.sqrt(size))


def sd_error(column, size):
    """Error of the standard deviation of a `Column` from the effective size of the squares."""
    square = (column.draws - column.draws.mean()) ** 2
    second = square.mean()
    fourth = np.einsum("ij,ij->", square, square) / square.size
    return column.unscaled(math.sqrt(max(fourth - second**2, 0.0) / size / second / 4))


def quantile_error(column, probability, size):
    """Error of a quantile of a `Column` from the effective size for that quantile."""
    from scipy.special import betaincinv

    ordered = column.sorted_draws
    low, high = betaincinv(size * probability + 1, size * (1 - probability) + 1, _ONE_SD) * ordered.size - 1
    below, above = ordered[max(math.floor(low), 0)], ordered[min(math.ceil(high), ordered.size - 1)]
    return column.unscaled((above - below) / 2)
