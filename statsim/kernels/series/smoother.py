r"""Laws of the states given all values of a sequence, and draws of them.

Backward from the end run :math:`r_{t-1} = Z' F_t^{-1} v_t + L_t' r_t` and :math:`N_{t-1} = Z' F_t^{-1} Z + L_t' N_t L_t` with
:math:`L_t = T (I - M_t Z)`; then :math:`\hat\alpha_t = a_{t|t} + P_{t|t} T' r_t`, :math:`V_t = P_{t|t} - P_{t|t} T' N_t T P_{t|t}` and
:math:`Cov(\alpha_{t+1}, \alpha_t) = (I - P_{t+1} N_t) T P_{t|t}`. This is the smoother of Rauch, Tung and Striebel without the inverse of a
predicted covariance, which may be singular, and with the stable matrix L in place of their gain, which may grow errors backward (it does for
moving averages). Draws correct a path of the model by the smoothed difference of the values from its own.
de Jong (1989), JASA 84; Durbin, Koopman (2002), Biometrika 89; (2012), sections 4.4, 4.7 and 4.9.
"""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.series.products import add_congruence, multiply
from statsim.kernels.series.semidefinite import clear_rounding
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal


@kernel
def _closed_loop(T, Z, M, left, L):
    """L = T (I - M Z)."""
    for i in range(T.shape[0]):
        for j in range(T.shape[0]):
            value = 1.0 if i == j else 0.0
            for b in range(Z.shape[0]):
                value -= M[i, b] * Z[b, j]
            left[i, j] = value
    multiply(T, left, L)


@kernel
def _residual(y, Z, d, a, v):
    """v = y - d - Z a, zero where y is missing."""
    for i in range(v.size):
        value = y[i] - d[i]
        for j in range(a.size):
            value -= Z[i, j] * a[j]
        v[i] = value if y[i] == y[i] else 0.0


@kernel
def _back(Z, precision, v, L, r, work):
    """r = Z' F^-1 v + L' r."""
    m = r.size
    for j in range(m):
        total = 0.0
        for i in range(m):
            total += L[i, j] * r[i]
        work[j] = total
    for a in range(v.size):
        pull = 0.0
        for b in range(v.size):
            pull += precision[a, b] * v[b]
        for j in range(m):
            work[j] += Z[a, j] * pull
    r[:] = work


@kernel
def _corrected(Pf, T, r, af, out):
    """out = af + Pf T' r."""
    m = r.size
    for i in range(m):
        total = 0.0
        for j in range(m):
            moved = 0.0
            for p in range(m):
                moved += T[p, j] * r[p]
            total += Pf[i, j] * moved
        out[i] = af[i] + total


@kernel
def smooth(values, T, Z, d, means, covariances, filtered_means, filtered_covariances, gains, precisions, smoothed, spread, lagged):
    """Fill the laws of the states from what `kalman_filter` keeps.

    smoothed, spread : (n, m), (n, m, m)
        Means and covariances.
    lagged : (n - 1, m, m)
        Covariances of the states t + 1 and t.

    Returns
    -------
    (m,), (m, m)
        r and N of the step before the first.
    """
    n, (k, m) = filtered_means.shape[0], Z.shape
    r, v, work = np.zeros(m), np.empty(k), np.empty(m)
    N, next_N, square = np.zeros((m, m)), np.empty((m, m)), np.empty((m, m))
    L, left, TP, fall = np.empty((m, m)), np.empty((m, m)), np.empty((m, m)), np.empty((m, m))
    scale = np.empty(m)
    for t in range(n - 1, -1, -1):
        Pf = filtered_covariances[t]
        _corrected(Pf, T, r, filtered_means[t], smoothed[t])
        multiply(T, Pf, TP)
        fall[:] = 0.0
        add_congruence(TP.T.copy(), N, square, fall)
        for i in range(m):
            scale[i] = Pf[i, i]
            for j in range(m):
                spread[t, i, j] = Pf[i, j] - fall[i, j]
        clear_rounding(spread[t], scale)
        if t < n - 1:
            multiply(covariances[t + 1], N, square)
            for i in range(m):
                for j in range(m):
                    left[i, j] = (1.0 if i == j else 0.0) - square[i, j]
            multiply(left, TP, lagged[t])
        _residual(values[t], Z, d, means[t], v)
        _closed_loop(T, Z, gains[t], left, L)
        _back(Z, precisions[t], v, L, r, work)
        next_N[:] = 0.0
        add_congruence(Z.T.copy(), precisions[t], np.empty((m, k)), next_N)
        add_congruence(L.T.copy(), N, square, next_N)
        N[:] = next_N
    return r, N


@kernel
def _add_noise(state, factor, normals, out):
    """out += factor z for standard normals z."""
    for j in range(out.size):
        normals[j] = standard_normal(state)
    for i in range(out.size):
        total = 0.0
        for j in range(i + 1):
            total += factor[i, j] * normals[j]
        out[i] += total


@kernel
def _times(A, x, out):
    """out = A x."""
    for i in range(A.shape[0]):
        total = 0.0
        for j in range(A.shape[1]):
            total += A[i, j] * x[j]
        out[i] = total


@kernel
def _path(state, T, Z, state_factor, noise_factor, start_factor, z, e, states, values):
    """A path of the model without its means."""
    for t in range(states.shape[0]):
        if t == 0:
            states[0] = 0.0
            _add_noise(state, start_factor, z, states[0])
        else:
            _times(T, states[t - 1], states[t])
            _add_noise(state, state_factor, z, states[t])
        _times(Z, states[t], values[t])
        _add_noise(state, noise_factor, e, values[t])


@kernel
def draw_states(key, first, values, T, Z, c, d, a1, factors, filtered_covariances, gains, precisions, draws):
    """Fill `draws` (n_draws, n, m) with states given the values (n, k), NaN where missing; draw number first + i is a stream.

    factors : (state_factor, noise_factor, start_factor)
        Lower factors of Q, H and P1.
    """
    n, (k, m) = draws.shape[1], Z.shape
    state, z, e, v, work = np.empty(4, np.uint64), np.empty(m), np.empty(k), np.empty((n, k)), np.empty(m)
    rest, a, af, r = np.empty((n, k)), np.empty(m), np.empty((n, m)), np.empty(m)
    L, left, corrected = np.empty((m, m)), np.empty((m, m)), np.empty(m)
    for number in range(draws.shape[0]):
        seed_block(key[0], key[1], np.uint64(first + number), state)
        path = draws[number]
        _path(state, T, Z, factors[0], factors[1], factors[2], z, e, path, rest)
        a[:] = a1
        for t in range(n):
            for i in range(k):
                rest[t, i] = values[t, i] - rest[t, i]
            _residual(rest[t], Z, d, a, v[t])
            _times(gains[t], v[t], work)
            for i in range(m):
                af[t, i] = a[i] + work[i]
            _times(T, af[t], work)
            for i in range(m):
                a[i] = c[i] + work[i]
        r[:] = 0.0
        for t in range(n - 1, -1, -1):
            _corrected(filtered_covariances[t], T, r, af[t], corrected)
            for i in range(m):
                path[t, i] += corrected[i]
            _closed_loop(T, Z, gains[t], left, L)
            _back(Z, precisions[t], v[t], L, r, work)
