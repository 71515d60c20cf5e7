r"""What a filtered hidden semi-Markov model says of a state given the steps so far, and of how long it has lasted.

With I and the densities of `statsim.kernels.hmm.semi_forward`, and :math:`S_j(u) = P(D \ge u)`,

.. math:: P(s_t = j, \text{for u steps} \mid x_{1..t}) \propto I_{t-u+1}(j) \prod_{s=t-u+1}^t b_j(x_s)\, S_j(u),

and one step ahead the state goes on with :math:`S_j(u + 1)`, or j is entered (Guedon 2003, J. Comput. Graph. Stat. 12, section 3).
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.hmm.semi_forward import entries, log_sum
from statsim.kernels.jit import kernel


@kernel
def semi_filter(log_b, log_in, log_s, filtered, predicted):
    """Fill `filtered` and `predicted` (n, k): probability of each state given the steps up to this one, and given those before it."""
    k, n = log_b.shape
    D = log_s.shape[1]
    terms, now, ahead, pair = np.empty(D), np.empty(k), np.empty(k), np.empty(2)
    for t in range(n):
        for j in range(k):
            now[j] = log_sum(terms, entries(log_b[j], log_in[j], log_s[j], t, terms))[0]
            pair[0], pair[1] = log_in[j, t], -math.inf
            if t > 0 and D > 1:
                pair[1] = log_sum(terms, entries(log_b[j], log_in[j], log_s[j, 1:], t - 1, terms))[0]
            ahead[j] = log_sum(pair, 2)[0]
        _normalise(now, filtered[t])
        _normalise(ahead, predicted[t])


@kernel
def _normalise(logs, out):
    """out (k,) = exp(logs) over their sum."""
    top, total = logs.max(), 0.0
    for j in range(logs.size):
        out[j] = exp(logs[j] - top) if logs[j] - top > -745.0 else 0.0
        total += out[j]
    for j in range(logs.size):
        out[j] /= total


@kernel
def semi_ages(log_b, log_in, log_s, ages):
    """Fill `ages` (k, D): probability given all steps that the last one is the u-th of a sojourn in state j, at [j, u - 1]."""
    k, n = log_b.shape
    top, total = -math.inf, 0.0
    for j in range(k):
        count = entries(log_b[j], log_in[j], log_s[j], n - 1, ages[j])
        for u in range(ages.shape[1]):
            if u >= count:
                ages[j, u] = -math.inf
            top = max(top, ages[j, u])
    for j in range(k):
        for u in range(ages.shape[1]):
            ages[j, u] = exp(ages[j, u] - top) if ages[j, u] - top > -745.0 else 0.0
            total += ages[j, u]
    for j in range(k):
        for u in range(ages.shape[1]):
            ages[j, u] /= total
