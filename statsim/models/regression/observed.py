"""What a regression is fitted to, checked."""

import sys
import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, DataWarning


@dataclass(frozen=True)
class Observed:
    """Features X (n, d), responses y (n,) as numbers, weights (n,) all positive, offsets (n,) of the linear predictor."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    fit_intercept: bool
    names: tuple

    @property
    def n_parameters(self):
        """Coefficients and intercept."""
        return self.X.shape[1] + self.fit_intercept

    @cached_property
    def total_weight(self):
        """Sum of the weights."""
        return float(self.weights.sum())

    @property
    def is_plain(self):
        """True without weights and offsets."""
        return bool((self.weights == 1.0).all() and not self.offsets.any())

    @cached_property
    def design(self):
        """X with a last column of ones for the intercept."""
        return np.column_stack([self.X, np.ones(len(self.X))]) if self.fit_intercept else np.ascontiguousarray(self.X)

    def column(self, j):
        """Column j in words."""
        return "the intercept" if j == self.X.shape[1] else repr(self.names[j]) if self.names else f"column {j}"


def observed(X, y, sample_weight, offset, *, fit_intercept, names):
    """`Observed` of the rows whose weight is not 0; y (n,) is already checked to be numbers of the family."""
    weights = checks.sample_weights(sample_weight, len(X))
    weights = np.ones(len(X)) if weights is None else weights
    offsets = offset_of(offset, len(X))
    kept = weights > 0
    if not kept.all():
        X, y, weights, offsets = np.ascontiguousarray(X[kept]), y[kept], weights[kept], offsets[kept]
    return Observed(X, y, weights, offsets, bool(fit_intercept), () if names is None else tuple(names))


def offset_of(offset, n):
    """Offsets (n,) as float64; zeros for None, and one number for all rows."""
    if offset is None:
        return np.zeros(n)
    values = np.asarray(offset, np.float64)
    values = np.full(n, float(values)) if values.ndim == 0 else values
    if values.shape != (n,):
        raise ArgumentError(f"offset must be one number for each of the {n} rows, got shape {values.shape}")
    checks.finite(values, "offset")
    return np.ascontiguousarray(values)


def responses(y, n, name="y"):
    """y as (n,) float64, not checked for a family."""
    if y is None:
        raise ArgumentError(f"{name} is missing: a regression requires y to be passed, but the target {name} is None; use fit(X, y)")
    array = np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        warn_of_column(name)
        array = array[:, 0]
    if array.ndim != 1:
        raise ArgumentError(f"{name} must be one-dimensional (n_samples,), got shape {array.shape}; fit one regression for each column")
    if array.dtype.kind == "c":
        raise ArgumentError(f"Complex data not supported: {name} has dtype {array.dtype}")
    if len(array) != n:
        raise ArgumentError(f"{name} has {len(array)} values and X {n} rows: inconsistent numbers of samples")
    try:
        values = np.ascontiguousarray(array, np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} must hold numbers, got dtype {array.dtype}: {error}") from error
    checks.finite(values, name)
    return values


def warn_of_column(name):
    """Warn of a response given as a column; in scikit-learn's own class too where scikit-learn is loaded."""
    kind = getattr(sys.modules.get("sklearn.exceptions"), "DataConversionWarning", None)
    kind = DataWarning if kind is None else type("DataConversionWarning", (DataWarning, kind), {"__module__": __name__})
    warnings.warn(f"A column-vector {name} was passed when a 1d array was expected: it is taken as (n_samples,); use {name}.ravel()", kind, stacklevel=5)
