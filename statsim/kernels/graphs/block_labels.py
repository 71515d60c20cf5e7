r"""Labels of the nodes of a block model given all other labels: one coordinate of variational EM, one step of Gibbs sampling.

J.-J. Daudin, F. Picard, S. Robin, "A mixture model for random graphs", Statistics and Computing 18 (2008). The log probability of label q for node i
is :math:`\log\alpha_q + \sum_l a_{il} W_{ql} + s_i T_l V_{ql}` up to a constant: a_il counts its neighbours in block l, T_l sums the
strengths of the others there. Independent edges have W = logit p, V = log(1 - p), s = 1; edges by degrees (B. Karrer, M. Newman,
Phys. Rev. E 83, 2011) have W = log w, V = -w. A directed graph adds the same for the edges that come in.
"""

import numpy as np

from statsim.kernels.elementary import exp
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.variates.weighted_category import log_categorical


@inlined
def _neighbours(bounds, columns, i, tau, out):
    """Sum of tau over the neighbours of i, without itself."""
    out[:] = 0.0
    for at in range(bounds[i], bounds[i + 1]):
        j = columns[at]
        if j != i:
            for q in range(out.size):
                out[q] += tau[j, q]


@inlined
def _add_scores(i, tau, near, own, other, totals, W, V, transposed, scores):
    """Add one direction's part; `own` is the strength s of i, `other` its strength as a partner, which is taken out of the totals."""
    for q in range(scores.size):
        for k in range(scores.size):
            w, v = (W[k, q], V[k, q]) if transposed else (W[q, k], V[q, k])
            scores[q] += near[k] * w + own * (totals[k] - other * tau[i, k]) * v


@inlined
def _scores(i, tau, graph, strengths, totals, log_alpha, W, V, near, scores):
    """Write the log probabilities (K,) of the labels of node i, up to a constant."""
    out_bounds, out_columns, in_bounds, in_columns, is_directed, loops, with_loops = graph
    scores[:] = log_alpha
    _neighbours(out_bounds, out_columns, i, tau, near)
    _add_scores(i, tau, near, strengths[0, i], strengths[1, i], totals[1], W, V, False, scores)
    if is_directed:
        _neighbours(in_bounds, in_columns, i, tau, near)
        _add_scores(i, tau, near, strengths[1, i], strengths[0, i], totals[0], W, V, True, scores)
    if with_loops:
        for q in range(scores.size):
            scores[q] += loops[i] * W[q, q] + V[q, q]


@kernel
def block_totals(tau, strengths, totals):
    """Sums (2, K) of the strengths (2, n) going out and coming in, by block."""
    totals[:] = 0.0
    for i in range(tau.shape[0]):
        for q in range(tau.shape[1]):
            totals[0, q] += strengths[0, i] * tau[i, q]
            totals[1, q] += strengths[1, i] * tau[i, q]


@inlined
def _move(i, tau, strengths, totals, new):
    for q in range(new.size):
        step = new[q] - tau[i, q]
        totals[0, q] += strengths[0, i] * step
        totals[1, q] += strengths[1, i] * step
        tau[i, q] = new[q]


@kernel
def variational_sweep(tau, graph, strengths, log_alpha, W, V):
    """Put each row of tau (n, K) at its best given the others, in turn; the largest change of an entry."""
    n, K = tau.shape
    totals, near, scores = np.empty((2, K)), np.empty(K), np.empty(K)
    block_totals(tau, strengths, totals)
    largest = 0.0
    for i in range(n):
        _scores(i, tau, graph, strengths, totals, log_alpha, W, V, near, scores)
        top, total = scores.max(), 0.0
        for q in range(K):
            scores[q] = exp(scores[q] - top)
            total += scores[q]
        for q in range(K):
            scores[q] /= total
            largest = max(largest, abs(scores[q] - tau[i, q]))
        _move(i, tau, strengths, totals, scores)
    return largest


@kernel
def label_sweep(state, labels, tau, graph, strengths, log_alpha, W, V):
    """Draw each label in turn given the others; tau (n, K) holds the same labels as ones and zeros. False where no label is possible."""
    n, K = tau.shape
    totals, near, scores = np.empty((2, K)), np.empty(K), np.empty(K)
    block_totals(tau, strengths, totals)
    for i in range(n):
        _scores(i, tau, graph, strengths, totals, log_alpha, W, V, near, scores)
        drawn = log_categorical(state, scores)
        if drawn < 0:
            return False
        scores[:] = 0.0
        scores[drawn] = 1.0
        _move(i, tau, strengths, totals, scores)
        labels[i] = drawn
    return True
