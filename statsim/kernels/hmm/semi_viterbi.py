r"""The most probable path of states of a hidden semi-Markov model (Yu 2010, Artificial Intelligence 174, section 2.2.4).

As the forward pass with maxima for sums. Of equal sojourns the shortest is taken, of equal predecessors the first.
"""

import math

import numpy as np

from statsim.kernels.hmm.semi_forward import entries
from statsim.kernels.jit import inlined, kernel


@inlined
def _largest(terms, count):
    """The first of the largest terms, and its value; (0, minus infinity) where none is possible."""
    place, top = 0, -math.inf
    for i in range(count):
        if terms[i] > top:
            place, top = i, terms[i]
    return place, top


@kernel
def semi_viterbi(log_b, log_initial, log_transition, log_d, log_s, log_in, origin, lengths, path):
    """Decode one sequence.

    Parameters
    ----------
    log_b, log_initial, log_transition, log_d, log_s
        As for `semi_forward`.
    log_in : (k, n), origin : (k, n) int32, lengths : (k, n) int32
        Working memory.
    path : (n,) int64
        Filled.

    Returns
    -------
    float
        Log of the joint density of path and sequence; minus infinity where no path is possible.
    """
    k, n = log_b.shape
    terms, states, log_out = np.empty(log_d.shape[1]), np.empty(k), np.empty(k)
    for t in range(n):
        for j in range(k):
            if t == 0:
                log_in[j, t], origin[j, t] = log_initial[j], 0
                continue
            for i in range(k):
                states[i] = log_out[i] + log_transition[i, j]
            origin[j, t], log_in[j, t] = _largest(states, k)
        for j in range(k):
            count = entries(log_b[j], log_in[j], log_s[j] if t == n - 1 else log_d[j], t, terms)
            place, log_out[j] = _largest(terms, count)
            lengths[j, t] = place + 1
    state, top = _largest(log_out, k)
    t = n - 1
    while t >= 0:
        begin = t - lengths[state, t] + 1
        for s in range(begin, t + 1):
            path[s] = state
        state, t = np.int64(origin[state, begin]), begin - 1
    return top
