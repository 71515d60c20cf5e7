r"""Gibbs sampling of a block model: labels one after another, then the parameters given the labels.

K. Nowicki, T. Snijders, "Estimation and prediction for stochastic blockstructures", JASA 96 (2001). Weights of the blocks have a
Dirichlet law, probabilities of edges a beta one, rates of a degree-corrected model a gamma one: `prior` holds the Dirichlet's shape and the
other law's two numbers.
"""

import math

import numpy as np

from statsim.kernels.elementary import log, log1p
from statsim.kernels.graphs.block_labels import label_sweep
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.jit import kernel
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.categorical import categorical_alias
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.standard_gamma import standard_gamma

_LEAST, _MOST = 1e-300, 1.0 - 2.0**-53


@kernel
def fill_labels(key, graph, threshold, alias, labels):
    """Labels (n,) of the nodes of graph number `graph`, by the alias tables of the weights."""
    state = np.empty(4, np.uint64)
    seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(0), state)
    for i in range(labels.size):
        labels[i] = categorical_alias(state, threshold, alias)


@kernel
def count_blocks(labels, edges, strengths, is_directed, with_loops, counts, exposures, sizes):
    """Fill edges (K, K), their exposures (K, K) and sizes (K,) of the blocks; the exposure of a block pair sums s_i s_j over its pairs."""
    K = sizes.size
    sums = np.zeros((3, K))
    counts[:], sizes[:] = 0.0, 0.0
    for i in range(labels.size):
        q = labels[i]
        sizes[q] += 1.0
        sums[0, q] += strengths[0, i]
        sums[1, q] += strengths[1, i]
        sums[2, q] += strengths[0, i] * strengths[1, i]
    for e in range(edges.shape[0]):
        q, k = labels[edges[e, 0]], labels[edges[e, 1]]
        counts[q, k] += 1.0
        if not is_directed and q != k:
            counts[k, q] += 1.0
    for q in range(K):
        for k in range(K):
            exposures[q, k] = sums[0, q] * sums[1, k]
        exposures[q, q] -= sums[2, q]
        if not is_directed:
            exposures[q, q] *= 0.5
        if with_loops:
            exposures[q, q] += sums[2, q]


@kernel
def tables_of(alpha, rates, is_poisson, log_alpha, W, V):
    """Fill log weights (K,), W and V (K, K) of `block_labels` for weights alpha and edge probabilities, or rates, (K, K)."""
    for q in range(alpha.size):
        log_alpha[q] = log(max(alpha[q], _LEAST))
        for k in range(alpha.size):
            r = max(rates[q, k], _LEAST)
            if is_poisson:
                W[q, k], V[q, k] = log(r), -r
            else:
                r = min(r, _MOST)
                V[q, k] = log1p(-r)
                W[q, k] = log(r) - V[q, k]


@kernel
def draw_parameters(state, counts, exposures, sizes, is_directed, is_poisson, prior, alpha, rates):
    """Draw alpha (K,) and rates (K, K) given the counts and the prior (3,)."""
    K = sizes.size
    shapes = np.empty(K)
    for q in range(K):
        shapes[q] = prior[0] + sizes[q]
    dirichlet(state, shapes, alpha)
    for q in range(K):
        for k in range(0 if is_directed else q, K):
            if is_poisson:
                rates[q, k] = standard_gamma(state, prior[1] + counts[q, k]) / (prior[2] + exposures[q, k])
            else:
                rates[q, k] = beta(state, prior[1] + counts[q, k], prior[2] + exposures[q, k] - counts[q, k])
            if not is_directed:
                rates[k, q] = rates[q, k]


@kernel
def run_label_gibbs(state, labels, edges, graph, strengths, is_poisson, prior, warmup, label_draws, alpha_draws, rate_draws):
    """Sweeps of labels and parameters from `labels` (n,) on; draws after `warmup` are kept. False where no label was possible."""
    K = alpha_draws.shape[1]
    n = labels.size
    is_directed, with_loops = graph[4], graph[6]
    counts, exposures, sizes = np.empty((K, K)), np.empty((K, K)), np.empty(K)
    alpha, rates, log_alpha = np.empty(K), np.empty((K, K)), np.empty(K)
    W, V, tau = np.empty((K, K)), np.empty((K, K)), np.zeros((n, K))
    for i in range(n):
        tau[i, labels[i]] = 1.0
    for t in range(warmup + label_draws.shape[0]):
        count_blocks(labels, edges, strengths, is_directed, with_loops, counts, exposures, sizes)
        draw_parameters(state, counts, exposures, sizes, is_directed, is_poisson, prior, alpha, rates)
        tables_of(alpha, rates, is_poisson, log_alpha, W, V)
        if not label_sweep(state, labels, tau, graph, strengths, log_alpha, W, V):
            return False
        if t >= warmup:
            label_draws[t - warmup], alpha_draws[t - warmup], rate_draws[t - warmup] = labels, alpha, rates
    return True


@kernel
def labels_update(x, random, out_bounds, out_columns, in_bounds, in_columns, is_directed, loops, with_loops, strengths, log_alpha, W, V):
    """One sweep of the labels x (n,) given the parameters: what `Gibbs()` runs."""
    K = log_alpha.size
    labels, tau = np.empty(x.size, np.int64), np.zeros((x.size, K))
    for i in range(x.size):
        labels[i] = np.int64(x[i])
        tau[i, labels[i]] = 1.0
    graph = (out_bounds, out_columns, in_bounds, in_columns, is_directed, loops, with_loops)
    label_sweep(random, labels, tau, graph, strengths, log_alpha, W, V)
    for i in range(x.size):
        x[i] = np.float64(labels[i])


@kernel
def labels_log_density(x, out_bounds, out_columns, in_bounds, in_columns, is_directed, loops, with_loops, strengths, log_alpha, W, V):
    """Log joint probability of graph and labels x (n,) up to a constant; minus infinity where one is no label."""
    K, n = log_alpha.size, x.size
    sums, total = np.zeros((3, K)), 0.0
    for i in range(n):
        if not (0.0 <= x[i] < K) or x[i] != np.floor(x[i]):
            return -math.inf
    for i in range(n):
        q = np.int64(x[i])
        total += log_alpha[q]
        sums[0, q] += strengths[0, i]
        sums[1, q] += strengths[1, i]
        sums[2, q] += strengths[0, i] * strengths[1, i]
        for at in range(out_bounds[i], out_bounds[i + 1]):
            j = out_columns[at]
            if j != i:
                total += W[q, np.int64(x[j])] * (1.0 if is_directed else 0.5)
        if with_loops:
            total += loops[i] * W[q, q] + V[q, q]
    for q in range(K):
        for k in range(K):
            pairs = sums[0, q] * sums[1, k] - (sums[2, q] if q == k else 0.0)
            total += pairs * V[q, k] * (1.0 if is_directed else 0.5)
    return total
