"""The parameters of a kernel density estimate, checked."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from statsim.distributions.covariance import lower_factors
from statsim.errors import ArgumentError
from statsim.models.kde.columns import Categorical, Circular, Interval, Line, check_column, level_numbers
from statsim.models.kde.shapes import KERNELS, Kernel, kernel_named

_MOST_IMAGES = 200


@dataclass(frozen=True)
class DensityParameters:
    """A sum of kernels.

    Attributes
    ----------
    rows : ndarray (n, d)
    weights : ndarray (n,)
        Positive, summing to one.
    bandwidth : ndarray (d,) or (d, d)
        One for each column (for a categorical one the probability of another level), or the matrix H of radial kernels, whose Cholesky
        factor takes the unit kernel to its place.
    factors : ndarray (n,) or None
        What multiplies the bandwidths at each row; None for 1.
    kernel : Kernel
    columns : tuple of Line, Interval, Circular, Categorical
    boundary : {"reflect", "renormalise"}
    min_count : int
        The least number of raw rows that a row stands for; 0 where rows are the raw ones.
    """

    rows: np.ndarray
    weights: np.ndarray
    bandwidth: np.ndarray
    factors: np.ndarray | None
    kernel: Kernel
    columns: tuple
    boundary: str = "reflect"
    min_count: int = 0

    @property
    def shape(self):
        """(n, d)."""
        return self.rows.shape

    @property
    def is_full(self):
        """True with a bandwidth matrix."""
        return self.bandwidth.ndim == 2

    @property
    def is_real(self):
        """True when every column may be any number."""
        return all(isinstance(kind, Line) for kind in self.columns)

    @property
    def is_renormalised(self):
        """True when some column is renormalised at its bounds."""
        return self.boundary == "renormalise" and any(isinstance(kind, Interval) for kind in self.columns)

    @cached_property
    def lower(self):
        """Lower factor (d, d) of the bandwidth matrix, by our own loops: draws use it."""
        return np.ascontiguousarray(lower_factors(self.bandwidth[None])[0])

    @cached_property
    def scales(self):
        """Reciprocals (n,) of the factors."""
        return np.ones(len(self.rows)) if self.factors is None else 1.0 / self.factors

    @cached_property
    def origin(self):
        """Where coordinates begin (d,): a bound, the start of a turn, or the lower median."""
        middle = (len(self.rows) - 1) // 2
        medians = np.partition(self.rows, middle, axis=0)[middle]
        return np.array([_origin(kind, m) for kind, m in zip(self.columns, medians, strict=True)])

    @cached_property
    def units(self):
        """Units (d,) of working coordinates: bandwidths, 1 for a categorical column."""
        return np.array([1.0 if isinstance(kind, Categorical) else h for kind, h in zip(self.columns, self.bandwidth, strict=True)])

    def working(self, X):
        """Rows X (m, d) in working coordinates: units of the bandwidth from the origin, numbers of levels; whitened for a matrix."""
        if self.is_full:
            return np.ascontiguousarray(np.linalg.solve(self.lower, (X - self.origin).T).T)
        with np.errstate(over="ignore"):
            Z = (X - self.origin) / self.units
        for j, kind in enumerate(self.columns):
            if isinstance(kind, Categorical):
                Z[:, j] = level_numbers(X[:, j], kind)
        return Z

    @cached_property
    def data(self):
        """The rows in working coordinates."""
        return self.working(self.rows)

    @cached_property
    def inside(self):
        """What each row's kernel keeps inside the bounds once renormalised (n, d); ones for other columns."""
        from statsim.models.kde.boundary import renormalised_masses

        return renormalised_masses(self)

    @cached_property
    def mixture_weights(self):
        """Probability (n,) that a draw comes from each row, up to a constant."""
        if not self.is_renormalised:
            return self.weights
        weights = self.weights
        for column in self.inside.T:  # one after another: the order of a reduction is NumPy's own
            weights = weights * column
        return weights

    def images(self, j):
        """(signs, shifts) of the images of a datum in column j, in working coordinates."""
        kind = self.columns[j]
        if isinstance(kind, Circular):
            return _turns(kind.period / self.bandwidth[j], self._reach)
        if isinstance(kind, Interval) and self.boundary == "reflect":
            return _reflections(kind, self.bandwidth[j], self._reach)
        return np.ones(1), np.zeros(1)

    @property
    def _reach(self):
        """Where the widest kernel ends, in bandwidths."""
        return self.kernel.reach / self.scales.min()

    def log_constant(self):
        """Log of the kernels' heights over their bandwidths, categorical columns apart."""
        d = self.shape[1]
        if self.is_full:
            return self.kernel.log_height(d, radial=True) - float(np.log(np.diagonal(self.lower)).sum())
        measured = [h for kind, h in zip(self.columns, self.bandwidth, strict=True) if not isinstance(kind, Categorical)]
        return self.kernel.log_height(len(measured), radial=False) - float(np.log(measured).sum())

    @property
    def n_measured(self):
        """Number of columns that are no categories."""
        return sum(not isinstance(kind, Categorical) for kind in self.columns)

    def selected(self, keep, weights):
        """The estimate of some of its rows with other weights (positive)."""
        factors = None if self.factors is None else self.factors[keep]
        return replace(self, rows=self.rows[keep], weights=weights[keep] / weights[keep].sum(), factors=factors)


def _origin(kind, median):
    if isinstance(kind, Categorical):
        return 0.0
    if isinstance(kind, Circular):
        return kind.low
    if isinstance(kind, Interval):
        return kind.low if np.isfinite(kind.low) else kind.high
    return median


def _turns(period, reach):
    k = _count(reach / period)
    turns = np.arange(-k, k + 1) * period
    return np.ones(turns.size), turns


def _reflections(kind, bandwidth, reach):
    width = (kind.high - kind.low) / bandwidth
    if not np.isfinite(width):
        return np.array([1.0, -1.0]), np.zeros(2)
    k = _count(reach / (2 * width))
    shifts = 2 * width * np.arange(-k, k + 1)
    return np.repeat([1.0, -1.0], shifts.size), np.concatenate([shifts, shifts])


def _count(ratio):
    count = int(np.ceil(ratio)) + 1
    if count > _MOST_IMAGES:
        raise ArgumentError(f"the bandwidth is so wide that a kernel goes round its bounded or circular column {count} times; use a smaller bandwidth")
    return count


def checked_parameters(*, rows, weights, bandwidth, factors, kernel, columns, boundary, min_count=0, names=None, exact=False):
    """`DensityParameters` from values that may be wrong; with `exact`, weights that already sum to one are left as they are.

    Raises
    ------
    ArgumentError
    """
    n, d = rows.shape
    check_columns(rows, columns, names)
    weights = np.full(n, 1.0 / n) if weights is None else weights if exact else weights / weights.sum()
    bandwidth = checked_bandwidth(bandwidth, columns)
    if factors is not None:
        if factors.shape != (n,) or not (np.isfinite(factors) & (factors > 0)).all():
            raise ArgumentError(f"factors must be {n} finite numbers above 0, one for each row")
        if boundary == "renormalise" and any(isinstance(kind, Interval) for kind in columns):
            raise ArgumentError("boundary='renormalise' works with one bandwidth for all rows; use boundary='reflect' with an adaptive bandwidth")
    shape = kernel_named(kernel)
    if shape.name not in KERNELS and bandwidth.ndim == 1:
        raise ArgumentError(f"kernel={kernel!r} is radial and needs a bandwidth matrix ({d}, {d})")
    law = DensityParameters(rows, weights, bandwidth, factors, shape, columns, boundary, min_count)
    for j in range(d):
        if not law.is_full:
            law.images(j)
    return law


def check_columns(rows, columns, names):
    """Raise for a value that cannot occur in its column."""
    for j, kind in enumerate(columns):
        check_column(rows[:, j], kind, f"column {j if names is None else names[j]!r}")


def checked_bandwidth(value, columns):
    """A bandwidth (d,) or matrix (d, d) that can be used.

    Raises
    ------
    ArgumentError
        For one that is not positive, has the wrong shape, or does not fit a kind of column.
    """
    d = len(columns)
    try:
        bandwidth = np.array(np.nan if value is None or isinstance(value, bool) else value, np.float64)
    except (TypeError, ValueError):
        bandwidth = np.array(np.nan)
    if bandwidth.ndim == 0 and np.isnan(bandwidth):
        raise ArgumentError(f"bandwidth must be a number, an array or the name of a selector such as 'scott' or 'isj'; got {value!r}")
    if bandwidth.ndim == 0:
        bandwidth = np.full(d, float(bandwidth))
    if bandwidth.shape == (d, d):
        return _checked_matrix(bandwidth, columns)
    if bandwidth.shape != (d,):
        raise ArgumentError(f"bandwidth must be a number, ({d},) or ({d}, {d}), got shape {bandwidth.shape}")
    for j, (h, kind) in enumerate(zip(bandwidth, columns, strict=True)):
        if isinstance(kind, Categorical):
            most = 1 - 1 / len(kind.values)
            if not 0 <= h <= most:
                raise ArgumentError(f"bandwidth[{j}] = {h} must be from 0 to {most:.6g}: the probability of another category in a column with {len(kind.values)}")
        elif not (np.isfinite(h) and h > 0):
            raise ArgumentError(f"bandwidth[{j}] = {h} must be a finite number above 0")
    return bandwidth


def _checked_matrix(matrix, columns):
    if not all(isinstance(kind, Line) for kind in columns):
        raise ArgumentError("a bandwidth matrix needs columns that may be any number; give one bandwidth for each column with support=")
    if not (np.isfinite(matrix).all() and np.allclose(matrix, matrix.T, rtol=1e-10, atol=0.0)):
        raise ArgumentError(f"bandwidth must be a finite symmetric matrix, got {matrix.tolist()}")
    matrix = (matrix + matrix.T) / 2
    if lower_factors(matrix[None]) is None:
        raise ArgumentError(f"bandwidth must be positive definite, got {matrix.tolist()}")
    return matrix


