"""Binomial variates: inversion when the mean of the rarer outcome is below 30, transformed rejection with squeeze above.

W. Hoermann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation 46 (1993),
algorithm BTRS; the inversion is BINV of V. Kachitvichyanukul, B. W. Schmeiser, Communications of the ACM 31 (1988).
Symbols: a, b, c, alpha, v_r of the transformation; us = 1/2 - |U|; m the mode.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log, log1p
from statsim.kernels.elementary.saddle_point import binomial_log_probability
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform, uniform_open

INVERSION_BELOW = 30.0
_LAST = 200  # P(K > 200) < 1e-85 for a mean of 30: only rounding gets here, and draws again


@inlined
def _inversion(state, n, p):
    """Sequential search from 0, p <= 1/2."""
    odds = p / (1.0 - p)
    at_zero = exp(n * log1p(-p))
    last = min(n, _LAST)
    while True:
        u, probability, k = uniform(state), at_zero, 0
        while u >= probability and k <= last:
            u -= probability
            k += 1
            probability *= (n - k + 1) * odds / k
        if k <= last:
            return k


@inlined
def _transformed_rejection(state, n, p):
    """BTRS, p <= 1/2 and n p >= 10; n and k are whole doubles, since a proposal far in the tail may exceed an int64."""
    spread = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    v_r = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * spread
    m = np.floor((n + 1.0) * p)
    at_mode = binomial_log_probability(m, n, p)
    while True:
        u = uniform_open(state) - 0.5
        v = uniform_open(state)
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + c)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0.0 or k > n:
            continue
        if log(v * alpha / (a / (us * us) + b)) <= binomial_log_probability(k, n, p) - at_mode:
            return k


@inlined
def _rarer(state, n, p):
    if n * p >= INVERSION_BELOW:
        return np.int64(_transformed_rejection(state, float(n), p))
    return np.int64(_inversion(state, n, p))


@kernel
def binomial(state, n, p):
    """The number of successes in n trials of probability p, int64; 0 for n <= 0 or p <= 0, n for p >= 1; n <= 2**62."""
    if n <= 0 or not p > 0.0:
        return np.int64(0)
    if p >= 1.0:
        return np.int64(n)
    return _rarer(state, n, p) if p <= 0.5 else np.int64(n) - _rarer(state, n, 1.0 - p)
