r"""A Dirichlet process mixture by slices, no truncation: S. Walker, Communications in Statistics 36 (2007); M. Kalli, J. Griffin, S. Walker, Statistics
and Computing 21 (2011); with the weights of the occupied components drawn given the partition (M. D. Fall, E. Barat, 2014, HAL 00740770).

A row of component c gets a level u uniform below the weight of c. Given the levels, a row chooses among the components whose weight is above
its own: finitely many, and sticks are broken until what is left is below every level.
"""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.mixture.labels.blocked import square
from statsim.kernels.mixture.labels.components import rebuild
from statsim.kernels.mixture.labels.parameter_draws import draw_components
from statsim.kernels.streams import uniform_open
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.weighted_category import log_categorical


@kernel
def compact(labels, places):
    """Number the labels from 0 in the order in which they come; returns how many there are. places (K,) is scratch."""
    places[:] = -1
    found = 0
    for row in range(labels.size):
        if places[labels[row]] < 0:
            places[labels[row]] = found
            found += 1
        labels[row] = places[labels[row]]
    return found


@kernel
def slice_sweep(random, X, labels, prior, wide, drawn, levels, places):
    """Draw all labels (n,), numbered from 0. `wide` is a table and `drawn` parameters with room for the sticks; levels (n,).

    Returns the number of occupied components, or -1 where the room does not suffice, -2 where a row has no component.
    """
    weights = drawn[0]
    occupied = compact(labels, places)
    rebuild(prior, wide, X, labels, np.empty(X.shape[1]))
    rest = _occupied_weights(random, prior, wide[0], occupied, weights)
    least = 1.0
    for row in range(X.shape[0]):
        levels[row] = uniform_open(random) * weights[labels[row]]
        least = min(least, levels[row])
    used = occupied
    while rest > least:
        if used == weights.size:
            return -1
        weights[used] = rest * beta(random, 1.0, prior[5][0])
        rest -= weights[used]
        used += 1
    _draw_parameters(random, prior, wide, used, drawn)
    if not _choose(random, X, labels, used, drawn, levels, prior[0] >= 2):
        return -2
    return compact(labels, places)


@kernel
def _occupied_weights(random, prior, counts, occupied, weights):
    """Fill the weights of the occupied components and return the rest."""
    shapes, out = np.empty(occupied + 1), np.empty(occupied + 1)
    for c in range(occupied):
        shapes[c] = counts[c]
    shapes[occupied] = prior[5][0]
    dirichlet(random, shapes, out)
    weights[:occupied] = out[:occupied]
    return out[occupied]


@kernel
def _draw_parameters(random, prior, wide, used, drawn):
    kappas, dofs = np.empty(used), np.empty(used)
    for c in range(used):
        kappas[c] = prior[2] + wide[0][c]
        dofs[c] = prior[3] + wide[0][c]
    draw_components(random, prior[0], kappas, dofs, wide[1], wide[2], drawn)


@kernel
def _choose(random, X, labels, used, drawn, levels, diagonal):
    weights, mus, P, _, log_determinants = drawn
    joint = np.empty(used)
    for row in range(X.shape[0]):
        for c in range(used):
            above = weights[c] > levels[row]
            joint[c] = log_determinants[c] - 0.5 * square(X[row], mus[c], P[c], diagonal) if above else -math.inf
        label = log_categorical(random, joint)
        if label < 0:
            return False
        labels[row] = label
    return True
