r"""What every posterior of a hidden Markov model shares: the chain in x, the smoother, and the slopes of the chain.

Fisher's identity: the gradient of the log-likelihood is the expected gradient of the complete log density given the data (Cappe, Moulines, Ryden 2005,
Inference in Hidden Markov Models, section 10.1), so :math:`\partial \log p(x) / \partial a_{ij} = E[N_{ij} \mid x] / a_{ij}`.

A chain in x is told by `places`: the coordinate of each probability, or -1 where it is the constant of `fixed`. Rows 0, ..., k - 1 of these (k + 1, k)
tables are the transitions, row k is the start.
"""

import math

import numpy as np

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.hmm.backward import backward_kernel
from statsim.kernels.hmm.forward import LOST, SOUND, forward_kernel, relative_densities
from statsim.kernels.hmm.log_domain import log_backward, log_forward
from statsim.kernels.hmm.posterior.stationary import stationary_law, stationary_slopes
from statsim.kernels.hmm.semi_forward import fill_logs
from statsim.kernels.jit import kernel

_FAINT = 1e-40  # a transition less probable than this cannot bring back a state that the scaled forward pass has lost


@kernel
def read_chain(x, places, fixed, is_stationary, chain):
    """Write transitions and start into chain (k + 1, k); False where they are none: a probability of 0 or below in x, or no stationary law."""
    k = places.shape[1]
    for i in range(k + 1):
        for j in range(k):
            if places[i, j] >= 0:
                chain[i, j] = x[places[i, j]]
                if not chain[i, j] > 0.0:
                    return False
            else:
                chain[i, j] = fixed[i, j]
    return stationary_law(chain[:k], chain[k]) if is_stationary else True


@kernel
def smoothed(log_b, offsets, chain, gamma, slopes):
    """Log-likelihood of all sequences, their smoother and the slopes of the chain.

    Parameters
    ----------
    log_b : (n, k)
    offsets : (m + 1,)
    chain : (k + 1, k)
    gamma : (n, k)
        Filled: probability of each state given the whole sequence.
    slopes : (k + 1, k)
        Filled: expected transitions divided by their probabilities, and posteriors of first states, not divided.

    Returns
    -------
    float
        Minus infinity where a sequence is impossible; gamma and slopes are then of no use.
    """
    n, k = log_b.shape
    m = offsets.size - 1
    b, highest, scale = np.empty((n, k)), np.empty(n), np.empty(n)
    found, status, sound = np.empty(m), np.empty(m, np.int64), np.empty(m)
    slopes[:] = 0.0
    start, moves = chain[k].copy(), chain[:k].copy()
    relative_densities(log_b, b, highest)
    forward_kernel(b, highest, offsets, start, moves.reshape(k * k), moves.min() < _FAINT, gamma, scale, found, status, np.empty(k), np.empty(k))
    for i in range(m):
        sound[i] = 1.0 if status[i] == SOUND else 0.0
    pairs, first = np.zeros((k, k)), np.zeros(k)
    columns = np.ascontiguousarray(moves.T).reshape(k * k)
    backward_kernel(b, scale, offsets, sound, columns, np.zeros(k), False, gamma, pairs, first, np.empty(k), np.empty(k))
    total = 0.0
    for i in range(m):
        if status[i] == LOST:
            found[i] = _smoothed_in_logs(log_b, offsets[i], offsets[i + 1], start, moves, gamma, pairs, first)
        total += found[i]
    slopes[:k], slopes[k] = pairs, first
    return total


@kernel
def _smoothed_in_logs(log_b, begin, end, start, moves, gamma, pairs, first):
    """One sequence whose probabilities leave the doubles."""
    k = start.size
    log_start, log_moves, own = np.empty(k), np.empty((k, k)), np.zeros((k, k))
    fill_logs(start, log_start)
    fill_logs(moves.reshape(k * k), log_moves.reshape(k * k))
    alpha = gamma[begin:end]
    total = log_forward(log_b[begin:end], log_start, log_moves, alpha)
    if total > -math.inf:
        log_backward(log_b[begin:end], log_moves, np.zeros(k), False, 1.0, alpha, total, own, first)
        for i in range(k):
            for j in range(k):
                if moves[i, j] > 0.0:
                    pairs[i, j] += own[i, j] / moves[i, j]
    return total


@kernel
def add_chain(chain, places, shapes, is_stationary, slopes, out):
    """Log prior density of the chain, Dirichlet `shapes` (k + 1, k); the slopes of likelihood and prior are written to their places in `out`."""
    k = chain.shape[1]
    value = 0.0
    if is_stationary:
        stationary_slopes(chain[:k], chain[k], slopes[k].copy(), slopes[:k])
    else:
        for j in range(k):
            slopes[k, j] = slopes[k, j] / chain[k, j] if chain[k, j] > 0.0 else 0.0
    for i in range(k + 1):
        for j in range(k):
            if places[i, j] < 0:
                continue
            out[places[i, j]] = slopes[i, j]
            if shapes[i, j] != 1.0:
                value += (shapes[i, j] - 1.0) * log(chain[i, j])
                out[places[i, j]] += (shapes[i, j] - 1.0) / chain[i, j]
    return value
