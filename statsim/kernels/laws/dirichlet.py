"""The Dirichlet law of shares with shapes `alpha` (k,): S. Kotz, N. Balakrishnan, N. Johnson, Continuous Multivariate Distributions 1 (2000), chapter 49."""

import math

import numpy as np

from statsim.kernels.elementary.digamma import digamma
from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.dirichlet import dirichlet


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n, k), each row under a row of `parameters` (m, k)."""
    state = np.empty(4, np.uint64)
    for block in range(values.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            dirichlet(state, parameters[row], values[i])


@inlined
def _log_constant(alpha):
    total = value = 0.0
    for j in range(alpha.size):
        total += alpha[j]
        value -= log_gamma(alpha[j])
    return value + log_gamma(total)


@kernel
def log_density(x, alpha, out):
    """out (n,) at shares x (n, k), with respect to the first k - 1 of them."""
    constant = _log_constant(alpha)
    for i in range(x.shape[0]):
        value = constant
        for j in range(alpha.size):
            value += (alpha[j] - 1.0) * math.log(x[i, j]) if alpha[j] != 1.0 else 0.0
        out[i] = value


@kernel
def log_posterior(alpha, slopes, x, weights, priors):
    """Log-likelihood of shares x (n, k) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    total = whole = 0.0
    for i in range(weights.size):
        total += weights[i]
    for j in range(alpha.size):
        whole += alpha[j]
    value, shared = total * _log_constant(alpha), digamma(whole)
    for j in range(alpha.size):
        logs = 0.0
        for i in range(weights.size):
            logs += weights[i] * math.log(x[i, j])
        slopes[j] = logs + total * (shared - digamma(alpha[j]))
        value += (alpha[j] - 1.0) * logs
    return value + log_prior(priors, alpha, slopes)
