"""Autocorrelation of every chain by FFT; the divisor is the number of draws at every lag."""

import numpy as np

from statsim import checks
from statsim.metrics.chains.autocovariance import centred, pooled_autocovariance
from statsim.metrics.chains.column import Column, chain_array


def autocorrelation(values, *, max_lag=None):
    r"""Autocorrelation of each chain about its own mean.

    Parameters
    ----------
    values : array (chain, draw) or (chain, draw, dim)
        Finite draws.
    max_lag : int, optional
        Largest lag, below the number of draws; all of them when absent.

    Returns
    -------
    array (chain, lag) or (chain, lag, dim)
        Lag 0, which is 1, to `max_lag`; NaN for a chain with one value throughout.

    Raises
    ------
    ArgumentError
        Another shape, no chain, no draw, a value that is NaN or infinite, or a lag out of range.

    Examples
    --------
    >>> from statsim.metrics import autocorrelation
    >>> autocorrelation([[1.0, -1.0, 1.0, -1.0]]).tolist()
    [[1.0, -0.75, 0.5, -0.25]]
    """
    draws = chain_array(values)
    chains, n, dim = draws.shape
    n = checks.integer(n, "the number of draws", minimum=1)
    lags = n if max_lag is None else checks.integer(max_lag, "max_lag", minimum=0, maximum=n - 1) + 1
    found = np.full((chains, lags, dim), np.nan)
    for i in range(dim):
        deviations, _ = centred(Column(draws[:, :, i]).draws)
        for chain, row in enumerate(deviations):
            if row.any():
                covariance = pooled_autocovariance(row[None])
                found[chain, :, i] = covariance[:lags] / covariance[0]
    return found if np.ndim(values) == 3 else found[:, :, 0]
