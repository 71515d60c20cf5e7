"""From rows to the parameters of a Gaussian mixture: prepare, search, and back to the units of the data."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, FitError
from statsim.estimators.fit_result import FitResult
from statsim.estimators.posterior import Posterior
from statsim.models.mixture.parameter_rows import split
from statsim.models.mixture.parameters import MixtureParameters
from statsim.models.mixture.rows import prepare
from statsim.models.mixture.steps import MixtureState, MixtureSteps, ordered

_NEED_ROWS = ("mle", "map")  # of as many rows as components


def fit_mixture(X, sample_weight, *, kind, k, method, key, first=None):
    """Fit a mixture of `k` components with covariances of `kind`.

    Parameters
    ----------
    X : (n, d), NaN where missing
    sample_weight : (n,) or None
    method : MLE
    key : (2,) uint64
    first : MixtureParameters, optional
        Warm start.

    Returns
    -------
    MixtureParameters, FitResult, Draws or None
        Of a Bayesian or variational fit the parameters are plug-in values, and there are draws of them.

    Raises
    ------
    ArgumentError, FitError
    """
    _check_counts(X, sample_weight, k if method.name in _NEED_ROWS else 1)
    rows = prepare(X, sample_weight, one_scale=kind.name == "spherical")
    if len(rows.weights) < k and method.name in _NEED_ROWS:
        raise FitError(f"X has {len(rows.weights)} distinct row(s), fewer than n_components={k}; use fewer components")
    if not rows.columns.size:
        return *point_mass(rows, kind, k), None
    steps = MixtureSteps(rows, kind, k)
    state, result = method.fit(steps, key=key, first=None if first is None else standardised(first, rows))
    if isinstance(state, Posterior):
        return _plug_in(state, rows, kind, k), _with_constants(result, rows), state.draws
    return *finished(state, result, rows, kind), None


def finished(state, result, rows, kind):
    """`MixtureParameters` in the units of the data, components in the order of their means, and the account."""
    return _in_data_units(ordered(state, kind), rows, kind), _with_constants(result, rows)


def _plug_in(posterior, rows, kind, k):
    """The typical values of a variational law, the means of draws."""
    if posterior.approximation is not None:
        return _in_data_units(posterior.approximation.typical_state(), rows, kind)
    constant = np.ones(rows.n_features, bool)
    constant[rows.columns] = False
    weights, means, covariances = split(posterior.mean[None], kind, k, rows.n_features)
    return MixtureParameters(kind, weights[0] / weights[0].sum(), means[0], covariances[0], constant)


def _check_counts(X, sample_weight, k):
    n = len(X) if sample_weight is None else int(np.count_nonzero(sample_weight))
    if n < k:
        raise ArgumentError(f"n_components={k} is more than n_samples={n} rows with a positive weight; use fewer components")
    if n < 2:
        raise ArgumentError(f"n_samples={n}: a covariance needs at least 2 rows with a positive weight")


def _in_data_units(state, rows, kind):
    k, d = len(state.weights), rows.n_features
    means = np.tile(rows.constant_values, (k, 1))
    means[:, rows.columns] = rows.centre + rows.scale * state.means
    scaled = kind.rescaled(state.covariances, rows.scale)
    constant = np.ones(d, bool)
    constant[rows.columns] = False
    return MixtureParameters(kind, state.weights, means, _embedded(scaled, kind, k, rows), constant)


def _embedded(covariances, kind, k, rows):
    """`covariances` of the moving columns among all columns, zero in the constant ones."""
    d, columns = rows.n_features, rows.columns
    if kind.name == "spherical" or len(columns) == d:
        return covariances
    dense = np.zeros((k, d, d))
    dense[np.ix_(range(k), columns, columns)] = kind.dense(covariances, k, len(columns))
    return kind.from_dense(dense)


def standardised(parameters, rows):
    """`MixtureParameters` as a state in the units of `rows`."""
    columns = rows.columns
    covariances = parameters.kind.marginal(parameters.covariances, rows.n_features, columns)
    covariances = parameters.kind.rescaled(covariances, 1.0 / rows.scale)
    return MixtureState(parameters.weights, (parameters.means[:, columns] - rows.centre) / rows.scale, covariances)


def _constant_message(rows):
    constant = sorted(set(range(rows.n_features)) - set(rows.columns.tolist()))
    return (f"column(s) {constant} are constant and became point masses",) if constant else ()


def _with_constants(result, rows):
    return replace(result, warnings=(*result.warnings, *_constant_message(rows)))


def point_mass(rows, kind, k):
    """Every column constant: there is nothing to estimate."""
    means = np.tile(rows.constant_values, (k, 1))
    parameters = MixtureParameters(
        kind, np.full(k, 1.0 / k), means, np.zeros(kind.shape(k, rows.n_features)), np.ones(rows.n_features, bool)
    )
    result = FitResult(0.0, np.zeros(1), True, "every column is constant", 0, 0, 0, 0, False, 0.0, _constant_message(rows))
    return parameters, result
