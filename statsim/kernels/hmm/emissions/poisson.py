"""Poisson emissions: independent counts given the state."""

import math

import numpy as np

from statsim.kernels.elementary import log_gamma
from statsim.kernels.elementary.saddle_point import poisson_log_probability
from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.variates.poisson import poisson

_LARGE = 512.0  # from this count on the terms x log(rate) and log x! are so large that their difference loses digits


@inlined
def _log_probability(x, log_factorial, rate, log_rate):
    if x == 0.0:
        return -rate
    if rate == 0.0:
        return -math.inf
    if x < _LARGE and rate < _LARGE:
        return x * log_rate - rate - log_factorial
    return poisson_log_probability(x, rate)


@kernel
def log_density_poisson(values, rates, log_rates, out):
    """out (n, k) of counts (n, d), NaN where missing; rates and their logarithms (k, d)."""
    k = rates.shape[0]
    for t in range(values.shape[0]):
        for c in range(k):
            out[t, c] = 0.0
        for j in range(values.shape[1]):
            x = values[t, j]
            if x == x:
                log_factorial = log_gamma(x + 1.0)
                for c in range(k):
                    out[t, c] += _log_probability(x, log_factorial, rates[c, j], log_rates[c, j])


@kernel
def fill_poisson(key, number, offsets, path, rates, rows):
    """Draw the counts (n, d) int64 that the states `path` (n,) of sequences number, number + 1, ... emit."""
    random = np.empty(4, np.uint64)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            for j in range(rates.shape[1]):
                rows[t, j] = poisson(random, rates[path[t], j])
