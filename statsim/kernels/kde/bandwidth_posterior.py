r"""The posterior of the bandwidths of a Gaussian product kernel under the leave-one-out likelihood.

X. Zhang, M. King, R. Hyndman, "A Bayesian approach to bandwidth selection for multivariate kernel density estimation", Computational Statistics
and Data Analysis 50 (2006): :math:`\log p(h) + N \sum_i w_i \log f_{-i}(x_i)`, N the number of rows that count.
"""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.kde.pairs import fill_left_out
from statsim.kernels.priors import log_prior

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel
def log_posterior(h, slopes, tiles, weights, kept, row_weights, removed, total, least, priors):
    """Log density at bandwidths h (d,) up to a constant, and its gradient in `slopes` (d,); tables as `statsim.kernels.kde.pairs` takes them.

    row_weights (n,) sum to 1, `removed` (n,) is what is left out of them, `least` (d,) the least bandwidths allowed, priors (d, 4).
    """
    n, d = row_weights.size, h.size
    for j in range(d):
        slopes[j] = 0.0
    for j in range(d):
        if not h[j] >= least[j]:
            return -math.inf
    logs, by_row, inverse = np.empty(n), np.empty((n, d)), 1.0 / h
    fill_left_out(tiles, weights, kept, 0, n, inverse, logs, by_row)
    value = 0.0
    for i in range(n):
        value += row_weights[i] * (logs[i] - math.log1p(-removed[i]))
    if not value > -math.inf:
        return -math.inf
    for j in range(d):
        value -= math.log(h[j]) + _HALF_LOG_2PI
        total_slope = -1.0
        for i in range(n):
            total_slope += row_weights[i] * by_row[i, j]
        slopes[j] = total * total_slope / h[j]
    return total * value + log_prior(priors, h, slopes)
