"""Arrays of parameters as users give them: shape, finiteness, covariances."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.series.semidefinite import semidefinite_factor

_SYMMETRIC = 1e-10


def array(value, name, shape):
    """`value` as a new float64 array; None in `shape` leaves an axis free."""
    try:
        result = np.array(value, dtype=np.float64, order="C")
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} must be an array of numbers: {error}") from error
    if result.ndim != len(shape) or any(want is not None and want != have for want, have in zip(shape, result.shape, strict=True)):
        wanted = tuple("any" if axis is None else axis for axis in shape)
        raise ArgumentError(f"{name} must have shape {wanted}, got {result.shape}")
    if not np.isfinite(result).all():
        raise ArgumentError(f"{name} must be finite, got {result[~np.isfinite(result)][0]}")
    return result


def covariance(value, name, size, *, singular=False):
    """`value` as a covariance (size, size), exactly symmetric; `singular` allows variances of zero."""
    result = array(value, name, (size, size))
    unequal = np.abs(result - result.T).max(initial=0.0)
    if unequal > _SYMMETRIC * np.abs(result).max(initial=0.0):
        raise ArgumentError(f"{name} is not symmetric: {result.tolist()}"[:500])
    result = (result + result.T) / 2
    factor = root(result, name)
    if not singular and (np.diagonal(factor) == 0).any():
        column = int(np.flatnonzero(np.diagonal(factor) == 0)[0])
        raise ArgumentError(
            f"{name} is not positive definite (column {column} has no variance of its own): {result.tolist()}; "
            f"leave a column out that is a constant, or a linear function of the others"
        )
    return result


def root(matrix, name):
    """Lower factor (d, d) of a covariance that may be singular, by our own loops; `ArgumentError` when it is none."""
    factor = np.empty(matrix.shape)
    bad = semidefinite_factor(np.ascontiguousarray(matrix), factor)
    scale = np.sqrt(np.maximum(np.diagonal(matrix), 0.0))
    if bad >= 0 or (np.abs(factor @ factor.T - matrix) > 1e-9 * scale[:, None] * scale).any():
        raise ArgumentError(f"{name} is not positive definite, nor a singular covariance: {matrix.tolist()}"[:500])
    return factor
