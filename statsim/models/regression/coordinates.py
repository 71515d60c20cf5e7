r"""Coordinates in which a regression is well posed: columns centred, scaled and, where the rank allows it, made orthonormal by QR.

With an intercept the rows are :math:`u_i = (x_i - m) D^{-1} P R^{-1}` and a last 1, for which :math:`\sum w_i u_i u_i^T = W I`; coefficients are :math:`D^{-1} P R^{-1}
\gamma`, and the intercept is that at the mean of the rows less m times them. A. Bjoerck, Numerical Methods for Least Squares Problems (1996), chapter 2.
"""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError, FitError

_CONSTANT = 4e-16  # spread of a column relative to its size: what is left of a constant after its mean is taken off
_DEFICIENT = 4.0  # times the unit roundoff and the larger of rows and columns


@dataclass(frozen=True)
class Coordinates:
    """`rows` (n, p) are the features in new coordinates, b = `turn` @ theta the coefficients of the old ones, intercept last."""

    rows: np.ndarray
    turn: np.ndarray
    mean: np.ndarray
    scale: np.ndarray

    def coefficients(self, theta):
        """The coefficients (p,) of X as given, intercept last."""
        return self.turn @ theta

    def theta(self, coefficients):
        """The inverse of `coefficients`."""
        return np.linalg.solve(self.turn, coefficients)


def standardised(data, *, centre=True):
    """Centred columns of variance 1; one without spread keeps its scale."""
    mean, scale = _moments(data)
    scale = np.where(scale > 0, scale, 1.0)
    mean = mean if centre else np.zeros_like(mean)
    return _coordinates(data, mean, scale, np.diag(1 / scale))


def orthonormal(data):
    """Orthonormal columns.

    Raises
    ------
    ArgumentError
        For fewer rows than coefficients.
    FitError
        For a constant column or columns that depend on each other, by name.
    """
    n, d = data.X.shape
    if n < data.n_parameters:
        raise ArgumentError(
            f"{n} sample(s) (row(s) of positive weight) for {data.n_parameters} coefficients, the intercept among them: fewer rows than coefficients; use fewer columns, more rows, "
            f"or method='map', whose prior decides what the data leave open"
        )
    mean, scale = _moments(data)
    constant = np.flatnonzero(scale == 0)
    if constant.size:
        j = int(constant[0])
        why = "the intercept already stands for it" if data.fit_intercept else "it is 0 in all rows"
        raise FitError(f"{data.column(j)} of X is constant, {data.X[0, j]:g} in all rows: {why}; leave the column out, or use method='map'")
    return _coordinates(data, mean, scale, _root(data, mean, scale))


def _moments(data):
    """Weighted means (0 without an intercept) and spreads about them; the spread is 0 where only rounding is left."""
    shares = data.weights / data.total_weight
    first = data.X[0]
    mean = first + shares @ (data.X - first) if data.fit_intercept else np.zeros(data.X.shape[1])
    away = data.X - mean
    largest = _largest(away)
    safe = np.where(largest > 0, largest, 1.0)
    away /= safe
    scale = safe * np.sqrt(shares @ np.square(away, out=away))
    return mean, np.where(largest > _CONSTANT * _largest(data.X), scale, 0.0)


def _largest(table):
    """Largest absolute value of each column."""
    return np.maximum(table.max(axis=0), -table.min(axis=0))


def _root(data, mean, scale):
    """D^-1 P R^-1 (d, d) of the weighted, centred, scaled columns."""
    from scipy.linalg import qr, solve_triangular

    A = np.sqrt(data.weights / data.total_weight)[:, None] * ((data.X - mean) / scale)
    R, order = qr(np.linalg.qr(A, mode="r"), mode="r", pivoting=True)  # the long side without pivots, which is many times as fast
    sizes = np.abs(np.diagonal(R))
    limit = _DEFICIENT * max(A.shape) * np.finfo(float).eps * sizes[0]
    if not (sizes > limit).all():
        _refuse_dependent(data, R, order, int(np.flatnonzero(~(sizes > limit))[0]))
    inverse = solve_triangular(R, np.eye(len(R)))
    root = np.empty_like(inverse)
    root[order] = inverse
    return root / scale[:, None]


def _refuse_dependent(data, R, order, rank):
    """Say which columns make up the first dependent one."""
    from scipy.linalg import solve_triangular

    shares = solve_triangular(R[:rank, :rank], R[:rank, rank])
    others = [data.column(int(order[i])) for i in np.argsort(-np.abs(shares)) if abs(shares[i]) > 1e-6]
    others = ", ".join(others[:10]) + (f" and {len(others) - 10} more" if len(others) > 10 else "")
    raise FitError(
        f"the columns of X depend on each other: {data.column(int(order[rank]))} is a combination of {others}{' and the intercept' if data.fit_intercept else ''} (rank {rank} of {len(R)}); "
        f"leave one of them out, or use method='map' or a Ridge penalty, which share the effect between them"
    )


def _coordinates(data, mean, scale, root):
    d, p = data.X.shape[1], data.n_parameters
    rows, turn = np.ones((len(data.X), p)), np.zeros((p, p))
    rows[:, :d] = (data.X - mean) @ root
    turn[:d, :d] = root
    if data.fit_intercept:
        turn[d, :d], turn[d, d] = -mean @ root, 1.0
    return Coordinates(rows, turn, mean, scale)
