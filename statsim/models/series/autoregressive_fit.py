"""From sequences to the law of an autoregression: check, prepare, fit, and back to the units of the data."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, FitError
from statsim.models.series.autoregressive_steps import AutoregressiveSteps
from statsim.models.series.likelihood_steps import LikelihoodSteps
from statsim.models.series.prepared import prepare

TRENDS = ("n", "c", "ct")


def fit_autoregression(sequences, weights, *, order, trend, method, initial):
    """Fit by `method`.

    Parameters
    ----------
    sequences : Sequences
    weights : (n_sequences,)
    order : int
    trend : {"n", "c", "ct"}
    method : a method object
    initial : (order, k) or None

    Returns
    -------
    AutoregressiveLaw, FitResult

    Raises
    ------
    ArgumentError, FitError
    """
    _check_length(sequences, weights, order, trend, initial)
    rows = prepare(sequences, weights, centred=trend != "n", timed=trend == "ct", initial=initial)
    if method.name == "mle":
        steps = LikelihoodSteps(rows, order, trend)
    else:
        _check_complete(rows, method)
        steps = AutoregressiveSteps(rows, order, trend)
    point, result = method.fit(steps)
    if method.name == "mle" and steps.remark:
        result = replace(result, warnings=(*result.warnings, steps.remark))
    law = rows.law_in_data_units(point.law(rows))
    if initial is None:
        law = replace(law, initial=None)
        if order and not law.is_stationary:
            raise FitError(
                f"the fit has no stationary law: {law.root_words()}; pass initial= with the {order} value(s) before the first step, "
                f"or take differences of the series"
            )
    else:
        law = replace(law, initial=initial)  # as given, not by way of other units
    return law, result


def _check_length(sequences, weights, order, trend, initial):
    k = sequences.values.shape[1]
    lengths = sequences.lengths[weights > 0]
    usable = int(lengths.sum() if initial is not None else np.maximum(lengths - order, 0).sum())
    needed = order * k + TRENDS.index(trend) + k
    if usable < needed:
        raise ArgumentError(
            f"X has {int(lengths.sum())} step(s), {usable} of them with {order} known step(s) before; order={order}, {k} column(s) and "
            f"trend={trend!r} need at least {needed} such; use a lower order or more steps"
        )


def _check_complete(rows, method):
    if np.isnan(rows.values.sum()):
        raise ArgumentError(f"method={method.name!r} needs every value, but X has missing ones; use method='mle'")
