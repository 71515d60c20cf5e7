"""Poisson variates: inversion below a mean of 10, transformed rejection with squeeze from 10 on.

W. Hoermann, "The transformed rejection method for generating Poisson random variables", Insurance: Mathematics and
Economics 12 (1993), algorithm PTRS. Symbols there: mu the mean; a, b, v_r of the transformation; us = 1/2 - |U|.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log
from statsim.kernels.elementary.saddle_point import poisson_log_probability
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform, uniform_open

INVERSION_BELOW = 10.0
_LAST = 100  # P(K > 100) < 1e-65 for a mean of 10: only rounding gets here, and draws again


@inlined
def _inversion(state, mean):
    """Sequential search from 0."""
    at_zero = exp(-mean)
    while True:
        u, probability, k = uniform(state), at_zero, 0
        while u >= probability and k < _LAST:
            u -= probability
            k += 1
            probability *= mean / k
        if k < _LAST:
            return k


@inlined
def _transformed_rejection(state, mean):
    """PTRS, mean >= 10; k stays a double, since a proposal far in the tail may exceed an int64."""
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = uniform_open(state) - 0.5
        v = uniform_open(state)
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0.0 or (us < 0.013 and v > us):
            continue
        if log(v * inverse_alpha / (a / (us * us) + b)) <= poisson_log_probability(k, mean):
            return k


@kernel
def poisson(state, mean):
    """A count with P(K = k) = exp(-mean) mean**k / k!, int64; 0 <= mean <= 9e18 (0 for a mean of 0)."""
    if mean >= INVERSION_BELOW:
        return np.int64(_transformed_rejection(state, mean))
    if not mean > 0.0:
        return np.int64(0)
    return np.int64(_inversion(state, mean))
