"""Weighted moments of columns, and the refusal of what has none: the scale that every selector begins with."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.models.kde.columns import Circular


def effective_size(weights):
    """Kish's effective number of rows, 1 / sum w^2 for weights that sum to one."""
    return 1.0 / float(weights @ weights)


def covariance(X, weights, n):
    """The unbiased covariance (d, d) for `weights` summing to one and n rows that count: as `numpy.cov` has it with aweights or fweights."""
    centred = X - weights @ X
    return (centred * weights[:, None]).T @ centred / (1.0 - 1.0 / n)


def spreads(X, weights, n, columns, names):
    """Standard deviation (d,) of each column; on a circle that of the wrapped normal law with the same resultant.

    Raises
    ------
    ArgumentError
        For one row, and for a constant column.
    """
    if len(X) < 2:
        raise ArgumentError("X has 1 sample that counts, and no bandwidth can be learned from n_samples = 1; give bandwidth= a number, or more rows")
    for j in range(X.shape[1]):
        if (X[:, j] == X[0, j]).all():
            name = j if names is None else repr(names[j])
            raise ArgumentError(
                f"column {name} of X is constant (every value is {float(X[0, j])!r}), so its bandwidth would be zero; leave the column out, or give bandwidth= a number"
            )
    with np.errstate(over="ignore", invalid="ignore"):
        linear = np.sqrt(weights @ (X - weights @ X) ** 2 / (1.0 - 1.0 / n))
    if not (np.isfinite(linear) & (linear > 0)).all():
        j = int(np.argmin(np.isfinite(linear) & (linear > 0)))
        raise ArgumentError(f"column {j} of X has a spread outside the range of double precision; divide the column by its spread first")
    return np.array([_circular(X[:, j], weights, kind) if isinstance(kind, Circular) else s for j, (s, kind) in enumerate(zip(linear, columns, strict=True))])


def _circular(angles, weights, kind):
    turns = 2 * np.pi * (angles - kind.low) / kind.period
    resultant = np.hypot(weights @ np.cos(turns), weights @ np.sin(turns))
    return min(np.sqrt(-2 * np.log(max(resultant, 1e-3))), np.pi / np.sqrt(3)) * kind.period / (2 * np.pi)
