r"""Log posterior density of a hidden Markov model of counts, and its gradient: :math:`\lambda` has a gamma prior.

The slope of the complete log density is :math:`y / \lambda - 1` for each step in the state.
"""

import math

import numpy as np

from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.hmm.posterior.chain import add_chain, read_chain, smoothed
from statsim.kernels.jit import kernel


@kernel
def poisson_value_and_gradient(x, out, values, offsets, places, fixed, is_stationary, shapes, rate_places, shape, rate):
    """Log density at x (dim,), its gradient written to `out`.

    Counts `values` (n, d), NaN where missing; the chain as `statsim.kernels.hmm.posterior.chain` has it; `rate_places` (k, d) of the Poisson rates;
    `shape` and `rate` (d,) of the gamma priors.
    """
    (n, d), k = values.shape, places.shape[1]
    chain, slopes, rates = np.empty((k + 1, k)), np.empty((k + 1, k)), np.empty((k, d))
    out[:] = 0.0
    if not read_chain(x, places, fixed, is_stationary, chain) or not read_rates(x, rate_places, rates):
        return -math.inf
    log_b, gamma = np.empty((n, k)), np.empty((n, k))
    fill_log_b_poisson(values, rates, log_b)
    value = smoothed(log_b, offsets, chain, gamma, slopes)
    if not value > -math.inf:
        return value
    value += add_chain(chain, places, shapes, is_stationary, slopes, out)
    for t in range(n):
        for j in range(d):
            if values[t, j] == values[t, j]:
                for c in range(k):
                    out[rate_places[c, j]] += gamma[t, c] * (values[t, j] / rates[c, j] - 1.0)
    for c in range(k):
        for j in range(d):
            value += (shape[j] - 1.0) * log(rates[c, j]) - rate[j] * rates[c, j]
            out[rate_places[c, j]] += (shape[j] - 1.0) / rates[c, j] - rate[j]
    return value


@kernel
def read_rates(x, rate_places, rates):
    """Write rates (k, d); False where one is not positive."""
    k, d = rates.shape
    for c in range(k):
        for j in range(d):
            rates[c, j] = x[rate_places[c, j]]
            if not 0.0 < rates[c, j] < math.inf:
                return False
    return True


@kernel
def fill_log_b_poisson(values, rates, log_b):
    """Log probability (n, k) of each step given each state."""
    (n, d), k = values.shape, rates.shape[0]
    logs = np.empty((k, d))
    for c in range(k):
        for j in range(d):
            logs[c, j] = log(rates[c, j])
    for t in range(n):
        for c in range(k):
            log_b[t, c] = 0.0
        for j in range(d):
            y = values[t, j]
            if y == y:
                constant = log_gamma(y + 1.0)
                for c in range(k):
                    log_b[t, c] += y * logs[c, j] - rates[c, j] - constant
