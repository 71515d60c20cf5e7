"""Posteriors of mixtures by listing every labelling: predictive t laws, one row after another."""

import itertools
import math

import numpy as np


def log_evidence(X, labels, kind, prior):
    """Log density of rows X (n, d) given their labels, parameters integrated out; `prior` is a NormalInverseWishart."""
    d = X.shape[1]
    m0, kappa0, dof0, scale0 = prior.mean, prior.mean_precision, prior.degrees_of_freedom, prior.scale
    seen = {}
    shared, total, value = scale0.copy(), 0, 0.0
    for x, label in zip(X, labels):
        n, mean, scale = seen.get(label, (0, m0, scale0))
        kappa, dof = kappa0 + n, dof0 + n
        if kind == "tied":
            scale, dof = shared, dof0 + total
        value += _predictive(x, kind, d, mean, kappa, dof, scale)
        gap = x - mean
        update = kappa / (kappa + 1) * np.outer(gap, gap)
        shared, total = shared + update, total + 1
        seen[label] = n + 1, mean + gap / (kappa + 1), scale + update
    return value


def _predictive(x, kind, d, mean, kappa, dof, scale):
    grow = (kappa + 1) / kappa
    if kind == "diag":
        return sum(student(x[j : j + 1], mean[j : j + 1], grow * scale[j : j + 1, j : j + 1] / dof, dof) for j in range(d))
    if kind == "spherical":
        return student(x, mean, grow * np.trace(scale) / (dof * d) * np.eye(d), dof * d)
    free = dof - d + 1
    return student(x, mean, grow * scale / free, free)


def student(x, mean, shape, dof):
    """Log density of the multivariate t law (S. Kotz, S. Nadarajah 2004, equation 1.1)."""
    d, gap = len(x), x - mean
    square = gap @ np.linalg.inv(shape) @ gap
    constant = math.lgamma((dof + d) / 2) - math.lgamma(dof / 2) - d / 2 * math.log(dof * math.pi) - 0.5 * math.log(np.linalg.det(shape))
    return constant - (dof + d) / 2 * math.log1p(square / dof)


def log_dirichlet(labels, shapes):
    """Log probability of labels under Dirichlet weights: each given those before."""
    counts, value = np.zeros(len(shapes)), 0.0
    for label in labels:
        value += math.log((counts[label] + shapes[label]) / (counts.sum() + sum(shapes)))
        counts[label] += 1
    return value


def log_process(labels, concentration):
    """Log probability of a partition under the Chinese restaurant process."""
    counts, value = {}, 0.0
    for n, label in enumerate(labels):
        value += math.log((counts.get(label, concentration)) / (n + concentration))
        counts[label] = counts.get(label, 0) + 1
    return value


def labellings(n, k):
    """All labellings of n rows by k components."""
    return list(itertools.product(range(k), repeat=n))


def partitions(n):
    """All partitions of n rows, numbered from 0 in the order in which they come."""
    found = [(0,)]
    for _ in range(n - 1):
        found = [(*labels, new) for labels in found for new in range(max(labels) + 2)]
    return found


def posterior(X, kind, prior, candidates, log_prior):
    """Probabilities of the candidates, and the log evidence."""
    joint = np.array([log_evidence(X, labels, kind, prior) + log_prior(labels) for labels in candidates])
    total = np.logaddexp.reduce(joint)
    return np.exp(joint - total), total
