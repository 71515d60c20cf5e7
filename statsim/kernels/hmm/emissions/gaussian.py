"""Normal emissions: log densities, weighted moments and draws of a step given the state.

The log density of state c is constants[c] - |P_c (x - mu_c)|^2 / 2 with the inverse Cholesky factor P_c; plain loops in IEEE arithmetic, one
order of operations, so that conditioned draws are the same on every machine.
"""

import numpy as np

from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import kernel, kernel_reassociated
from statsim.kernels.mixture.sampling import LANES, affine
from statsim.kernels.variates.normal import standard_normal


@kernel
def log_density_full(X, means, factors, constants, out):
    """out (n, k) of rows X (n, d); factors (k, d, d) lower triangular."""
    n, d = X.shape
    for t in range(n):
        for c in range(means.shape[0]):
            square = 0.0
            for i in range(d):
                y = 0.0
                for j in range(i + 1):
                    y += factors[c, i, j] * (X[t, j] - means[c, j])
                square += y * y
            out[t, c] = constants[c] - 0.5 * square


@kernel
def log_density_diagonal(X, means, roots, constants, out):
    """out (n, k) of rows X (n, d); roots (k, d) are reciprocal standard deviations."""
    n, d = X.shape
    for t in range(n):
        for c in range(means.shape[0]):
            square = 0.0
            for i in range(d):
                y = roots[c, i] * (X[t, i] - means[c, i])
                square += y * y
            out[t, c] = constants[c] - 0.5 * square


@kernel_reassociated
def add_moments_full(X, gamma, weights, means, zeroth, first, second):
    """Add sum r (k,), sum r (x - mu) (k, d) and the lower triangle of sum r (x - mu)(x - mu)^T (k, d, d); r = weight times gamma."""
    n, d = X.shape
    centred = np.empty(d)
    for t in range(n):
        for c in range(means.shape[0]):
            r = weights[t] * gamma[t, c]
            if r == 0.0:
                continue
            zeroth[c] += r
            for i in range(d):
                centred[i] = X[t, i] - means[c, i]
            for i in range(d):
                rx = r * centred[i]
                first[c, i] += rx
                for j in range(i + 1):
                    second[c, i, j] += rx * centred[j]


@kernel_reassociated
def add_moments_diagonal(X, gamma, weights, means, zeroth, first, second):
    """The same for variances alone: second is (k, 1, d)."""
    n, d = X.shape
    for t in range(n):
        for c in range(means.shape[0]):
            r = weights[t] * gamma[t, c]
            if r == 0.0:
                continue
            zeroth[c] += r
            for i in range(d):
                x = X[t, i] - means[c, i]
                first[c, i] += r * x
                second[c, 0, i] += r * (x * x)


@kernel
def fill_gaussian(key, number, offsets, path, means, packed, rows):
    """Draw the rows (n, d) that the states `path` (n,) of sequences number, number + 1, ... emit; `packed` from `pack_factors`."""
    d = means.shape[1]
    random = np.empty(4, np.uint64)
    normals, sums = np.empty(d), np.empty(packed.shape[1] * LANES)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            for j in range(d):
                normals[j] = standard_normal(random)
            affine(means[path[t]], packed[path[t]], normals, sums, rows[t])
