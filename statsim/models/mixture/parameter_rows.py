"""Draws of a mixture's parameters as rows of numbers, their names, and the way between standard units and those of the data."""

import numpy as np

from statsim.models.mixture.parameters import MixtureParameters


def parameter_names(kind, k, d):
    """Names of the numbers of a row: weights[c], means[c,j], covariances[c,i,j] (or [i,j], [c,j], [c] as the kind has them)."""
    weights = [f"weights[{c}]" for c in range(k)]
    means = [f"means[{c},{j}]" for c in range(k) for j in range(d)]
    covariances = [f"covariances[{','.join(map(str, place))}]" for place in np.ndindex(*kind.shape(k, d))]
    return (*weights, *means, *covariances)


def split(values, kind, k, d):
    """Weights (m, k), means (m, k, d) and covariances (m, shape of the kind) of rows (m, p)."""
    m = len(values)
    return values[:, :k], values[:, k : k + k * d].reshape(m, k, d), values[:, k + k * d :].reshape(m, *kind.shape(k, d))


def join(weights, means, covariances):
    """Rows (m, p) of weights, means and covariances."""
    m = len(weights)
    return np.concatenate([weights, means.reshape(m, -1), covariances.reshape(m, -1)], axis=1)


def to_data_units(values, rows, kind, k):
    """Rows (m, p) in the units and with the constant columns of the data, from those of `rows` (`MixtureRows`) in standard units."""
    m, d = len(values), rows.n_features
    weights, means, covariances = split(values, kind, k, len(rows.columns))
    wide = np.tile(rows.constant_values, (m, k, 1))
    wide[:, :, rows.columns] = rows.centre + rows.scale * means
    if kind.name == "spherical":
        return join(weights, wide, covariances * rows.scale[0] ** 2)
    scaled = covariances * (rows.scale**2 if kind.name == "diag" else np.outer(rows.scale, rows.scale))
    out = np.zeros((m, *kind.shape(k, d)))
    out[_moving(rows, kind)] = scaled
    return join(weights, wide, out)


def to_standard_units(values, rows, kind, k):
    """What `to_data_units` was given."""
    weights, means, covariances = split(values, kind, k, rows.n_features)
    means = (means[:, :, rows.columns] - rows.centre) / rows.scale
    if kind.name == "spherical":
        return join(weights, means, covariances / rows.scale[0] ** 2)
    scale = rows.scale**2 if kind.name == "diag" else np.outer(rows.scale, rows.scale)
    return join(weights, means, covariances[_moving(rows, kind)] / scale)


def _moving(rows, kind):
    """Index of the covariances of the columns that move."""
    columns = rows.columns
    if kind.name == "diag":
        return (Ellipsis, columns)
    return (Ellipsis, columns[:, None], columns)


def pooled(values, kind, k, constant):
    """One mixture of the components of all rows (m, p): the mean over the rows of their densities, by `MixtureParameters`."""
    from statsim.distributions.covariance import covariance_kind

    m, d = len(values), len(constant)
    weights, means, covariances = split(values, kind, k, d)
    if kind.shared:
        kind, covariances = covariance_kind("full"), np.repeat(covariances[:, None], k, axis=1)
    shape = kind.shape(m * k, d)
    return MixtureParameters(kind, weights.ravel() / weights.sum(), means.reshape(m * k, d), np.ascontiguousarray(covariances.reshape(shape)), constant)
