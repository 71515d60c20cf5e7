"""From rows to parameters: the search, fewer components where some would rest on too few rows, and the account of it."""

import warnings
from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, FitError, FitWarning
from statsim.models.table_mixture.parameters import POINT
from statsim.models.table_mixture.steps import TableMixtureSteps

_TRIAL_STARTS = 5  # of a number of components below the one asked for, before it gets all that the method asks for
_STRIDE = 8  # the number falls by an eighth: from hundreds to a handful in a few trials


def fit_table_mixture(arrays, layout, *, n_components, min_count, sample_weight, method, key):
    """Parameters, `FitResult` and the number of columns that took the whole table's law (see `TableMixtureSteps.settled`).

    Raises
    ------
    ArgumentError
        When there are fewer rows than `min_count`.
    FitError
        When not even one component can be fitted.
    """
    if sample_weight is not None:
        kept = sample_weight > 0
        arrays, sample_weight = arrays.take(kept), sample_weight[kept]
    total = float(arrays.n_rows if sample_weight is None else sample_weight.sum())
    if total < min_count or not arrays.n_rows:
        raise ArgumentError(f"X has {total:g} rows, fewer than min_count={min_count:g}; pass more rows or lower min_count")
    most = min(n_components, max(1, int(total / max(min_count, 1.0))))
    k, reason = most, f"there are only {total:g}"
    while True:
        steps = TableMixtureSteps(arrays, layout, n_components=k, min_count=min_count, sample_weight=sample_weight)
        try:
            if k < most:
                replace(method, n_init=min(_TRIAL_STARTS, method.n_init)).fit(steps, key=key)
            parameters, result = method.fit(steps, key=key)
            break
        except FitError as error:
            if k == 1:
                raise
            k, reason = k - max(1, k // _STRIDE), str(error)
    if k < n_components:
        result = _fewer(result, n_components, k, min_count, reason)
    parameters, settled = steps.settled(_ordered(parameters))
    return parameters, result, settled


def _fewer(result, wanted, k, min_count, reason):
    message = f"n_components={wanted} was reduced to {k}: no component may rest on fewer than min_count={min_count:g} rows ({reason})"
    warnings.warn(message, FitWarning, stacklevel=4)
    return replace(result, warnings=(*result.warnings, message))


def _ordered(parameters):
    """The components by falling weight."""
    order = np.argsort(-parameters.weights, kind="stable")
    values = {name: value[order] for name, value in vars(parameters).items() if name != "level_probabilities"}
    return replace(parameters, level_probabilities=tuple(table[order] for table in parameters.level_probabilities), **values)


def n_free(parameters, layout):
    """Number of free parameters."""
    active = [int((np.diag(covariance) > 0).sum()) for covariance in parameters.covariances]
    gaussian = sum(p + p * (p + 1) // 2 for p in active)
    k = parameters.n_components
    levels = k * sum(count - 1 for count in layout.n_levels)
    counts = 2 * int((parameters.count_dispersions != POINT).sum())
    missing = k * sum(map(sum, (layout.continuous_nullable, layout.discrete_nullable, layout.counts_nullable)))
    return k - 1 + gaussian + levels + counts + missing
