r"""Laws of the states of the steps that `diffuse_filter` took, given all values of a sequence.

Backward run :math:`r^{(0)}, r^{(1)}` and :math:`N^{(0)}, N^{(1)}, N^{(2)}`, one value at a time; then
:math:`\hat\alpha_t = a_t + P_* r^{(0)} + P_\infty r^{(1)}` and :math:`V_t = P_* - P_* N^{(0)} P_* - (P_\infty N^{(1)} P_*)' - P_\infty N^{(1)} P_* -
P_\infty N^{(2)} P_\infty`. Durbin, Koopman (2012), section 5.3, equations (5.20) to (5.30).
"""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.series.diffuse import decorrelated, largest_variance, take_values
from statsim.kernels.series.kalman import observed_rows
from statsim.kernels.series.products import multiply


@kernel
def _add_transposed_times(A, x, out):
    """out += A' x."""
    for j in range(out.size):
        for i in range(x.size):
            out[j] += A[i, j] * x[i]


@kernel
def _add_between(A, N, B, work, out):
    """out += A' N B."""
    multiply(N, B, work)
    for i in range(out.shape[0]):
        for j in range(out.shape[0]):
            for p in range(out.shape[0]):
                out[i, j] += A[p, i] * work[p, j]


@kernel
def _before_ordinary(z, v, F, M, r, N, left, work, new_r, new_N):
    """r (2, m) and N (3, m, m) before a value of finite variance."""
    m = z.size
    for i in range(m):
        for j in range(m):
            left[i, j] = (1.0 if i == j else 0.0) - M[0, i] / F[0] * z[j]
    for q in range(2):
        _add_transposed_times(left, r[q], new_r[q])
    for q in range(3):
        _add_between(left, N[q], left, work, new_N[q])
    for i in range(m):
        new_r[0, i] += z[i] * v / F[0]
        for j in range(m):
            new_N[0, i, j] += z[i] * z[j] / F[0]


@kernel
def _before_fixed(z, v, F, M, r, N, left, slope, work, new_r, new_N):
    """r and N before a value that fixed a direction; `left` and `slope` are L^(0) and L^(1)."""
    m = z.size
    for i in range(m):
        for j in range(m):
            left[i, j] = (1.0 if i == j else 0.0) - M[1, i] / F[1] * z[j]
            slope[i, j] = (M[1, i] * F[0] / F[1] - M[0, i]) / F[1] * z[j]
    for q in range(2):
        _add_transposed_times(left, r[q], new_r[q])
    _add_transposed_times(slope, r[0], new_r[1])
    for q in range(3):
        _add_between(left, N[q], left, work, new_N[q])
    _add_between(slope, N[0], left, work, new_N[1])
    _add_between(left, N[1], slope, work, new_N[2])
    _add_between(slope, N[1].T.copy(), left, work, new_N[2])
    _add_between(slope, N[0], slope, work, new_N[2])
    for i in range(m):
        new_r[1, i] += z[i] * v / F[1]
        for j in range(m):
            new_N[1, i, j] += z[i] * z[j] / F[1]
            new_N[2, i, j] -= z[i] * z[j] * F[0] / (F[1] * F[1])


@kernel
def _law(a, P, r, N, work, part, mean, spread):
    """Smoothed mean (m,) and covariance (m, m)."""
    m = a.size
    mean[:], spread[:] = a, P[0]
    for q in range(2):
        _add_transposed_times(P[q], r[q], mean)
    part[:] = 0.0
    _add_between(P[0], N[0], P[0], work, part)
    _add_between(P[1], N[2], P[1], work, part)
    for i in range(m):
        for j in range(m):
            spread[i, j] -= part[i, j]
    part[:] = 0.0
    _add_between(P[1], N[1], P[0], work, part)
    for i in range(m):
        for j in range(m):
            spread[i, j] -= part[i, j] + part[j, i]
    for i in range(m):
        for j in range(i):
            middle = 0.5 * (spread[i, j] + spread[j, i])
            spread[i, j], spread[j, i] = middle, middle


@kernel
def diffuse_smooth(values, T, Z, H, d, means, covariances, last_r, last_N, smoothed, spread):
    """Fill the laws of the states of `diffuse_filter`'s steps.

    Parameters
    ----------
    values : (steps, k)
    T, Z, H, d
        As `kalman_filter`.
    means, covariances : (steps + 1, m), (steps + 1, 2, m, m)
        From `diffuse_filter`.
    last_r, last_N : (m,), (m, m)
        r and N of the step after, from the ordinary smoother; zero where there is none.
    smoothed, spread : (steps, m), (steps, m, m)
        Filled.
    """
    steps, (k, m) = values.shape[0], Z.shape
    seen, C, z, noise, w = np.empty(k, np.int64), np.empty((k, k)), np.empty((k, m)), np.empty(k), np.empty(k)
    v, F, M, a, P = np.empty(k), np.empty((k, 2)), np.empty((k, 2, m)), np.empty(m), np.empty((2, m, m))
    r, N, new_r, new_N = np.zeros((2, m)), np.zeros((3, m, m)), np.empty((2, m)), np.empty((3, m, m))
    left, slope, work, part = np.empty((m, m)), np.empty((m, m)), np.empty((m, m)), np.empty((m, m))
    r[0], N[0] = last_r, last_N
    unit = np.empty(steps)
    for t in range(steps):
        unit[t] = max(largest_variance(covariances[t, 1]), unit[t - 1] if t > 0 else 0.0)
    for t in range(steps - 1, -1, -1):
        new_r[:], new_N[:] = 0.0, 0.0
        for q in range(2):
            _add_transposed_times(T, r[q], new_r[q])
        for q in range(3):
            _add_between(T, N[q], T, work, new_N[q])
        r[:], N[:] = new_r, new_N
        a[:], P[:] = means[t], covariances[t]
        count = observed_rows(values[t], seen)
        decorrelated(values[t], Z, H, d, seen, count, C, z, noise, w)
        take_values(z, noise, w, count, a, P, unit[t], v, F, M)
        for b in range(count - 1, -1, -1):
            new_r[:], new_N[:] = 0.0, 0.0
            if F[b, 1] > 0.0:
                _before_fixed(z[b], v[b], F[b], M[b], r, N, left, slope, work, new_r, new_N)
            else:
                _before_ordinary(z[b], v[b], F[b], M[b], r, N, left, work, new_r, new_N)
            r[:], N[:] = new_r, new_N
        _law(means[t], covariances[t], r, N, work, part, smoothed[t], spread[t])
