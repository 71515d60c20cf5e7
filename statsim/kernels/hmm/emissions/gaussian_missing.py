"""Normal emissions with missing coordinates, missing at random: each step by the law of what was observed.

Little, Rubin (2019), Statistical Analysis with Missing Data, section 11.2: the M step takes the expected x and x x^T given what was observed. A
step of which nothing was observed says nothing about the state and keeps the moments of the law.
"""

import math

import numpy as np

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import kernel

_LOG_2PI = 1.8378770664093453


@kernel
def _observed(x, places):
    """Write the numbers of the coordinates that are not NaN, then of those that are, into `places`; how many were observed."""
    count, d = 0, x.size
    for i in range(d):
        if x[i] == x[i]:
            places[count] = i
            count += 1
    rest = count
    for i in range(d):
        if x[i] != x[i]:
            places[rest] = i
            rest += 1
    return count


@kernel
def _factor(covariance, places, count, L):
    """Lower Cholesky factor of the observed coordinates' covariance, in the corner of L, and below it the rows C_mo L^-T of the missing ones."""
    for a in range(places.size):
        for b in range(min(a + 1, count)):
            total = covariance[places[a], places[b]]
            for j in range(b):
                total -= L[a, j] * L[b, j]
            L[a, b] = math.sqrt(total) if a == b else total / L[b, b]


@kernel
def _solve(L, x, mean, places, count, z):
    """z = L^-1 (x - mean) over the observed coordinates; the log density there."""
    value = -0.5 * count * _LOG_2PI
    for a in range(count):
        total = x[places[a]] - mean[places[a]]
        for j in range(a):
            total -= L[a, j] * z[j]
        z[a] = total / L[a, a]
        value -= 0.5 * z[a] * z[a] + log(L[a, a])
    return value


@kernel
def log_density_missing(X, means, covariances, out):
    """out (n, k) for rows X (n, d) with NaN where missing; means (k, d), covariances (k, d, d)."""
    d = X.shape[1]
    L, z, places = np.empty((d, d)), np.empty(d), np.empty(d, np.int64)
    for t in range(X.shape[0]):
        count = _observed(X[t], places)
        for c in range(means.shape[0]):
            _factor(covariances[c], places, count, L)
            out[t, c] = _solve(L, X[t], means[c], places, count, z)


@kernel
def add_moments_missing(X, gamma, weights, means, covariances, zeroth, first, second):
    """`add_moments_full` (or diagonal, where second is (k, 1, d)) of rows with missing coordinates."""
    n, d = X.shape
    L, z, shift, places = np.empty((d, d)), np.empty(d), np.empty(d), np.empty(d, np.int64)
    for t in range(n):
        count = _observed(X[t], places)
        for c in range(means.shape[0]):
            r = weights[t] * gamma[t, c]
            if r == 0.0:
                continue
            _factor(covariances[c], places, count, L)
            _solve(L, X[t], means[c], places, count, z)
            for a in range(d):
                total = 0.0
                for j in range(count if a >= count else a + 1):
                    total += L[a, j] * z[j]
                shift[places[a]] = total  # x - mean, expected where missing
            zeroth[c] += r
            for i in range(d):
                first[c, i] += r * shift[i]
            _add_second(covariances[c], L, places, count, shift, r, second[c])


@kernel
def _add_second(covariance, L, places, count, shift, r, second):
    """Add r (shift shift^T + conditional covariance of the missing coordinates)."""
    d = places.size
    for a in range(d):
        for b in range(a + 1):
            i, j = max(places[a], places[b]), min(places[a], places[b])
            if second.shape[0] == 1 and i != j:
                continue
            value = shift[i] * shift[j]
            if b >= count:
                value += covariance[i, j]
                for m in range(count):
                    value -= L[a, m] * L[b, m]
            second[0 if second.shape[0] == 1 else i, j] += r * value
