"""From sequences to the law of an autoregression: check, prepare, fit, and back to the units of the data."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, FitError
from statsim.estimators.posterior import Posterior
from statsim.models.series.autoregressive_posterior import AutoregressivePosterior
from statsim.models.series.autoregressive_steps import AutoregressiveSteps
from statsim.models.series.conjugate_regression import PrincipleSteps
from statsim.models.series.likelihood_steps import LikelihoodSteps
from statsim.models.series.parameter_table import ParameterTable
from statsim.models.series.prepared import prepare

TRENDS = ("n", "c", "ct")
_PRINCIPLES = ("map", "bayes")
_OR_CUT = ", or keep to stationary laws: prior=statsim.priors.Minnesota(stationary=True)"


def fit_autoregression(sequences, weights, *, order, trend, method, initial, is_matrix=True, key=None):
    """Fit by `method`; `is_matrix` where parameters are named as those of several columns.

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
    AutoregressiveLaw, FitResult, AutoregressivePosterior or None

    Raises
    ------
    ArgumentError, FitError
    """
    has_prior = method.name in _PRINCIPLES
    _check_length(sequences, weights, order, trend, initial, has_prior=has_prior)
    rows = prepare(sequences, weights, centred=trend != "n", timed=trend == "ct", initial=initial)
    posterior = None
    if method.name == "mle":
        steps = LikelihoodSteps(rows, order, trend)
    else:
        _check_complete(rows, method)
        steps = PrincipleSteps(rows, ParameterTable(order, sequences.values.shape[1], trend, is_matrix)) if has_prior else AutoregressiveSteps(rows, order, trend)
    state, result = method.fit(steps, key=key)
    if method.name == "mle" and steps.remark:
        result = replace(result, warnings=(*result.warnings, steps.remark))
    if isinstance(state, Posterior):
        posterior = AutoregressivePosterior(state.draws, steps.table, steps.posterior(method.prior).log_evidence())
        law = next(steps.table.laws(state.mean[None], initial=initial, before=0))
    else:
        law = rows.law_in_data_units(state.law(rows))
    if initial is None:
        law = replace(law, initial=None)
        if order and not law.is_stationary:
            raise FitError(
                f"the fit has no stationary law: {law.root_words()}; pass initial= with the {order} value(s) before the first step, "
                f"or take differences of the series{_OR_CUT if posterior else ''}"
            )
    else:
        law = replace(law, initial=initial)  # as given, not by way of other units
    return law, result, posterior


def log_evidence(sequences, weights, *, order, trend, prior, initial, is_matrix=True):
    """Log marginal likelihood, in closed form, of the steps after the first values.

    Raises
    ------
    ArgumentError, ArgumentTypeError, FitError
    """
    _check_length(sequences, weights, order, trend, initial, has_prior=True)
    rows = prepare(sequences, weights, centred=trend != "n", timed=trend == "ct", initial=initial)
    if np.isnan(rows.values.sum()):
        raise ArgumentError("the evidence needs every value, but X has missing ones")
    return PrincipleSteps(rows, ParameterTable(order, sequences.values.shape[1], trend, is_matrix)).posterior(prior).log_evidence()


def _check_length(sequences, weights, order, trend, initial, *, has_prior=False):
    k = sequences.values.shape[1]
    lengths = sequences.lengths[weights > 0]
    usable = int(lengths.sum() if initial is not None else np.maximum(lengths - order, 0).sum())
    needed = 2 if has_prior else order * k + TRENDS.index(trend) + k
    if usable < needed:
        raise ArgumentError(
            f"X has {int(lengths.sum())} step(s), {usable} of them with {order} known step(s) before; order={order}, {k} column(s) and "
            f"trend={trend!r} need at least {needed} such; use a lower order or more steps"
        )


def _check_complete(rows, method):
    if np.isnan(rows.values.sum()):
        raise ArgumentError(f"method={method.name!r} needs every value, but X has missing ones; use method='mle'")
