r"""The Rauch-Tung-Striebel smoother in Joseph's form, and draws of the states given the values.

With :math:`J_t = P_{t|t} T' P_{t+1}^-` (a generalised inverse where the predicted covariance is singular) and
:math:`C_t = (I - J_t T) P_{t|t} (I - J_t T)' + J_t Q J_t'`, the state :math:`\alpha_t` given :math:`\alpha_{t+1}` and the values up to t has mean
:math:`a_{t|t} + J_t (\alpha_{t+1} - a_{t+1})` and covariance :math:`C_t`. Smoothing puts in the smoothed mean and adds
:math:`J_t V_{t+1} J_t'`; drawing puts in the draw. Rauch, Tung, Striebel (1965), AIAA J. 3; Carter, Kohn (1994), Biometrika 81.
"""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.series.products import add_congruence, multiply
from statsim.kernels.series.semidefinite import semidefinite_factor, semidefinite_solve
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal


@kernel
def backward_laws(T, Q, covariances, filtered_covariances, gains, conditionals):
    """Fill `gains` J (n - 1, m, m) and `conditionals` C (n - 1, m, m) from what `kalman_filter` keeps."""
    m = T.shape[0]
    L, left, work, JT = np.empty((m, m)), np.empty((m, m)), np.empty((m, m)), np.empty((m, m))
    for t in range(gains.shape[0]):
        multiply(filtered_covariances[t], T.T, gains[t])
        semidefinite_factor(covariances[t + 1], L)
        semidefinite_solve(L, gains[t])
        multiply(gains[t], T, JT)
        for i in range(m):
            for j in range(m):
                left[i, j] = (1.0 if i == j else 0.0) - JT[i, j]
        conditionals[t] = 0.0
        add_congruence(left, filtered_covariances[t], work, conditionals[t])
        add_congruence(gains[t], Q, work, conditionals[t])


@kernel
def smooth(means, filtered_means, gains, conditionals, smoothed_means, smoothed_covariances):
    """Fill the smoothed laws (n, m), (n, m, m); their last entries hold the filtered law on entry."""
    m = means.shape[1]
    work = np.empty((m, m))
    for t in range(gains.shape[0] - 1, -1, -1):
        for i in range(m):
            value = filtered_means[t, i]
            for j in range(m):
                value += gains[t, i, j] * (smoothed_means[t + 1, j] - means[t + 1, j])
            smoothed_means[t, i] = value
        smoothed_covariances[t] = conditionals[t]
        add_congruence(gains[t], smoothed_covariances[t + 1], work, smoothed_covariances[t])


@kernel
def _normal_through(state, factor, normals, out):
    """out += factor z for standard normals z."""
    for j in range(out.size):
        normals[j] = standard_normal(state)
    for i in range(out.size):
        total = 0.0
        for j in range(i + 1):
            total += factor[i, j] * normals[j]
        out[i] += total


@kernel
def draw_states(key, first, means, filtered_means, gains, factors, draws):
    """Fill `draws` (n_draws, n, m) with states given the values; draw number first + i is a stream.

    factors : (n, m, m)
        Of `conditionals`, and of the last filtered covariance.
    """
    n, m = filtered_means.shape
    state, normals = np.empty(4, np.uint64), np.empty(m)
    for r in range(draws.shape[0]):
        seed_block(key[0], key[1], np.uint64(first + r), state)
        draws[r, n - 1] = filtered_means[n - 1]
        _normal_through(state, factors[n - 1], normals, draws[r, n - 1])
        for t in range(n - 2, -1, -1):
            for i in range(m):
                value = filtered_means[t, i]
                for j in range(m):
                    value += gains[t, i, j] * (draws[r, t + 1, j] - means[t + 1, j])
                draws[r, t, i] = value
            _normal_through(state, factors[t], normals, draws[r, t])
