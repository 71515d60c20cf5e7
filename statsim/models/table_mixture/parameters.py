"""Parameters of a mixture over mixed-type rows: their shapes, their checks, and log probabilities of single cells."""

from dataclasses import dataclass, fields

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.cholesky import cholesky
from statsim.tables.arrays import TableLayout

POINT = -1.0
"""Dispersion that marks a count column as a point mass at its mean."""

LEAST_DISPERSION, MOST_DISPERSION = 1e-6, 1e4
"""Between them a negative binomial is told from a Poisson law (0) without loss of digits."""


@dataclass(frozen=True, eq=False)
class TableMixtureParameters:
    """K components over p continuous, q discrete and r count columns.

    Parameters
    ----------
    weights : array (K,)
        Component probabilities; zeros are allowed, the sum is 1.
    means : array (K, p)
    covariances : array (K, p, p)
        Positive definite, but for columns whose row and column are 0: point masses at their mean.
    level_probabilities : tuple of q arrays (K, n_levels)
        Probability of each level of an observed cell.
    count_means : array (K, r)
        Mean m of an observed count.
    count_dispersions : array (K, r)
        a in the variance m + a m^2: 0 is Poisson, above 0 negative binomial, exactly -1 a point mass at m.
    missing_continuous, missing_discrete, missing_counts : arrays (K, p), (K, q), (K, r)
        Probability that a cell is missing.
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    level_probabilities: tuple
    count_means: np.ndarray
    count_dispersions: np.ndarray
    missing_continuous: np.ndarray
    missing_discrete: np.ndarray
    missing_counts: np.ndarray

    @property
    def n_components(self):
        """Number of components K."""
        return len(self.weights)


def checked_parameters(
    weights,
    *,
    means=None,
    covariances=None,
    level_probabilities=(),
    count_means=None,
    count_dispersions=None,
    missing_continuous=None,
    missing_discrete=None,
    missing_counts=None,
):
    """`TableMixtureParameters` from array-likes; a block left out has no columns, a dispersion or missing share left out is 0.

    Raises
    ------
    ArgumentError
        Naming the array, the component and the value that cannot be.
    """
    weights = _array(weights, "weights", (None,))
    k = len(weights)
    if k == 0:
        raise ArgumentError("weights must have at least one component, got an empty array")
    _check_simplex(weights[None], "weights")
    means = _array(np.zeros((k, 0)) if means is None else means, "means", (k, None))
    p = means.shape[1]
    covariances = _array(np.zeros((k, p, p)) if covariances is None else covariances, "covariances", (k, p, p))
    levels = tuple(_array(table, f"level_probabilities[{j}]", (k, None)) for j, table in enumerate(level_probabilities))
    count_means = _array(np.zeros((k, 0)) if count_means is None else count_means, "count_means", (k, None))
    shapes = {
        "count_dispersions": (count_dispersions, count_means.shape),
        "missing_continuous": (missing_continuous, (k, p)),
        "missing_discrete": (missing_discrete, (k, len(levels))),
        "missing_counts": (missing_counts, count_means.shape),
    }
    rest = {name: _array(np.zeros(shape) if value is None else value, name, shape) for name, (value, shape) in shapes.items()}
    for j, table in enumerate(levels):
        _check_simplex(table, f"level_probabilities[{j}]")
    for name in ("missing_continuous", "missing_discrete", "missing_counts"):
        _require(rest[name], (rest[name] >= 0) & (rest[name] <= 1), name, "between 0 and 1")
    _check_counts(count_means, rest["count_dispersions"])
    _check_covariances(covariances)
    return TableMixtureParameters(weights, means, covariances, levels, count_means, **rest)


def check_layout(parameters, layout):
    """Raise unless the parameters have the columns and levels of `layout`, and missing shares only where it is nullable."""
    levels = tuple(table.shape[1] for table in parameters.level_probabilities)
    shape = (parameters.means.shape[1], len(levels), parameters.count_means.shape[1])
    if shape != layout.shape or levels != layout.n_levels:
        raise ArgumentError(
            f"layout has {layout.shape} columns and the levels {layout.n_levels}, "
            f"but the parameters have {shape} and {levels}; they must agree"
        )
    for block in ("continuous", "discrete", "counts"):
        share, nullable = getattr(parameters, f"missing_{block}"), np.array(getattr(layout, f"{block}_nullable"), bool)
        _require(share, (share == 0) | nullable, f"missing_{block}", "0 in a column that is not nullable")


def implied_layout(parameters):
    """The layout of parameters that come without one: a column is nullable when some component may miss it."""
    return TableLayout(
        continuous_nullable=tuple((parameters.missing_continuous > 0).any(axis=0)),
        n_levels=tuple(table.shape[1] for table in parameters.level_probabilities),
        discrete_nullable=tuple((parameters.missing_discrete > 0).any(axis=0)),
        counts_nullable=tuple((parameters.missing_counts > 0).any(axis=0)),
    )


def parameter_fields(parameters):
    """Field name -> value."""
    return {field.name: getattr(parameters, field.name) for field in fields(parameters)}


def count_log_probability(values, means, dispersions):
    r"""Log probability of counts under Poisson, negative binomial and point-mass laws.

    With a the dispersion, :math:`\Gamma(x + 1/a) / (\Gamma(1/a)\, x!) \; (am)^x (1 + am)^{-x - 1/a}`.

    Parameters
    ----------
    values : array (u,)
    means, dispersions : arrays (K,)

    Returns
    -------
    ndarray (K, u)
    """
    from scipy.special import gammaln, xlogy

    x, m, a = np.asarray(values, float)[None], means[:, None], dispersions[:, None]
    spread = np.where(a > 0, a, 1.0)
    shape = 1.0 / spread
    poisson = xlogy(x, m) - m - gammaln(x + 1)
    negative = gammaln(x + shape) - gammaln(shape) - gammaln(x + 1) + xlogy(x, spread * m) - (x + shape) * np.log1p(spread * m)
    point = np.where(x == m, 0.0, -np.inf)
    return np.where(a > 0, negative, np.where(a == 0, poisson, point))


def _array(value, name, shape):
    """`value` as a finite float64 array of the given shape (None leaves an axis free)."""
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} must be an array of numbers: {error}") from error
    if array.ndim != len(shape) or any(want is not None and want != have for want, have in zip(shape, array.shape, strict=True)):
        expected = tuple("any" if axis is None else axis for axis in shape)
        raise ArgumentError(f"{name} must have shape {expected}, got {array.shape}; the first axis is the component")
    _require(array, np.isfinite(array), name, "finite")
    return array


def _require(array, good, name, expected):
    good = np.broadcast_to(good, array.shape)
    if not good.all():
        place = tuple(int(index) for index in np.argwhere(~good)[0])
        raise ArgumentError(f"{name} must be {expected}, got {name}{list(place)} = {array[place]}")


def _check_simplex(table, name):
    _require(table, table >= 0, name, "non-negative")
    for k, total in enumerate(table.sum(axis=1)):
        if not abs(total - 1) <= 1e-8:
            raise ArgumentError(f"{name} must sum to 1 in each component, got the sum {total} in row {k}; divide by it")


def _check_counts(means, dispersions):
    _require(means, (means >= 0) & (means <= 2.0**53), "count_means", "between 0 and 2^53")
    known = (dispersions == 0) | (dispersions == POINT) | (dispersions >= LEAST_DISPERSION) & (dispersions <= MOST_DISPERSION)
    _require(dispersions, known, "count_dispersions", "0 (Poisson), between 1e-6 and 1e4, or exactly -1 (point mass)")
    whole = (dispersions != POINT) | (means == np.floor(means))
    _require(means, whole, "count_means", "a whole number where the dispersion is -1 (point mass)")


def _check_covariances(covariances):
    for k, covariance in enumerate(covariances):
        if not np.array_equal(covariance, covariance.T):
            raise ArgumentError(f"covariances[{k}] must be symmetric, got {covariance.tolist()}; use (S + S.T) / 2")
        if factor_of(covariance) is None:
            raise ArgumentError(
                f"covariances[{k}] must be positive definite (but for all-zero rows: point masses), got {covariance.tolist()}"
            )


def factor_of(covariance):
    """Lower Cholesky factor (p, p) with zero rows for point masses, or None when there is none."""
    spread = np.flatnonzero(np.diag(covariance) != 0)
    point = np.flatnonzero(np.diag(covariance) == 0)
    block = np.ascontiguousarray(covariance[np.ix_(spread, spread)])
    lower = np.zeros_like(block)
    if covariance[point].any() or cholesky(block[None], 0.0, lower[None]) >= 0:
        return None
    factor = np.zeros_like(covariance)
    factor[np.ix_(spread, spread)] = lower
    return factor
