r"""Autoregressive normal emissions of order p: :math:`x_t = \mu_k + \sum_l \phi_{kl} (x_{t-l} - \mu_k) + e`, column by column.

Lags before the beginning of a sequence are at :math:`\mu_k`. The steps of a sequence with q lags, q = 0..p - 1 for the first ones and p for all
others, are regressions of their own, whose moments the M step needs apart.
"""

import numpy as np

from statsim.kernels.elementary import log
from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.mixture.sampling import LANES, affine
from statsim.kernels.variates.normal import standard_normal

_LOG_2PI = 1.8378770664093453


@inlined
def _sequence_of(offsets, t):
    """The number of the sequence that holds step t."""
    low, high = 0, offsets.size - 2
    while low < high:
        middle = (low + high + 1) // 2
        if offsets[middle] <= t:
            low = middle
        else:
            high = middle - 1
    return low


@inlined
def _expected(values, t, n_lags, mean, coefficients, out):
    """out (d,) = mean of step t given the `n_lags` steps before it."""
    for j in range(mean.size):
        total = mean[j]
        for lag in range(n_lags):
            total += coefficients[lag, j] * (values[t - 1 - lag, j] - mean[j])
        out[j] = total


@kernel
def log_density_autoregressive(values, offsets, begin, end, means, coefficients, factors, out):
    """out (end - begin, k); means (k, d), coefficients (k, p, d), lower Cholesky factors (k, d, d) of the covariances of e."""
    k, d = means.shape
    p, sequence = coefficients.shape[1], _sequence_of(offsets, begin)
    expected, z, constants = np.empty(d), np.empty(d), np.empty(k)
    for c in range(k):
        constants[c] = -0.5 * d * _LOG_2PI
        for j in range(d):
            constants[c] -= log(factors[c, j, j])
    for t in range(begin, end):
        while t >= offsets[sequence + 1]:
            sequence += 1
        n_lags = min(p, t - offsets[sequence])
        for c in range(k):
            _expected(values, t, n_lags, means[c], coefficients[c], expected)
            value = constants[c]
            for i in range(d):
                total = values[t, i] - expected[i]
                for j in range(i):
                    total -= factors[c, i, j] * z[j]
                z[i] = total / factors[c, i, i]
                value -= 0.5 * z[i] * z[i]
            out[t - begin, c] = value


@kernel
def add_lagged_moments(values, offsets, begin, end, gamma, weights, moments):
    """Add sum r z z^T, z = (1, x_t, x_{t-1}, ..., x_{t-q}), of the steps with q lags to moments[c, q]; lower triangle.

    moments (k, p + 1, D, D), D = 1 + d (p + 1); gamma (end - begin, k), weights (end - begin,).
    """
    k, p, d = moments.shape[0], moments.shape[1] - 1, values.shape[1]
    z, sequence = np.empty(moments.shape[2]), _sequence_of(offsets, begin)
    z[0] = 1.0
    for t in range(begin, end):
        while t >= offsets[sequence + 1]:
            sequence += 1
        n_lags = min(p, t - offsets[sequence])
        size = 1 + d * (n_lags + 1)
        for i in range(size - 1):
            z[1 + i] = values[t - i // d, i % d]
        for c in range(k):
            share = weights[t - begin] * gamma[t - begin, c]
            if share > 0.0:
                for i in range(size):
                    scaled = share * z[i]
                    for j in range(i + 1):
                        moments[c, n_lags, i, j] += scaled * z[j]


@kernel
def fill_autoregressive(key, number, offsets, path, means, coefficients, packed, rows):
    """Draw the rows (n, d) that the states `path` (n,) of sequences number, number + 1, ... emit; `packed` from `pack_factors`."""
    d, p = means.shape[1], coefficients.shape[1]
    random = np.empty(4, np.uint64)
    expected, normals, sums = np.empty(d), np.empty(d), np.empty(packed.shape[1] * LANES)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            state = path[t]
            for j in range(d):
                normals[j] = standard_normal(random)
            _expected(rows, t, min(p, t - offsets[i]), means[state], coefficients[state], expected)
            affine(expected, packed[state], normals, sums, rows[t])


@kernel
def fill_autoregressive_after(key, number, begin, path, means, coefficients, packed, rows):
    """Draw the rows from `begin` on of sequence `number`, those before being there."""
    d, p = means.shape[1], coefficients.shape[1]
    random = np.empty(4, np.uint64)
    expected, normals, sums = np.empty(d), np.empty(d), np.empty(packed.shape[1] * LANES)
    seed_emissions(key, number, random)
    for t in range(begin, path.size):
        for j in range(d):
            normals[j] = standard_normal(random)
        _expected(rows, t, min(p, t), means[path[t]], coefficients[path[t]], expected)
        affine(expected, packed[path[t]], normals, sums, rows[t])
