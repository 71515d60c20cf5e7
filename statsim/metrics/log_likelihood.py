"""Mean log-likelihood per held-out row, with its error, and against another model on the same rows."""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.rank_tests import normal_tail
from statsim.metrics.score import NOT_TESTED, Score


def held_out_log_likelihood(scores, *, reference=None):
    """Mean of log densities of rows the model has not seen, or its difference to a reference model.

    Parameters
    ----------
    scores : array (n,)
        Log density of each held-out row, as `score_samples` gives it; -inf is a row the model calls impossible.
    reference : array (n,), optional
        Log density of the same rows under another model; the value is then the mean paired difference.

    Returns
    -------
    Score
        In nats per row. `perfect` is NaN without a reference: no log-likelihood is good by itself.

    Raises
    ------
    ArgumentError
        Fewer than two rows, a NaN, or a reference of another length.

    Examples
    --------
    >>> from statsim.metrics import held_out_log_likelihood
    >>> held_out_log_likelihood([-1.0, -2.0, -3.0]).value
    -2.0
    """
    scores = _checked(scores, "scores")
    p_value, perfect = NOT_TESTED, math.nan
    if reference is not None:
        reference = _checked(reference, "reference")
        if reference.shape != scores.shape:
            raise ArgumentError(f"reference has {reference.size} rows and scores {scores.size}; score the same rows with both")
        with np.errstate(invalid="ignore"):
            scores = np.where(scores == reference, 0.0, scores - reference)
        perfect = 0.0
    if not np.isfinite(scores).all():
        return Score("log-likelihood per row", float(scores[~np.isfinite(scores)].sum()), math.nan, perfect, math.nan, NOT_TESTED,
                     0, scores.size)  # fmt: skip
    error = float(scores.std(ddof=1) / math.sqrt(scores.size))
    if reference is not None and error > 0:
        p_value = normal_tail(scores.mean() / error)
    return Score("log-likelihood per row", float(scores.mean()), error, perfect, math.nan, p_value, scores.size, 0)


def likelihood_gap(real, own):
    """How much less likely real rows are under a model than rows of the model itself.

    Rows drawn from a model score minus its entropy on average; real rows score as much when the model is right, and less where
    it puts its mass elsewhere. Keep real rows the model has not seen: those it was fitted to score too well.

    Parameters
    ----------
    real : array (n,)
        Log density of each real row under the model; -inf is a row that the model calls impossible.
    own : array (m,)
        Log density of each of the model's own rows.

    Returns
    -------
    Score
        Mean of `real` minus mean of `own`, in nats per row; the p-value is two-sided (central limit theorem).

    Raises
    ------
    ArgumentError
        Fewer than two rows, or a NaN.

    Examples
    --------
    >>> from statsim.metrics import likelihood_gap
    >>> likelihood_gap([-1.0, -2.0, -3.0], [-1.0, -1.5, -2.0]).value
    -0.5
    """
    real, own = _checked(real, "real"), _checked(own, "own")
    name = "log-likelihood of real rows against own rows"
    if not (np.isfinite(real).all() and np.isfinite(own).all()):
        value = -math.inf if np.isfinite(own).all() else math.nan
        return Score(name, value, math.nan, 0.0, 0.0, NOT_TESTED, real.size, own.size)
    gap = float(real.mean() - own.mean())
    error = math.sqrt(real.var(ddof=1) / real.size + own.var(ddof=1) / own.size)
    return Score(name, gap, error, 0.0, 0.0, 2 * normal_tail(abs(gap) / error) if error > 0 else NOT_TESTED, real.size, own.size)


def _checked(scores, name):
    scores = np.asarray(scores, float).ravel()
    if scores.size < 2 or np.isnan(scores).any():
        raise ArgumentError(f"{name} must hold at least 2 log densities and no NaN; it has {scores.size}, {np.isnan(scores).sum()} NaN")
    return scores
