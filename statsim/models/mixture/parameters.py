"""Parameters of a Gaussian mixture and what follows from them in closed form."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim.blocks import map_chunks
from statsim.distributions.covariance import CovarianceKind, lower_factors
from statsim.errors import ArgumentError, FitError, ImpossibleConditionError
from statsim.kernels.conditional_gaussian import condition_gaussian
from statsim.kernels.elementary import log
from statsim.kernels.evidence import normalise_weights
from statsim.kernels.mixture import density as mixture_density
from statsim.kernels.mixture.missing import log_joint_missing

_LOG_2PI = float(np.log(2 * np.pi))
_CHUNK_ROWS = 16_384
_FAR = 2.0**-600


@dataclass(frozen=True)
class MixtureParameters:
    """A mixture of k Gaussians in d columns, some of which may be point masses.

    Attributes
    ----------
    kind : CovarianceKind
    weights : (k,), means : (k, d)
    covariances : ndarray
        In the kind's shape; zero in constant columns (a spherical variance is that of the other columns).
    constant : (d,) bool
        Columns with a single value, the same in all components.
    """

    kind: CovarianceKind
    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    constant: np.ndarray

    # ------------------------------------------------------------ shapes

    @property
    def shape(self):
        return self.means.shape

    @cached_property
    def active(self):
        """Indices of the columns that are not constant."""
        return np.flatnonzero(~self.constant)

    @cached_property
    def dense(self):
        """Covariance matrices (k, d, d), zero in constant columns."""
        k, d = self.shape
        out = np.array(self.kind.dense(self.covariances, k, d))
        out[:, self.constant, :] = 0.0
        out[:, :, self.constant] = 0.0
        return out

    @cached_property
    def _active_covariances(self):
        return self.kind.marginal(self.covariances, self.shape[1], self.active)

    @cached_property
    def _factors(self):
        """Precision factors and constants of the active columns, as the density kernels take them."""
        k, d = len(self.weights), len(self.active)
        factors, log_determinants = self.kind.factors(self._active_covariances, k, d)
        with np.errstate(divide="ignore"):
            constants = np.log(self.weights) + log_determinants - 0.5 * d * _LOG_2PI
        return factors, constants

    def n_free(self):
        """Number of free parameters; a constant column counts one."""
        k, d = len(self.weights), len(self.active)
        spread = self.kind.n_parameters(k, d) if d else 0
        return (k - 1) + k * d + spread + int(self.constant.sum())

    # ------------------------------------------------------------ densities

    def log_density(self, X, *, num_threads=None):
        """Log density (n,) of each row; NaN is integrated out, a value off a point mass gives -inf."""
        out = np.empty(len(X))
        if _may_miss(X) or not self.active.size:
            joint = self._log_joint_active(X, num_threads)
            highest = joint.max(axis=1)
            shift = np.maximum(highest, -1e308)
            with np.errstate(divide="ignore"):
                out[:] = shift + np.log(np.exp(joint - shift[:, None]).sum(axis=1))
        else:
            self._fill(mixture_density.log_density, X, out, num_threads)
        return np.where(self._off_point_mass(X), -np.inf, out) if self.constant.any() else out

    def posterior(self, X, *, num_threads=None):
        """Probability (n, k) of each component given each row; constant columns say nothing about the component."""
        joint = self._log_joint_active(X, num_threads)
        highest = joint.max(axis=1)
        far = ~np.isfinite(highest)
        joint -= np.where(far, 0.0, highest)[:, None]
        with np.errstate(under="ignore"):
            out = np.exp(joint)
        if far.any():
            out[far] = self._posterior_far(X[far])
        return out / out.sum(axis=1, keepdims=True)

    def _posterior_far(self, X):
        """For rows so far out that every density is zero: the component with the least Mahalanobis distance has it all."""
        shrunk = MixtureParameters(self.kind, self.weights, self.means * _FAR, self.covariances, self.constant)
        nearest = shrunk._log_joint_active(X * _FAR, 1).argmax(axis=1)
        return np.eye(len(self.weights))[nearest]

    def _off_point_mass(self, X):
        values = X[:, self.constant]
        return ((values != self.means[0, self.constant]) & ~np.isnan(values)).any(axis=1)

    def _log_joint_active(self, X, num_threads):
        if not self.active.size:
            with np.errstate(divide="ignore"):
                return np.tile(np.log(self.weights), (len(X), 1))
        if _may_miss(X):
            return self._log_joint_missing(X)
        out = np.empty((len(X), len(self.weights)))
        self._fill(mixture_density.log_joint, X, out, num_threads)
        return out

    def _fill(self, kernel, X, out, num_threads):
        X = X if len(self.active) == X.shape[1] else np.ascontiguousarray(X[:, self.active])
        means = np.ascontiguousarray(self.means[:, self.active])
        factors, constants = self._factors

        def chunk(index):
            start = index * _CHUNK_ROWS
            kernel(X, start, min(len(X), start + _CHUNK_ROWS), means, factors, constants, out)

        map_chunks(chunk, -(-len(X) // _CHUNK_ROWS), num_threads=num_threads)

    def _log_joint_missing(self, X):
        """Log weight plus log density of what is observed, rows grouped by pattern."""
        X = X[:, self.active]
        observed = ~np.isnan(X)
        patterns, pattern = np.unique(observed, axis=0, return_inverse=True)
        order = np.argsort(pattern.ravel(), kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(pattern.ravel(), minlength=len(patterns)))])
        joint = np.empty((len(self.weights), len(X)))
        dense = np.ascontiguousarray(self.dense[np.ix_(range(len(joint)), self.active, self.active)])
        with np.errstate(divide="ignore"):
            log_weights = np.log(self.weights)
        rows = np.where(observed, X, 0.0)[order]
        log_joint_missing(rows, starts, patterns, np.ascontiguousarray(self.means[:, self.active]), log_weights, dense, joint)
        out = np.empty((len(X), len(joint)))
        out[order] = joint.T
        return out

    # ------------------------------------------------------------ closed forms

    def marginal(self, columns):
        """The law of some columns, in the order given."""
        covariances = self.kind.marginal(self.covariances, self.shape[1], columns)
        return MixtureParameters(self.kind, self.weights, self.means[:, columns], covariances, self.constant[columns])

    def given(self, columns, values):
        """The law of the other columns when `columns` have the values `values`.

        Raises
        ------
        ImpossibleConditionError
            When the values have density zero in every component.
        """
        self._check_point_masses(columns, values)
        free = np.setdiff1d(np.arange(self.shape[1]), columns)
        used = ~self.constant[columns]
        means, matrices, densities = self._conditioned(free, columns[used], values[used])
        weights = np.empty(len(means))
        if normalise_weights(np.array([log(weight) for weight in self.weights]) + densities, weights) == -np.inf:
            raise ImpossibleConditionError(f"the values {_shown(columns, values)} have density zero under every component")
        if self.kind.diagonal:
            covariances = self.kind.marginal(self.covariances, self.shape[1], free)
        else:
            covariances = self.kind.from_dense(matrices)
        return MixtureParameters(self.kind, weights, means, covariances, self.constant[free])

    def _conditioned(self, free, used, values):
        """Means (k, f) and covariances (k, f, f) of `free` given `used`, and log densities (k,) of the values of `used`.

        Our own loops and elementary functions, so that the conditioned model is the same on every machine.
        """
        moving = free[~self.constant[free]]
        place = np.searchsorted(free, moving)
        order = np.concatenate([used, moving])
        factors = lower_factors(self.dense[:, order][:, :, order])
        if factors is None:
            raise FitError("covariances are not positive definite to working precision; nothing can be conditioned on them")
        means, matrices = self.means[:, free].copy(), np.zeros((len(factors), len(free), len(free)))
        densities = np.zeros(len(factors))
        for k, factor in enumerate(factors):
            shift, covariance = np.empty(len(moving)), np.empty((len(moving), len(moving)))
            densities[k] = condition_gaussian(factor, values - self.means[k, used], shift, covariance)
            if densities[k] > -np.inf:
                means[k, place] += shift
            matrices[k][np.ix_(place, place)] = covariance
        return means, matrices, densities

    def _check_point_masses(self, columns, values):
        for column, value in zip(columns, values, strict=True):
            if self.constant[column] and value != self.means[0, column]:
                raise ImpossibleConditionError(
                    f"column {column} is the constant {self.means[0, column]}, it cannot have the value {value}"
                )


def _may_miss(X):
    """False when X surely holds no NaN; one pass without a temporary array."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isnan(X.sum()))


def checked_parameters(kind, weights, means, covariances):
    """`MixtureParameters` from a user's arrays.

    Raises
    ------
    ArgumentError
        For wrong shapes, weights that are negative or do not sum to one, matrices that are not symmetric positive definite.
    """
    weights, means = _finite_array(weights, "weights", 1), _finite_array(means, "means", 2)
    k, d = means.shape
    if len(weights) != k or k == 0 or d == 0:
        raise ArgumentError(f"weights and means must name the same components, got shapes {weights.shape} and {means.shape}")
    if (weights < 0).any() or abs(weights.sum() - 1) > 1e-8:
        raise ArgumentError(f"weights must be non-negative and sum to 1, got {weights.tolist()} with sum {weights.sum()}")
    covariances = _finite_array(covariances, "covariances", len(kind.shape(k, d)))
    if covariances.shape != kind.shape(k, d):
        raise ArgumentError(f"covariances must have shape {kind.shape(k, d)} for {kind.name!r}, got {covariances.shape}")
    constant = _constant_columns(kind, means, covariances)
    parameters = MixtureParameters(kind, weights, means, covariances, constant)
    _check_positive(parameters)
    return parameters


def _constant_columns(kind, means, covariances):
    """Columns without variance; they must have one value in all components."""
    k, d = means.shape
    variances = np.diagonal(kind.dense(covariances, k, d), axis1=1, axis2=2)
    zero = variances == 0
    mixed = np.flatnonzero(zero.any(axis=0) & ~zero.all(axis=0))
    if mixed.size:
        raise ArgumentError(f"covariances: column {mixed[0]} has variance zero in some components only; give it none or all")
    constant = zero.all(axis=0)
    moving = np.flatnonzero(constant & (means != means[0]).any(axis=0))
    if moving.size:
        raise ArgumentError(
            f"means: column {moving[0]} has variance zero but the values {means[:, moving[0]].tolist()}; a point mass has one value"
        )
    return constant


def _check_positive(parameters):
    dense = parameters.dense
    unequal = np.abs(dense - np.swapaxes(dense, 1, 2)).max(axis=(1, 2)) > 1e-10 * np.abs(dense).max(axis=(1, 2))
    if unequal.any():
        raise ArgumentError(f"covariances[{int(unequal.argmax())}] is not symmetric: {dense[unequal.argmax()].tolist()}")
    if dense[:, parameters.constant].any():
        raise ArgumentError("covariances: a column with variance zero has a covariance that is not zero")
    k, d = len(dense), len(parameters.active)
    if d and not parameters.kind.is_positive(parameters._active_covariances, d):
        raise ArgumentError(f"covariances are not all positive definite: {np.array(parameters.covariances).tolist()}"[:500])


def _finite_array(value, name, ndim):
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} must be an array of numbers: {error}") from error
    if array.ndim != ndim:
        raise ArgumentError(f"{name} must have {ndim} dimension(s), got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ArgumentError(f"{name} must be finite, got {array[~np.isfinite(array)][0]}")
    return array


def _shown(columns, values):
    return {int(column): float(value) for column, value in zip(columns, values, strict=True)}
