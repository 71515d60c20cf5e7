r"""The most probable path of states.

Viterbi (1967), IEEE Trans. Inf. Theory 13: :math:`\delta_t(j) = \log b_j(x_t) + \max_i (\delta_{t-1}(i) + \log a_{ij})`. Of equal predecessors the first
is taken. The way forward keeps :math:`\delta` alone; the way back finds the predecessor of the one state of each step that is on the path.
"""

import math

import numpy as np
from numba import types
from numba.extending import overload

from statsim.kernels.hmm.registers import put, registers
from statsim.kernels.jit import inlined, kernel


def _best_of(row, matrix, out):
    """out[j] = the largest row[h] + matrix[h, j]; the rows of the matrix (k, k) lie end to end."""
    return _best_of_tuple(row, matrix, out) if isinstance(row, tuple) else _best_of_array(row, matrix, out)


def _best_of_tuple(row, matrix, out):
    k = len(row)
    for j in range(k):
        out = put(out, j, row[0] + matrix[j])
    for h in range(1, k):
        for j in range(k):
            out = put(out, j, max(out[j], row[h] + matrix[h * k + j]))
    return out


def _best_of_array(row, matrix, out):
    k = row.size
    for j in range(k):
        out[j] = row[0] + matrix[j]
    for h in range(1, k):
        x, line = row[h], matrix[h * k : (h + 1) * k]
        for j in range(k):
            out[j] = max(out[j], x + line[j])
    return out


@overload(_best_of, jit_options={"forceinline": True, "error_model": "numpy"})
def _best_of_compiled(row, matrix, out):
    return _best_of_tuple if isinstance(row, types.UniTuple) else _best_of_array


@inlined
def _first_best(before, column, k):
    """The first h with the largest before[h] + column[h]; 0 where all are minus infinity."""
    place, top = 0, before[0] + column[0]
    for h in range(1, k):
        value = before[h] + column[h]
        better = value > top
        place, top = h if better else place, value if better else top
    return place


@kernel
def _viterbi(log_b, offsets, log_initial, log_transition, columns, path, values, delta, best):
    k = len(delta)
    for i in range(offsets.size - 1):
        begin, end = offsets[i], offsets[i + 1]
        for j in range(k):
            delta = put(delta, j, log_initial[j] + log_b[begin, j])
            log_b[begin, j] = delta[j]
        for t in range(begin + 1, end):
            best = _best_of(delta, log_transition, best)
            for j in range(k):
                delta = put(delta, j, best[j] + log_b[t, j])
                log_b[t, j] = delta[j]
        state, values[i] = 0, -math.inf
        for j in range(k):
            if delta[j] > values[i]:
                state, values[i] = j, delta[j]
        path[end - 1] = state
        for t in range(end - 2, begin - 1, -1):
            state = _first_best(log_b[t], columns[state], k)
            path[t] = state


def viterbi(log_b, offsets, log_initial, log_transition, path, values):
    """Decode sequences that lie end to end.

    Parameters
    ----------
    log_b : (n, k)
        Log densities; replaced by delta.
    offsets : (m + 1,)
        Sequence i is the rows [offsets[i], offsets[i + 1]), at least one.
    log_initial : (k,), log_transition : (k, k)
    path : (n,) int64
        Filled.
    values : (m,)
        Filled: log of the joint density of path and sequence; minus infinity where no path is possible.
    """
    k, columns = log_initial.size, np.ascontiguousarray(log_transition.T)
    _viterbi(log_b, offsets, log_initial, log_transition.ravel(), columns, path, values, registers(k), registers(k))
