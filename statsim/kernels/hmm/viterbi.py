r"""The most probable path of states.

Viterbi (1967), IEEE Trans. Inf. Theory 13: :math:`\delta_t(j) = \log b_j(x_t) + \max_i (\delta_{t-1}(i) + \log a_{ij})`. Of equal predecessors the first
is taken.
"""

import math

import numpy as np

from statsim.kernels.jit import kernel


@kernel
def viterbi(log_b, log_initial, log_transition, origin, path):
    """Decode one sequence.

    Parameters
    ----------
    log_b : (n, k), log_initial : (k,), log_transition : (k, k)
    origin : (n, k) uint16
        Working memory.
    path : (n,) int64
        Filled.

    Returns
    -------
    float
        Log of the joint density of path and sequence; minus infinity where no path is possible.
    """
    n, k = log_b.shape
    best, before = np.empty(k), np.empty(k)
    for j in range(k):
        best[j] = log_initial[j] + log_b[0, j]
    for t in range(1, n):
        for j in range(k):
            before[j] = best[j]
            origin[t, j] = 0
        _extend(before, log_transition, best, origin[t])
        for j in range(k):
            best[j] += log_b[t, j]
    state, top = 0, -math.inf
    for j in range(k):
        if best[j] > top:
            state, top = j, best[j]
    for t in range(n - 1, -1, -1):
        path[t] = state
        state = np.int64(origin[t, state]) if t > 0 else 0
    return top


@kernel
def _extend(before, log_transition, best, origin):
    """The best predecessor of each state among those after the first; row by row, so that the inner loop runs along memory."""
    k = before.size
    first = before[0]
    for j in range(k):
        best[j] = first + log_transition[0, j]
    for h in range(1, k):
        level = before[h]
        for j in range(k):
            value = level + log_transition[h, j]
            if value > best[j]:
                best[j] = value
                origin[j] = h
