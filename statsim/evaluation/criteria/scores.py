"""What criteria ask of a fitted model: the log density of each row, and the number of free parameters."""

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.model import Model
from statsim.row_model import RowModel
from statsim.samplers.supports import support_tables
from statsim.sequence_model import SequenceModel


def row_scores(model, X):
    """Log densities (n,) of the rows (or sequences, or graphs) of X under a fitted model.

    Raises
    ------
    ArgumentTypeError, ArgumentError, NotFittedError
    """
    if not isinstance(model, Model):
        hint = f"; write {model.__name__}(...).fit(X)" if isinstance(model, type) else ""
        raise ArgumentTypeError(f"a criterion needs a fitted model of statsim, got {model!r:.100}{hint}")
    model._require_fitted()
    if not hasattr(model, "score_samples"):
        raise ArgumentTypeError(f"a {type(model).__name__} has no density (score_samples), and every criterion is made of densities")
    scores = np.atleast_1d(np.asarray(model.score_samples(X), float))
    if np.isnan(scores).any():
        raise ArgumentError(f"X[{int(np.argmax(np.isnan(scores)))}] has log density NaN under this {type(model).__name__}; remove that row")
    return scores


def free_parameters(model, X, scores, criterion):
    """Free parameters of a fitted model: what it says itself, what its supports say, or what its own AIC counts.

    Raises
    ------
    ArgumentTypeError
        For a model without a count, such as a kernel density.
    """
    count = getattr(model, "n_parameters", None)
    if count is not None:
        return int(count() if callable(count) else count)
    if hasattr(model, "parameter_supports"):
        return support_tables(list(model.parameter_supports), len(model.parameter_names))[3]
    if hasattr(model, "aic"):
        return round(0.5 * (float(model.aic(X)) + 2 * float(scores.sum())))
    remedy = "; use criterion='cv'" if isinstance(model, (RowModel, SequenceModel)) else ""
    raise ArgumentTypeError(f"criterion={criterion!r} counts parameters (n_parameters), and a {type(model).__name__} has no count{remedy}")


def refuse_posterior(model, criterion):
    """Information criteria are for maximum likelihood."""
    if getattr(model, "posterior_", None) is not None:
        raise ArgumentError(
            f"criterion={criterion!r} is for fits by maximum likelihood, and this {type(model).__name__} is a Bayesian fit; use 'psis_loo', 'waic' or 'bridge'"
        )
