r"""The moves of Gibbs sampling that every emission shares: the states given the parameters, and the chain given the states.

States: forward filter, backward sample (Chib 1996, J. Econometrics 75). Chain: Dirichlet rows by their counts (Scott 2002, JASA 97); a stationary start ties the rows
together, and a row drawn as if it did not is accepted by the Metropolis-Hastings rule with what the first states say.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log
from statsim.kernels.hmm.forward import LOST, SOUND, forward_kernel, relative_densities
from statsim.kernels.hmm.log_domain import log_forward
from statsim.kernels.hmm.posterior.stationary import stationary_law
from statsim.kernels.hmm.semi_forward import fill_logs
from statsim.kernels.jit import kernel
from statsim.kernels.streams import uniform_open
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.weighted_category import categorical

_FAINT = 1e-40


@kernel
def draw_states(random, log_b, offsets, chain, path):
    """Fill `path` (n,) int64 with the states of all sequences given their steps; False where a sequence is impossible."""
    n, k = log_b.shape
    m = offsets.size - 1
    b, highest, alpha, scale = np.empty((n, k)), np.empty(n), np.empty((n, k)), np.empty(n)
    found, status, weights = np.empty(m), np.empty(m, np.int64), np.empty(k)
    start, moves = chain[k].copy(), chain[:k].copy()
    relative_densities(log_b, b, highest)
    forward_kernel(b, highest, offsets, start, moves.reshape(k * k), moves.min() < _FAINT, alpha, scale, found, status, np.empty(k), np.empty(k))
    for i in range(m):
        begin, end = offsets[i], offsets[i + 1]
        if status[i] == LOST and _filter_in_logs(log_b[begin:end], start, moves, alpha[begin:end]):
            status[i] = SOUND
        if status[i] != SOUND:
            return False
        for t in range(end - 1, begin - 1, -1):
            for j in range(k):
                weights[j] = alpha[t, j] * (moves[j, path[t + 1]] if t < end - 1 else 1.0)
            path[t] = categorical(random, weights)
            if path[t] < 0:
                return False
    return True


@kernel
def _filter_in_logs(log_b, start, moves, alpha):
    """The filter of one sequence whose probabilities leave the doubles; False where it is impossible."""
    n, k = alpha.shape
    log_start, log_moves = np.empty(k), np.empty((k, k))
    fill_logs(start, log_start)
    fill_logs(moves.reshape(k * k), log_moves.reshape(k * k))
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
