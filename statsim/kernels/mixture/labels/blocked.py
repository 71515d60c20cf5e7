"""Labels given weights, means and covariances, which are drawn given the labels: J. Diebolt, C. Robert, JRSS B 56 (1994)."""

import math

import numpy as np

from statsim.kernels.elementary import log
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.mixture.labels.components import rebuild
from statsim.kernels.mixture.labels.parameter_draws import draw_given_labels
from statsim.kernels.variates.weighted_category import log_categorical


@inlined
def square(x, mu, P, diagonal):
    """|P (x - mu)|^2, P lower triangular."""
    total = 0.0
    for i in range(x.size):
        y = 0.0
        if diagonal:
            y = P[i, i] * (x[i] - mu[i])
        else:
            for j in range(i + 1):
                y += P[i, j] * (x[j] - mu[j])
        total += y * y
    return total


@kernel
def blocked_sweep(random, X, labels, prior, table, drawn):
    """Draw the parameters, then all labels (n,); the table is left behind. False where a row has no component."""
    weights, mus, P, _, log_determinants = drawn
    K, diagonal = weights.size, prior[0] >= 2
    constants, joint = np.empty(K), np.empty(K)
    draw_given_labels(random, prior, table, drawn)
    for c in range(K):
        constants[c] = log_determinants[c] + (log(weights[c]) if weights[c] > 0.0 else -math.inf)
    for row in range(X.shape[0]):
        for c in range(K):
            joint[c] = constants[c] - 0.5 * square(X[row], mus[c], P[c], diagonal)
        label = log_categorical(random, joint)
        if label < 0:
            return False
        labels[row] = label
    rebuild(prior, table, X, labels, np.empty(X.shape[1]))
    return True
