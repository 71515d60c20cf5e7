r"""The Kalman filter of a linear Gaussian state space model, in Joseph's form.

.. math:: y_t = d + Z \alpha_t + \varepsilon_t, \quad \alpha_{t+1} = c + T \alpha_t + \eta_t, \quad
          \varepsilon_t \sim N(0, H), \ \eta_t \sim N(0, Q), \ \alpha_1 \sim N(a_1, P_1)

With :math:`F = Z P Z' + H = L L'`, gain :math:`M = P Z' F^{-1}`: :math:`P_{t|t} = (I - M Z) P (I - M Z)' + M H M'`, a sum of positive semidefinite
terms. A state that the observation determines exactly gets variance zero, not rounding noise. Missing values (NaN) drop their rows
of Z. Once a predicted covariance repeats itself bit for bit, the gain is kept: the same bits as computing it again.
Durbin, Koopman (2012), Time Series Analysis by State Space Methods, sections 4.3 and 4.10; Anderson, Moore (1979), section 6.2.
"""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.series.products import add_congruence

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_SINGULAR = 1e-13  # share of its own that an observation's variance must have
_EXACT = 1e-26  # a variance reduced to less than this share of itself is zero


@kernel
def observed_rows(y, seen):
    """Write the indices of the values of y (k,) that are not NaN into `seen`; returns how many."""
    count = 0
    for i in range(y.size):
        if y[i] == y[i]:
            seen[count] = i
            count += 1
    return count


@kernel
def innovation_factor(Z, H, P, seen, count, PZ, L):
    """PZ = P Z' and the lower factor L of F for the rows `seen[:count]`; False when F is singular."""
    m = P.shape[0]
    for i in range(m):
        for b in range(count):
            total = 0.0
            for j in range(m):
                total += P[i, j] * Z[seen[b], j]
            PZ[i, b] = total
    for a in range(count):
        for b in range(a + 1):
            total = H[seen[a], seen[b]]
            for j in range(m):
                total += Z[seen[a], j] * PZ[j, b]
            own = total
            for p in range(b):
                total -= L[a, p] * L[b, p]
            if a == b:
                if not total > _SINGULAR * own:
                    return False
                L[a, a] = math.sqrt(total)
            else:
                L[a, b] = total / L[b, b]
    return True


@kernel
def _gain(PZ, L, count, M):
    """M = PZ F^-1 by two triangular solves."""
    for i in range(M.shape[0]):
        for b in range(count):
            value = PZ[i, b]
            for p in range(b):
                value -= L[b, p] * M[i, p]
            M[i, b] = value / L[b, b]
        for b in range(count - 1, -1, -1):
            value = M[i, b]
            for p in range(b + 1, count):
                value -= L[p, b] * M[i, p]
            M[i, b] = value / L[b, b]


@kernel
def _keep(M, L, seen, count, left, gain, precision):
    """M and F^-1 = L^-T L^-1 with zeros for missing values; `left` (k, k) is scratch."""
    gain[:] = 0.0
    precision[:] = 0.0
    for b in range(count):
        for i in range(M.shape[0]):
            gain[i, seen[b]] = M[i, b]
        left[b, b] = 1.0 / L[b, b]
        for a in range(b + 1, count):
            value = 0.0
            for p in range(b, a):
                value -= L[a, p] * left[p, b]
            left[a, b] = value / L[a, a]
    for a in range(count):
        for b in range(a + 1):
            total = 0.0
            for p in range(a, count):
                total += left[p, a] * left[p, b]
            precision[seen[a], seen[b]] = total
            precision[seen[b], seen[a]] = total


@kernel
def _joseph(P, M, Z, H, seen, count, left, work, out):
    """out = (I - M Z) P (I - M Z)' + M H M', with zero rows for states that are now known exactly."""
    m = P.shape[0]
    for i in range(m):
        for j in range(m):
            value = 1.0 if i == j else 0.0
            for b in range(count):
                value -= M[i, b] * Z[seen[b], j]
            left[i, j] = value
    for i in range(m):
        for j in range(i + 1):
            total = 0.0
            for a in range(count):
                for b in range(count):
                    total += M[i, a] * H[seen[a], seen[b]] * M[j, b]
            out[i, j] = total
            out[j, i] = total
    add_congruence(left, P, work, out)
    for i in range(m):
        if out[i, i] <= _EXACT * P[i, i]:
            for j in range(m):
                out[i, j] = 0.0
                out[j, i] = 0.0


@kernel
def _move(y, Z, d, a, M, L, seen, count, e, af):
    """Filtered mean `af` and standardised innovations `e` (k,), NaN where missing; returns the log density of y."""
    m = a.size
    density = 0.0
    for i in range(e.size):
        e[i] = np.nan
    for b in range(count):
        value = y[seen[b]] - d[seen[b]]
        for j in range(m):
            value -= Z[seen[b], j] * a[j]
        e[seen[b]] = value
    for i in range(m):
        value = a[i]
        for b in range(count):
            value += M[i, b] * e[seen[b]]
        af[i] = value
    for b in range(count):
        value = e[seen[b]]
        for p in range(b):
            value -= L[b, p] * e[seen[p]]
        e[seen[b]] = value / L[b, b]
        density -= 0.5 * e[seen[b]] * e[seen[b]] + math.log(L[b, b]) + _HALF_LOG_2PI
    return density


@kernel
def _predict(T, Q, c, af, Pf, work, a, P):
    """The law (a, P) of the next state."""
    _predict_mean(T, c, af, a)
    P[:] = Q
    add_congruence(T, Pf, work, P)


@kernel
def _predict_mean(T, c, af, a):
    for i in range(c.size):
        value = c[i]
        for j in range(c.size):
            value += T[i, j] * af[j]
        a[i] = value


@kernel
def _equal(A, B):
    for i in range(A.shape[0]):
        for j in range(i + 1):
            if A[i, j] != B[i, j]:
                return False
    return True


@kernel
def kalman_filter(
    values, T, Z, Q, H, c, d, a1, P1, means, covariances, filtered_means, filtered_covariances, gains, precisions,
    innovations, densities,
):  # fmt: skip
    """Filter one sequence.

    Parameters
    ----------
    values : (n, k)
        NaN where missing.
    T, Z, Q, H, c, d, a1, P1
        (m, m), (k, m), (m, m), (k, k), (m,), (k,), (m,), (m, m); see the module.
    means, covariances : (n + 1, m), (n + 1, m, m)
        Filled: law of the state at each step, and one further, given the values before. With fewer than n + 1 covariances
        only the last is kept (likelihoods need no more).
    filtered_means, filtered_covariances : (n, m), (n, m, m)
        Filled: given the values before and at the step; as above.
    gains, precisions : (n, m, k), (n, k, k)
        Filled: M and F^-1, zero for missing values; as above.
    innovations : (n, k)
        Filled: standardised.
    densities : (n,)
        Filled: log density of the values of each step given those before.

    Returns
    -------
    int
        -1, or the step whose innovations have a singular covariance.
    """
    n, (k, m) = values.shape[0], Z.shape
    kept = covariances.shape[0] > n
    seen = np.empty(k, np.int64)
    PZ, M, L, inverse = np.empty((m, k)), np.empty((m, k)), np.empty((k, k)), np.empty((k, k))
    left, work, P, Pf, ahead = np.empty((m, m)), np.empty((m, m)), P1.copy(), np.empty((m, m)), np.empty((m, m))
    means[0], covariances[0] = a1, P1
    steady = False
    for t in range(n):
        count = observed_rows(values[t], seen)
        steady = steady and count == k
        if not steady:
            if not innovation_factor(Z, H, P, seen, count, PZ, L):
                return t
            _gain(PZ, L, count, M)
            _joseph(P, M, Z, H, seen, count, left, work, Pf)
        densities[t] = _move(values[t], Z, d, means[t], M, L, seen, count, innovations[t], filtered_means[t])
        if steady:
            _predict_mean(T, c, filtered_means[t], means[t + 1])
        else:
            _predict(T, Q, c, filtered_means[t], Pf, work, means[t + 1], ahead)
            steady = count == k and _equal(ahead, P)
            P[:] = ahead
        if kept:
            filtered_covariances[t], covariances[t + 1] = Pf, P
            _keep(M, L, seen, count, inverse, gains[t], precisions[t])
    covariances[covariances.shape[0] - 1] = P
    return -1
