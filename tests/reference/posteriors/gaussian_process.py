"""Gaussian-process regression with the function integrated out."""

import math

import numba
import numpy as np

from statsim.samplers.supports import Positive
from statsim.samplers.targets.target import Target
from tests.reference.posteriors.posterior import Posterior, load


@numba.njit
def _inverse_factor(C, L, inverse):
    """Write the Cholesky factor L of C and its inverse, both lower triangular; False where C is singular in floating point."""
    n = len(C)
    for i in range(n):
        for j in range(i + 1):
            total = C[i, j]
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i == j and not total > 0.0:
                return False
            L[i, j] = math.sqrt(total) if i == j else total / L[j, j]
    for j in range(n):
        inverse[j, j] = 1.0 / L[j, j]
        for i in range(j + 1, n):
            total = 0.0
            for k in range(j, i):
                total -= L[i, k] * inverse[k, j]
            inverse[i, j] = total / L[i, i]
    return True


@numba.njit
def process(x, out, places, y):
    """x = (rho, alpha, noise variance)."""
    rho, alpha, noise = x[0], x[1], x[2]
    n = y.size
    K, L, inverse = np.empty((n, n)), np.zeros((n, n)), np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            K[i, j] = alpha**2 * math.exp(-0.5 * ((places[i] - places[j]) / rho) ** 2)
        K[i, i] += noise
    if not _inverse_factor(K, L, inverse):
        out[:] = 0.0
        return -math.inf
    precision, weights = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        for j in range(n):
            for k in range(max(i, j), n):
                precision[i, j] += inverse[k, i] * inverse[k, j]
            weights[i] += precision[i, j] * y[j]
    value = 24.0 * math.log(rho) - 4.0 * rho - alpha**2 / 8.0 - 0.5 * noise**2
    out[0], out[1], out[2] = 24.0 / rho - 4.0, -alpha / 4.0, -noise
    for i in range(n):
        value -= 0.5 * y[i] * weights[i] + math.log(L[i, i])
        K[i, i] -= noise
        for j in range(n):
            slope = 0.5 * (weights[i] * weights[j] - precision[i, j])
            out[0] += slope * K[i, j] * (places[i] - places[j]) ** 2 / rho**3
            out[1] += slope * K[i, j] * 2.0 / alpha
        out[2] += 0.5 * (weights[i] ** 2 - precision[i, i])
    return value


def function_of_place():
    record = load("gp_pois_regr-gp_regr")
    return Posterior(record, Target(value_and_gradient=process, dim=3, data=[record["data"]["x"], record["data"]["y"]], support=Positive(3)))
