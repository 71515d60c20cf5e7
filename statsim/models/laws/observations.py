"""The numbers that a law is fitted to or scored at."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True)
class Observations:
    """Different values (n,), rising, with the weight of each: equal rows are one row, whatever the law."""

    values: np.ndarray
    weights: np.ndarray

    @property
    def total_weight(self):
        """Sum of the weights: the number of rows where none were given."""
        return float(self.weights.sum())

    @property
    def mean(self):
        """Weighted mean; exact shifts of the data shift it."""
        centre = self.values[len(self.values) // 2]
        return float(centre + self.weights @ (self.values - centre) / self.weights.sum())

    @property
    def squares(self):
        """Weighted sum of squares about the mean."""
        return float(self.weights @ np.square(self.values - self.mean))


def as_values(X, name="X"):
    """X as (n,) float64: a vector, or a matrix of one column."""
    array = np.asarray(X)
    array = array[:, None] if array.ndim == 1 else array
    table = checks.data_matrix(array, name)
    if table.shape[1] != 1:
        raise ArgumentError(
            f"{name} has {table.shape[1]} columns, and a law of one number takes a vector (n,) or one column; fit each column by itself, or use "
            f"MultivariateNormal or GaussianMixture"
        )
    return np.ascontiguousarray(table[:, 0])


def observed(X, sample_weight):
    """`Observations` of a vector with weights or None."""
    values = as_values(X)
    weights = checks.sample_weights(sample_weight, len(values))
    weights = np.ones(len(values)) if weights is None else weights
    kept = weights > 0
    distinct, inverse = np.unique(values[kept], return_inverse=True)
    return Observations(distinct, np.bincount(inverse, weights=weights[kept]))
