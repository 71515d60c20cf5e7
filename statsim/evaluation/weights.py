"""Weights of models."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.evaluation.stacking import stacking_weights

WEIGHTINGS = ("akaike", "evidence", "stacking")


def default_weighting(value):
    """What the criterion of a `CriterionValue` is weighed by."""
    if not value.higher_is_better:
        return "akaike"
    return "evidence" if value.pointwise is None else "stacking"


def weights_of(values, weighting, sign):
    """Weights (k,) of values, None where a model has none."""
    weights = np.full(len(values), np.nan)
    usable = [place for place, value in enumerate(values) if value is not None and not np.isnan(value.value)]
    chosen = [values[place] for place in usable]
    if weighting == "stacking":
        _check_scores(chosen)
        weights[usable] = stacking_weights(np.array([value.pointwise for value in chosen]).T)
    else:
        _check_scale(chosen, weighting)
        half = 1.0 if weighting == "evidence" else 0.5
        distance = np.array([sign * value.value for value in chosen])
        shares = np.exp(-half * (distance - distance.min())) if np.isfinite(distance.min()) else np.ones(len(chosen))
        weights[usable] = shares / shares.sum()
    return weights


def _check_scores(values):
    if any(value.pointwise is None or not value.higher_is_better for value in values):
        raise ArgumentError("weights='stacking' needs the log scores of rows: criterion='cv', 'loo_cv', 'waic' or 'psis_loo'")


def _check_scale(values, weighting):
    if any(value.higher_is_better for value in values) is not (weighting == "evidence"):
        wanted = "an evidence: criterion='bridge' or 'smc'" if weighting == "evidence" else "an information criterion: 'aic', 'aicc', 'bic' or 'icl'"
        raise ArgumentError(f"weights={weighting!r} needs {wanted}")
