r"""The first steps of a Kalman filter and smoother whose first state has an infinite variance in some directions, exactly.

.. math:: \alpha_1 \sim N(a_1, P_* + \kappa P_\infty), \quad \kappa \to \infty

Values of a step are taken one after the other, after a unit lower triangular transformation that makes their noises independent. A value whose
:math:`F_\infty = z P_\infty z'` is positive fixes one direction: it is predicted with infinite variance and contributes
:math:`-\tfrac12 (\log 2\pi + \log F_\infty)`, the limit of its log density plus :math:`\tfrac12 \log \kappa`. When no direction is left, the
ordinary filter goes on. Koopman, Durbin (2000), Journal of Time Series Analysis 21; (2003), 24; Durbin, Koopman (2012), chapter 5 and section 6.4.
"""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.series.kalman import observed_rows
from statsim.kernels.series.products import add_congruence

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_NOTHING = 1e-10  # share of the largest F_infinity that is rounding
_SINGULAR = 1e-13  # share of its terms that the variance of a value must have


@kernel
def decorrelated(y, Z, H, d, seen, count, C, z, noise, w):
    """Rows z (count, m), noise variances and values w less d of the values seen, with independent noises: H = C diag(noise) C'."""
    m = Z.shape[1]
    for a in range(count):
        w[a] = y[seen[a]] - d[seen[a]]
        z[a] = Z[seen[a]]
        for b in range(a + 1):
            value = H[seen[a], seen[b]]
            for p in range(b):
                value -= C[a, p] * C[b, p] * noise[p]
            if a == b:
                noise[a] = value if value > _SINGULAR * H[seen[a], seen[a]] else 0.0
            else:
                C[a, b] = value / noise[b] if noise[b] > 0.0 else 0.0
        for b in range(a):
            w[a] -= C[a, b] * w[b]
            for j in range(m):
                z[a, j] -= C[a, b] * z[b, j]


@kernel
def _fixed_direction(P, rise, star, infinite, F_star, F_infinite):
    """P_* and P_infinity after a value with F_infinity > 0; `star` and `infinite` (m,) are P z'."""
    m = rise.size
    for i in range(m):
        rise[i] = infinite[i] / F_infinite
    for i in range(m):
        for j in range(i + 1):
            value = P[0, i, j] + rise[i] * rise[j] * F_star - star[i] * rise[j] - rise[i] * star[j]
            P[0, i, j], P[0, j, i] = value, value
            value = P[1, i, j] - rise[i] * rise[j] * F_infinite
            P[1, i, j], P[1, j, i] = value, value


@kernel
def _ordinary(P, rise, star, F_star):
    m = rise.size
    for i in range(m):
        rise[i] = star[i] / F_star
    for i in range(m):
        for j in range(i + 1):
            value = P[0, i, j] - rise[i] * rise[j] * F_star
            P[0, i, j], P[0, j, i] = value, value


@kernel
def take_values(z, noise, w, count, a, P, unit, v, F, M):
    """Take the values one by one: a (m,), P (2, m, m) become filtered; v (count,), F (count, 2), M (count, 2, m) are kept. False when one is sure.

    F[b, 1] is zero for an ordinary value. `unit` is the scale of P_infinity.
    """
    m = a.size
    rise = np.empty(m)
    for b in range(count):
        v[b], F[b, 0], F[b, 1] = w[b], noise[b], 0.0
        size, most = noise[b], 0.0
        for i in range(m):
            v[b] -= z[b, i] * a[i]
            star, infinite = 0.0, 0.0
            for j in range(m):
                star += P[0, i, j] * z[b, j]
                infinite += P[1, i, j] * z[b, j]
            M[b, 0, i], M[b, 1, i] = star, infinite
        for i in range(m):
            F[b, 0] += z[b, i] * M[b, 0, i]
            F[b, 1] += z[b, i] * M[b, 1, i]
            size += z[b, i] * z[b, i] * P[0, i, i]
            most += z[b, i] * z[b, i] * unit
        if F[b, 1] > _NOTHING * most:
            _fixed_direction(P, rise, M[b, 0], M[b, 1], F[b, 0], F[b, 1])
        else:
            F[b, 1] = 0.0
            if not F[b, 0] > _SINGULAR * size:
                return False
            _ordinary(P, rise, M[b, 0], F[b, 0])
        for i in range(m):
            a[i] += rise[i] * v[b]
    return True


@kernel
def largest_variance(P):
    most = 0.0
    for i in range(P.shape[0]):
        most = max(most, P[i, i])
    return most


@kernel
def diffuse_filter(values, T, Z, Q, H, c, d, a1, P1, infinite, means, covariances, filtered_means, filtered_covariances, innovations, densities):
    """Filter one sequence until nothing is infinite any more.

    Parameters
    ----------
    values : (n, k)
        NaN where missing.
    T, Z, Q, H, c, d, a1, P1
        As `kalman_filter`; P1 is P_*.
    infinite : (m, m)
        P_infinity of the first state.
    means, covariances : (n + 1, m), (n + 1, 2, m, m)
        Filled: predicted; covariances are P_* and P_infinity.
    filtered_means, filtered_covariances : (n, m), (n, 2, m, m)
        Filled.
    innovations : (n, k)
        Filled: standardised, NaN where missing or predicted with infinite variance.
    densities : (n,)
        Filled.

    Returns
    -------
    (int, int)
        Steps taken, and -1 or the step with a value predicted without error.
    """
    n, (k, m) = values.shape[0], Z.shape
    seen, C, z, noise, w = np.empty(k, np.int64), np.empty((k, k)), np.empty((k, m)), np.empty(k), np.empty(k)
    v, F, M, work = np.empty(k), np.empty((k, 2)), np.empty((k, 2, m)), np.empty((m, m))
    means[0], covariances[0, 0], covariances[0, 1] = a1, P1, infinite
    unit = largest_variance(infinite)
    for t in range(n):
        a, P = filtered_means[t], filtered_covariances[t]
        a[:], P[:] = means[t], covariances[t]
        count = observed_rows(values[t], seen)
        decorrelated(values[t], Z, H, d, seen, count, C, z, noise, w)
        if not take_values(z, noise, w, count, a, P, unit, v, F, M):
            return t, t
        densities[t], innovations[t] = 0.0, np.nan
        for b in range(count):
            if F[b, 1] > 0.0:
                densities[t] -= _HALF_LOG_2PI + 0.5 * math.log(F[b, 1])
            else:
                innovations[t, seen[b]] = v[b] / math.sqrt(F[b, 0])
                densities[t] -= _HALF_LOG_2PI + 0.5 * (math.log(F[b, 0]) + v[b] * v[b] / F[b, 0])
        if not largest_variance(P[1]) > _NOTHING * unit:
            P[1] = 0.0
        for i in range(m):
            means[t + 1, i] = c[i]
            for j in range(m):
                means[t + 1, i] += T[i, j] * a[j]
        covariances[t + 1, 0], covariances[t + 1, 1] = Q, 0.0
        add_congruence(T, P[0], work, covariances[t + 1, 0])
        add_congruence(T, P[1], work, covariances[t + 1, 1])
        unit = max(unit, largest_variance(covariances[t + 1, 1]))
        if not largest_variance(covariances[t + 1, 1]) > _NOTHING * unit:
            covariances[t + 1, 1] = 0.0
            return t + 1, -1
    return n, -1
