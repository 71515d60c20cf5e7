"""A mixture's parameters as one vector, for the extrapolation of EM.

Probabilities go in as the arcsine of their square root and counts as square roots: whatever the extrapolation makes of them,
squares and sines lead back to something possible, and what is exactly 0 stays 0.
"""

from functools import lru_cache

import numpy as np

from statsim.models.table_mixture.parameters import LEAST_DISPERSION, MOST_DISPERSION, POINT, TableMixtureParameters


def pack(parameters, reference, spread):
    """The coordinates of `parameters`: location and scale relative to the `reference` (one component) and its `spread` (p,)."""
    lower = _lower(len(spread))
    scaled = parameters.covariances / (spread[:, None] * spread)
    blocks = [
        np.sqrt(parameters.weights),
        (parameters.means - reference.means) / spread,
        scaled[:, lower[0], lower[1]],
        *(np.sqrt(levels) for levels in parameters.level_probabilities),
        np.sqrt(parameters.count_means / _count_scale(reference)),
        np.sqrt(np.maximum(parameters.count_dispersions, 0.0)),
        *(np.arcsin(np.sqrt(share)) for share in _missing(parameters)),
    ]
    return np.concatenate([block.ravel() for block in blocks])


def unpack(vector, reference, spread, n_components):
    """The parameters of a vector; covariances may be indefinite."""
    k, p, lower = n_components, len(spread), _lower(len(spread))
    r = reference.count_means.shape[1]
    take = _reader(vector, k)
    weights = _squares(take(1)[:, 0][None])[0]
    means = reference.means + take(p) * spread
    covariances = np.zeros((k, p, p))
    covariances[:, lower[0], lower[1]] = covariances[:, lower[1], lower[0]] = take(len(lower[0]))
    levels = tuple(_squares(take(table.shape[1])) for table in reference.level_probabilities)
    count_means = take(r) ** 2 * _count_scale(reference)
    dispersions = np.minimum(take(r) ** 2, MOST_DISPERSION)
    dispersions[dispersions < LEAST_DISPERSION] = 0.0
    point = reference.count_dispersions == POINT
    return TableMixtureParameters(
        weights,
        means,
        covariances * (spread[:, None] * spread),
        levels,
        np.where(point, reference.count_means, count_means),
        np.where(point, POINT, dispersions),
        *(np.sin(take(share.shape[1])) ** 2 for share in _missing(reference)),
    )


@lru_cache(maxsize=16)
def _lower(p):
    """Row and column indices of the lower triangle of a (p, p) matrix."""
    return np.tril_indices(p)


def _reader(vector, n_components):
    position = 0

    def take(width):
        nonlocal position
        begin, position = position, position + n_components * width
        return vector[begin:position].reshape(n_components, width)

    return take


def _squares(roots):
    squares = roots**2
    return squares / squares.sum(axis=1, keepdims=True)


def _count_scale(reference):
    return np.where(reference.count_means > 0, reference.count_means, 1.0)


def _missing(parameters):
    return parameters.missing_continuous, parameters.missing_discrete, parameters.missing_counts
