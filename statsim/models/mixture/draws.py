"""How a Gaussian mixture fills blocks of rows: its alias table and factors, made once a request by our own loops."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.distributions.covariance import lower_factors
from statsim.errors import FitError
from statsim.kernels.mixture.sampling import fill_mixture_diagonal, fill_mixture_full, pack_factors
from statsim.kernels.variates.categorical import alias_table


def block_fill(parameters, key):
    """The function (first_block, (rows, labels)) that fills whole blocks of the data set named by `key`."""
    threshold, alias = alias_table(parameters.weights)
    means = np.ascontiguousarray(parameters.means)
    if parameters.kind.diagonal:
        kernel, spread = fill_mixture_diagonal, _standard_deviations(parameters)
    else:
        kernel, spread = fill_mixture_full, pack_factors(_factors(parameters))

    def fill(first_block, arrays):
        kernel(key, first_block, BLOCK_ROWS, threshold, alias, means, spread, *arrays)

    return fill


def _standard_deviations(parameters):
    """Square roots (k, d) of the variances; zero for a constant column."""
    k, d = parameters.shape
    dense = parameters.kind.dense(parameters.covariances, k, d)
    variances = np.where(parameters.constant, 0.0, np.diagonal(dense, axis1=1, axis2=2))
    return np.ascontiguousarray(np.sqrt(variances))


def _factors(parameters):
    """Lower Cholesky factors (k, d, d), with zero rows for constant columns."""
    k, d = parameters.shape
    free = np.flatnonzero(~parameters.constant)
    dense = parameters.kind.dense(parameters.covariances, k, d)
    lower = lower_factors(dense[:, free][:, :, free])
    if lower is None:
        raise FitError("covariances are not positive definite to working precision; no rows can be drawn from them")
    factors = np.zeros((k, d, d))
    factors[np.ix_(np.arange(k), free, free)] = lower
    return factors
