r"""The moves of Gibbs sampling that every emission shares: the states given the parameters, and the chain given the states.

States: forward filter, backward sample (Chib 1996, J. Econometrics 75). Chain: Dirichlet rows by their counts (Scott 2002, JASA 97); a stationary start ties the rows
together, and a row drawn as if it did not is accepted by the Metropolis-Hastings rule with what the first states say.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log
from statsim.kernels.hmm.forward import LOST, SOUND, relative_densities
from statsim.kernels.hmm.log_domain import log_forward
from statsim.kernels.hmm.posterior.narrow import forward_in_registers
from statsim.kernels.hmm.posterior.stationary import stationary_law
from statsim.kernels.hmm.semi_forward import fill_logs
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform, uniform_open
from statsim.kernels.variates.dirichlet import dirichlet

_FAINT = 1e-40


@kernel
def filter_states(b, highest, offsets, chain, status):
    """Replace densities b (n, k) relative to the highest by the filter, in place: fresh pages cost more than the arithmetic; whether a sequence was lost.

    Fills the status (m,) of each sequence; `highest` is overwritten.
    """
    k, m = chain.shape[1], offsets.size - 1
    start, moves = chain[k].copy(), chain[:k].copy()
    forward_in_registers(b, highest, offsets, start, moves.reshape(k * k), moves.min() < _FAINT, b, highest, np.empty(m), status)
    for i in range(m):
        if status[i] == LOST:
            return True
    return False


@kernel
def filter_lost(log_b, offsets, chain, alpha, status):
    """The sequences that `filter_states` lost, in logarithms."""
    k = chain.shape[1]
    for i in range(offsets.size - 1):
        begin, end = offsets[i], offsets[i + 1]
        if status[i] == LOST and _filter_in_logs(log_b[begin:end], chain[k], chain[:k], alpha[begin:end]):
            status[i] = SOUND


@kernel
def draw_paths(random, alpha, offsets, chain, status, path):
    """Fill `path` (n,) int64 with the states of all sequences given their steps; False where a sequence is impossible."""
    k = alpha.shape[1]
    columns, weights = np.ascontiguousarray(chain[:k].T), np.empty(k)
    for i in range(offsets.size - 1):
        begin, end = offsets[i], offsets[i + 1]
        if status[i] != SOUND:
            return False
        for t in range(end - 1, begin - 1, -1):
            total = 0.0
            for j in range(k):
                total += alpha[t, j] if t == end - 1 else alpha[t, j] * columns[path[t + 1], j]
                weights[j] = total
            if not 0.0 < total < math.inf:
                return False
            path[t] = _place(uniform(random) * total, weights)
    return True


@inlined
def _place(u, sums):
    """The first index whose running sum is above u; where rounding leaves none, the last that adds anything."""
    k, place = sums.size, 0
    for j in range(k):
        place += u >= sums[j]
    while place == k or (place > 0 and sums[place] == sums[place - 1]):
        place -= 1
    return place


@kernel
def draw_from_logs(random, log_b, offsets, chain, path):
    """`path` from log densities log_b (n, k); False where a sequence is impossible."""
    n, k = log_b.shape
    alpha, highest, status = np.empty((n, k)), np.empty(n), np.empty(offsets.size - 1, np.int64)
    relative_densities(log_b, alpha, highest)
    if filter_states(alpha, highest, offsets, chain, status):
        filter_lost(log_b, offsets, chain, alpha, status)
    return draw_paths(random, alpha, offsets, chain, status, path)


@kernel
def _filter_in_logs(log_b, start, moves, alpha):
    """The filter of one sequence whose probabilities leave the doubles; False where it is impossible."""
    n, k = alpha.shape
    log_start, log_moves = np.empty(k), np.empty((k, k))
    fill_logs(start, log_start)
    fill_logs(moves.copy().reshape(k * k), log_moves.reshape(k * k))
    if not log_forward(log_b, log_start, log_moves, alpha) > -math.inf:
        return False
    for t in range(n):
        top = alpha[t].max()
        for j in range(k):
            alpha[t, j] = exp(alpha[t, j] - top) if alpha[t, j] - top > -745.0 else 0.0
    return True


@kernel
def count_moves(path, offsets, counts):
    """Fill counts (k + 1, k) with the transitions of the paths, and in the last row with their first states."""
    k = counts.shape[1]
    counts[:] = 0.0
    for i in range(offsets.size - 1):
        for t in range(offsets[i], offsets[i + 1]):
            counts[k if t == offsets[i] else path[t - 1], path[t]] += 1.0


@kernel
def draw_chain(x, random, places, is_stationary, shapes, counts, chain):
    """Draw the free rows of the chain (k + 1, k) given the counts, and write them to x."""
    k = chain.shape[1]
    for i in range(k + 1):
        if places[i].max() < 0 or (is_stationary and i == k):
            continue
        before, law = chain[i].copy(), chain[k].copy()
        _draw_row(random, places[i], shapes[i], counts[i], chain[i])
        if is_stationary and not (stationary_law(chain[:k], chain[k]) and _accepts(random, law, chain[k], counts[k])):
            chain[i], chain[k] = before, law
        for j in range(k):
            if places[i, j] >= 0:
                x[places[i, j]] = chain[i, j]


@kernel
def _draw_row(random, places, shapes, counts, row):
    """A Dirichlet draw over the free entries of a row."""
    k, free = row.size, 0
    own, drawn = np.empty(k), np.empty(k)
    for j in range(k):
        if places[j] >= 0:
            own[free] = shapes[j] + counts[j]
            free += 1
    dirichlet(random, own[:free], drawn[:free])
    free = 0
    for j in range(k):
        if places[j] >= 0:
            row[j] = drawn[free]
            free += 1


@kernel
def _accepts(random, before, after, first):
    """The Metropolis-Hastings rule for a stationary law changed from `before` to `after`, with counts `first` of first states."""
    ratio = 0.0
    for j in range(first.size):
        if first[j] > 0.0:
            if not after[j] > 0.0:
                return False
            ratio += first[j] * (log(after[j]) - log(before[j]))
    return log(uniform_open(random)) < ratio
