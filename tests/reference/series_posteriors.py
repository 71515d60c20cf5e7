"""Slow twins of conjugate posteriors of autoregressions: the regression written out, and draws by plain matrix algebra."""

import numpy as np

from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


def regression(x, order, trend, initial=None):
    """Regressors (n, r) and responses (n, k) of one sequence (n, k): 1, the step, then lag 1, lag 2, ..."""
    known = x if initial is None else np.concatenate([initial, x])
    first = 0 if initial is None else 1 - order
    rows = []
    for t in range(order, len(known)):
        trends = {"n": [], "c": [1.0], "ct": [1.0, t + (1 if initial is None else first)]}[trend]
        rows.append(np.concatenate([trends, *(known[t - lag] for lag in range(1, order + 1))]))
    return np.array(rows), known[order:]


def matrix_normal_inverse_wishart(key, number, mean, row_covariance, scale, df):
    """Draw number `number` of coefficients and covariance, with the random numbers of the kernel and NumPy's algebra."""
    (r, k), state = mean.shape, np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(number), state)
    A = np.zeros((k, k))
    for i in range(k):
        for j in range(i):
            A[i, j] = standard_normal(state)
        A[i, i] = np.sqrt(2 * standard_gamma(state, (df - i) / 2))
    factor = np.linalg.cholesky(scale) @ np.linalg.inv(A.T)
    Z = np.array([[standard_normal(state) for _ in range(k)] for _ in range(r)])
    return mean + np.linalg.cholesky(row_covariance) @ Z @ factor.T, factor @ factor.T
