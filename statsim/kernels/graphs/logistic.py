r"""Edges whose log odds depend on the features of both nodes.

:math:`\eta_{ij} = c_0 + c_1 |x_i - x_j| + c_2\, x_i \cdot x_j + \sum_k u_k |x_{ik} - x_{jk}| + s_k x_{ik} + r_k x_{jk}`: P. D. Hoff, A. E. Raftery,
M. S. Handcock, "Latent space approaches to social network analysis", JASA 97 (2002), with covariates. Every pair is looked at once.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log1p
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform


@inlined
def log_odds(x, y, scalars, difference, sender, receiver):
    """eta of the pair with features x and y (d,); scalars (3,) are those of 1, the distance and the product."""
    square, product, rest = 0.0, 0.0, 0.0
    for k in range(x.size):
        gap = x[k] - y[k]
        square += gap * gap
        product += x[k] * y[k]
        rest += difference[k] * abs(gap) + sender[k] * x[k] + receiver[k] * y[k]
    return scalars[0] + scalars[1] * math.sqrt(square) + scalars[2] * product + rest


@inlined
def _probability(eta):
    """1 / (1 + exp(-eta))."""
    return 1.0 / (1.0 + exp(-eta)) if eta > -700.0 else exp(eta)


@kernel
def fill_logistic_stripe(key, graph, stripe, begin, end, features, scalars, difference, sender, receiver, is_directed, edges, at):
    """Edges of the rows begin..end - 1; where the next goes, or -1 where `edges` (capacity, 2) is full."""
    n = features.shape[0]
    state = np.empty(4, np.uint64)
    seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(stripe), state)
    for i in range(begin, end):
        for j in range(0 if is_directed else i + 1, n):
            if i == j:
                continue
            eta = log_odds(features[i], features[j], scalars, difference, sender, receiver)
            if uniform(state) < _probability(eta):
                if at == edges.shape[0]:
                    return -1
                edges[at, 0], edges[at, 1] = i, j
                at += 1
    return at


@kernel
def logistic_log_likelihood(features, scalars, difference, sender, receiver, is_directed, edges):
    """Log probability of a graph with `edges` (m, 2)."""
    total, n = 0.0, features.shape[0]
    for i in range(n):
        for j in range(0 if is_directed else i + 1, n):
            if i != j:
                eta = log_odds(features[i], features[j], scalars, difference, sender, receiver)
                total -= log1p(exp(eta)) if eta < 30.0 else eta + log1p(exp(-eta))
    for e in range(edges.shape[0]):
        total += log_odds(features[edges[e, 0]], features[edges[e, 1]], scalars, difference, sender, receiver)
    return total


@kernel
def newton_sums(features, used, theta, adjacency, is_directed, gradient, information):
    """Log-likelihood at theta (q,), and its gradient (q,) and information (q, q), of a logistic regression over all pairs.

    The design of a pair is 1, distance, product, |difference| (d,), sender (d,), receiver (d,), of which `used` (q,) names the places; for
    undirected pairs a sender's coefficient is that of the sum of both.
    """
    n, d = features.shape
    full, row = np.empty(3 + 3 * d), np.empty(theta.size)
    gradient[:], information[:] = 0.0, 0.0
    total = 0.0
    for i in range(n):
        for j in range(0 if is_directed else i + 1, n):
            if i == j:
                continue
            _design(features[i], features[j], is_directed, full)
            eta = 0.0
            for a in range(theta.size):
                row[a] = full[used[a]]
                eta += theta[a] * row[a]
            p = _probability(eta)
            y = np.float64(adjacency[i, j])
            total += y * eta - (log1p(exp(eta)) if eta < 30.0 else eta + log1p(exp(-eta)))
            for a in range(theta.size):
                gradient[a] += (y - p) * row[a]
                for b in range(a + 1):
                    information[a, b] += p * (1.0 - p) * row[a] * row[b]
    for a in range(theta.size):
        for b in range(a):
            information[b, a] = information[a, b]
    return total


@inlined
def _design(x, y, is_directed, full):
    d = x.size
    square, product = 0.0, 0.0
    for k in range(d):
        gap = x[k] - y[k]
        square += gap * gap
        product += x[k] * y[k]
        full[3 + k] = abs(gap)
        full[3 + d + k] = x[k] if is_directed else x[k] + y[k]
        full[3 + 2 * d + k] = y[k]
    full[0], full[1], full[2] = 1.0, math.sqrt(square), product
