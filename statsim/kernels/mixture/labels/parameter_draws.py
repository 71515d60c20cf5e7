r"""Weights, means and covariances given the labels: J. Diebolt, C. Robert, JRSS B 56 (1994), section 3.

Of a Dirichlet process, the occupied components and the rest have Dirichlet weights (n_1, ..., n_J, concentration), and the rest is broken into
sticks (J. Pitman, "Some developments of the Blackwell-MacQueen urn scheme", 1996, theorem 19).
"""

import math

import numpy as np

from statsim.kernels.elementary import log
from statsim.kernels.jit import kernel
from statsim.kernels.mixture.labels.components import DIAGONAL, SPHERICAL, TIED
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.inverse_wishart import inverse_wishart
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def draw_covariance(random, kind, dof, lower, P, C):
    """Fill P, the lower factor of the precision, and C, that of the covariance (d, d)."""
    d = lower.shape[0]
    if kind <= TIED:
        inverse_wishart(random, dof, lower, P, C)
        return
    gamma = 0.0
    for i in range(d):
        if kind == DIAGONAL:
            gamma = standard_gamma(random, 0.5 * dof) / lower[i, i]
        elif i == 0:
            gamma = standard_gamma(random, 0.5 * dof * d) / lower[0, 0]
        P[i, i] = math.sqrt(2.0 * gamma)
        C[i, i] = 1.0 / P[i, i]


@kernel
def draw_components(random, kind, kappas, dofs, means, lowers, drawn):
    """Fill mus (K, d), P and C (K, d, d) and the log determinants of P (K,) of `drawn`; the first K = len(kappas) components."""
    _, mus, P, C, log_determinants = drawn
    d, z = means.shape[1], np.empty(means.shape[1])
    for c in range(kappas.size):
        if kind == TIED and c > 0:
            P[c], C[c], log_determinants[c] = P[0], C[0], log_determinants[0]
        else:
            draw_covariance(random, kind, dofs[c], lowers[c], P[c], C[c])
            log_determinants[c] = 0.0
            for i in range(d):
                log_determinants[c] += log(P[c, i, i])
        shrink = 1.0 / math.sqrt(kappas[c])
        for i in range(d):
            z[i] = standard_normal(random)
        for i in range(d):
            value = 0.0
            for j in range(i + 1):
                value += C[c, i, j] * z[j]
            mus[c, i] = means[c, i] + shrink * value


@kernel
def draw_weights(random, shapes, process, counts, weights):
    """Fill weights (K,) given the counts; of a process, empty components share the rest by sticks. False where none is empty to take it."""
    K = counts.size
    alphas = np.empty(K + 1)
    for c in range(K):
        alphas[c] = counts[c] + (0.0 if process else shapes[c])
    alphas[K] = shapes[0] if process else 0.0
    drawn = np.empty(K + 1)
    dirichlet(random, alphas, drawn)
    weights[:] = drawn[:K]
    if not process:
        return True
    rest, last = drawn[K], -1
    for c in range(K):
        if counts[c] == 0:
            share = beta(random, 1.0, shapes[0])
            weights[c] = rest * share
            rest -= weights[c]
            last = c
    if last >= 0:
        weights[last] += rest
    return last >= 0


@kernel
def draw_given_labels(random, prior, table, drawn):
    """Fill `drawn` given the table; False where a process has more components than there is room for."""
    kind, _, kappa0, dof0, _, shapes, process = prior
    counts, means, lowers = table
    n = counts.sum()
    kappas, dofs = np.empty(counts.size), np.empty(counts.size)
    for c in range(counts.size):
        kappas[c] = kappa0 + counts[c]
        dofs[c] = dof0 + (n if kind == TIED else counts[c])
    fits = draw_weights(random, shapes, process, counts, drawn[0])
    draw_components(random, kind, kappas, dofs, means, lowers, drawn)
    return fits


@kernel
def write_parameters(kind, drawn, row):
    """row (p,): weights, means, and the covariances in the shape of their kind."""
    weights, mus, _, C, _ = drawn
    K, d = mus.shape
    row[:K] = weights
    at = K
    for c in range(K):
        for i in range(d):
            row[at] = mus[c, i]
            at += 1
    for c in range(1 if kind == TIED else K):
        for i in range(1 if kind == SPHERICAL else d):
            for j in range(i, i + 1) if kind >= DIAGONAL else range(d):
                value = 0.0
                for p in range(i, i + 1) if kind >= DIAGONAL else range(min(i, j) + 1):
                    value += C[c, i, p] * C[c, j, p]
                row[at] = value
                at += 1


@kernel
def fill_parameters(key, kind, shapes, sticks, kappas, dofs, means, lowers, out):
    """Independent draws of a law in which weights and components are independent: each row of out (m, p) as `write_parameters` has it.

    shapes (K,) of a Dirichlet law, or where sticks (K - 1, 2) is not empty the beta laws of the sticks.
    """
    K, d = means.shape
    drawn = np.empty(K), np.empty((K, d)), np.zeros((K, d, d)), np.zeros((K, d, d)), np.empty(K)
    random = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), random)
    for m in range(out.shape[0]):
        if sticks.shape[0]:
            rest = 1.0
            for c in range(K - 1):
                drawn[0][c] = rest * beta(random, sticks[c, 0], sticks[c, 1])
                rest -= drawn[0][c]
            drawn[0][K - 1] = rest
        else:
            dirichlet(random, shapes, drawn[0])
        draw_components(random, kind, kappas, dofs, means, lowers, drawn)
        write_parameters(kind, drawn, out[m])
