"""Independent draws of conjugate laws of edge probabilities and of block weights: beta, gamma and Dirichlet, each draw with a stream of its own."""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.streams import seed_block, uniform
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def fill_beta(key, a, b, out):
    """out (n,) with draws of Beta(a, b)."""
    state = np.empty(4, np.uint64)
    for t in range(out.size):
        seed_block(key[0], key[1], np.uint64(t), state)
        out[t] = beta(state, a, b)


@kernel
def fill_blocks(key, delta, a, b, is_directed, is_poisson, weights, rates):
    """weights (n, K) by Dirichlet(delta), rates (n, K, K) by Beta(a, b), or gamma of shape a and rate b, a cell at a time; symmetric unless directed."""
    K = delta.size
    state = np.empty(4, np.uint64)
    for t in range(weights.shape[0]):
        seed_block(key[0], key[1], np.uint64(t), state)
        dirichlet(state, delta, weights[t])
        for q in range(K):
            for k in range(0 if is_directed else q, K):
                rates[t, q, k] = standard_gamma(state, a[q, k]) / b[q, k] if is_poisson else beta(state, a[q, k], b[q, k])
                if not is_directed:
                    rates[t, k, q] = rates[t, q, k]


@kernel
def fill_labels_of(key, tau, labels):
    """labels (n, nodes): in each draw node i has label q with probability tau[i, q]."""
    from_last = tau.shape[1] - 1
    state = np.empty(4, np.uint64)
    for t in range(labels.shape[0]):
        seed_block(key[0], key[1], np.uint64(t), state)
        for i in range(tau.shape[0]):
            u, q = uniform(state), 0
            while q < from_last and u >= tau[i, q]:
                u -= tau[i, q]
                q += 1
            labels[t, i] = q
