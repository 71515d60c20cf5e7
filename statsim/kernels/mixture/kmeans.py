"""k-means on weighted rows: careful seeding and Lloyd's iterations.

Arthur, Vassilvitskii (2007), k-means++: the advantages of careful seeding; Lloyd (1982). Rows X (n, d), weights (n,),
centres (k, d). Made for the starts of a fit: a few thousand rows, plain loops.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform


@inlined
def _square_distance(X, row, centres, c):
    total = 0.0
    for j in range(X.shape[1]):
        difference = X[row, j] - centres[c, j]
        total += difference * difference
    return total


@kernel
def draw_row(mass, state):
    """An index drawn with probability proportional to `mass` (n,); never one whose mass is zero unless all are."""
    target = mass.sum() * uniform(state)
    running, last = 0.0, 0
    for row in range(mass.shape[0]):
        if mass[row] > 0.0:
            last = row
            running += mass[row]
            if running > target:
                return row
    return last


@kernel
def seed_plus_plus(X, weights, state, centres):
    """Fill `centres` with rows of X, each drawn with probability proportional to weight times squared distance."""
    n = X.shape[0]
    nearest, mass = np.full(n, np.inf), weights.copy()
    for c in range(centres.shape[0]):
        chosen = draw_row(mass, state)
        centres[c] = X[chosen]
        for row in range(n):
            nearest[row] = min(nearest[row], _square_distance(X, row, centres, c))
            mass[row] = weights[row] * nearest[row]


@kernel
def seed_random(X, weights, state, centres):
    """Fill `centres` with distinct rows of X, drawn with probability proportional to weight."""
    mass = weights.copy()
    for c in range(centres.shape[0]):
        chosen = draw_row(mass, state)
        centres[c] = X[chosen]
        mass[chosen] = 0.0


@kernel
def assign(X, centres, labels):
    """Write the index of the nearest centre of each row into `labels`; returns how many changed."""
    changed = 0
    for row in range(X.shape[0]):
        best, label = np.inf, 0
        for c in range(centres.shape[0]):
            distance = _square_distance(X, row, centres, c)
            if distance < best:
                best, label = distance, c
        if labels[row] != label:
            changed += 1
            labels[row] = label
    return changed


@kernel
def lloyd(X, weights, centres, labels, max_iter):
    """Lloyd's iterations until no label changes; a centre that lost its rows stays where it is."""
    k, d = centres.shape
    sums, mass = np.empty((k, d)), np.empty(k)
    for _ in range(max_iter):
        if assign(X, centres, labels) == 0:
            break
        sums[:] = 0.0
        mass[:] = 0.0
        for row in range(X.shape[0]):
            mass[labels[row]] += weights[row]
            for j in range(d):
                sums[labels[row], j] += weights[row] * X[row, j]
        for c in range(k):
            if mass[c] > 0.0:
                for j in range(d):
                    centres[c, j] = sums[c, j] / mass[c]
