"""Mixtures of normal laws as emissions: m components in each of k states, laid out as k m components side by side.

Densities and moments of the components are those of `statsim.kernels.hmm.emissions.gaussian`; here is what joins them.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log
from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import kernel
from statsim.kernels.mixture.sampling import LANES, affine
from statsim.kernels.variates.categorical import categorical_alias
from statsim.kernels.variates.normal import standard_normal


@kernel
def join_components(joint, log_weights, out):
    """out (n, k) = log of the sum over components of weight times density.

    joint (n, k m): log densities of the components; replaced by the probability of each component given state and step. log_weights (k, m).
    """
    k, m = log_weights.shape
    for t in range(joint.shape[0]):
        for c in range(k):
            top = -math.inf
            for i in range(m):
                joint[t, c * m + i] += log_weights[c, i]
                top = max(top, joint[t, c * m + i])
            total = 0.0
            for i in range(m):
                share = exp(joint[t, c * m + i] - top) if top > -math.inf else 1.0
                joint[t, c * m + i] = share
                total += share
            for i in range(m):
                joint[t, c * m + i] /= total
            out[t, c] = top + log(total)


@kernel
def times_states(joint, gamma):
    """Multiply the probabilities of the components given the state, joint (n, k m), by those of the states gamma (n, k)."""
    k = gamma.shape[1]
    m = joint.shape[1] // k
    for t in range(joint.shape[0]):
        for c in range(k):
            for i in range(m):
                joint[t, c * m + i] *= gamma[t, c]


@kernel
def fill_mixture_of_gaussians(key, number, offsets, path, tables, aliases, means, packed, rows):
    """Draw the rows (n, d) that the states `path` (n,) emit.

    tables, aliases (k, m): alias tables of the weights; means (k m, d); `packed` from `pack_factors`.
    """
    m, d = tables.shape[1], means.shape[1]
    random = np.empty(4, np.uint64)
    normals, sums = np.empty(d), np.empty(packed.shape[1] * LANES)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            component = path[t] * m + categorical_alias(random, tables[path[t]], aliases[path[t]])
            for j in range(d):
                normals[j] = standard_normal(random)
            affine(means[component], packed[component], normals, sums, rows[t])
