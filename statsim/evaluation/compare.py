r"""Comparison of fitted models on the same data.

The difference to the best is a sum over rows, so its standard error comes from the paired differences of the rows: :math:`\sqrt{n} \operatorname{sd}(d_i)`
(Vehtari, Gelman, Gabry 2017, Stat. Comput. 27). It is far below the errors of the two values where the models agree about the rows.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.evaluation.comparison import Comparison
from statsim.evaluation.criteria.names import criterion_of
from statsim.evaluation.weights import WEIGHTINGS, default_weighting, weights_of


def compare(models, X, *, criterion="bic", weights=None):
    """Fitted models side by side.

    Parameters
    ----------
    models : list of Model, or dict of name to Model
        Fitted to X.
    X : array, data frame, list of sequences or graph
    criterion : str or criterion object
        "aic", "aicc", "bic", "icl": information criteria of fits by maximum likelihood, lower is better. "cv": the log score of rows left out,
        in ten folds, and "loo_cv", one by one; "waic", "psis_loo": the same from draws of a Bayesian fit; "bridge", "smc": log evidence. Higher is better.
        Objects such as ``statsim.criteria.CrossValidation(folds=5, rng=1)`` hold settings.
    weights : {"akaike", "evidence", "stacking"}, optional
        Default: "akaike" for information criteria, "evidence" for evidences, "stacking" for scores of rows.

    Returns
    -------
    Comparison
        The best model first.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For models without densities or what the criterion needs, by name.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.models.mixture.gaussian_mixture import GaussianMixture
    >>> X = np.concatenate([np.arange(20.0), np.arange(100.0, 120.0)])[:, None]
    >>> compare([GaussianMixture(k, rng=0).fit(X) for k in (1, 2)], X).best
    GaussianMixture(n_components=2, rng=0)
    """
    named, criterion = named_models(models), criterion_of(criterion)
    found = [(name, model, criterion.value(model, X)) for name, model in named.items()]
    return comparison_of(criterion.name, found, weights)


def named_models(models):
    """Names to models: as given, or made of what tells the models apart."""
    if isinstance(models, dict):
        named = {str(name): model for name, model in models.items()}
    elif isinstance(models, (str, bytes)) or not hasattr(models, "__iter__"):
        raise ArgumentTypeError(f"models must be a list of fitted models, or a dict of names to them; got {models!r:.100}")
    else:
        listed = list(models)
        named = dict(zip(_told_apart([repr(model) for model in listed]), listed, strict=True))
    if not named:
        raise ArgumentError("models is empty; give at least one fitted model")
    return named


def _told_apart(names):
    """Names, numbered where two are the same."""
    seen, out = {}, []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if names.count(name) == 1 else f"{name} #{seen[name]}")
    return out


def comparison_of(name, found, weights=None):
    """`Comparison` of (name, model, CriterionValue or warning) triples; a warning stands for a model without a value, and goes last."""
    valued = [row for row in found if not isinstance(row[2], str)]
    sign = -1.0 if valued[0][2].higher_is_better else 1.0
    _check_same_rows(valued)
    order = sorted(range(len(found)), key=lambda i: _rank(found[i][2], sign))
    ranked = [found[i] for i in order]
    values = [None if isinstance(row[2], str) else row[2] for row in ranked]
    differences, errors = zip(*(_difference(values[0], value, sign) for value in values), strict=True)
    weighting = default_weighting(values[0]) if weights is None else checks.choice(weights, "weights", WEIGHTINGS)
    notes = tuple((row[2],) if isinstance(row[2], str) else row[2].warnings for row in ranked)
    return Comparison(
        name, tuple(row[0] for row in ranked), tuple(row[1] for row in ranked), tuple(values), np.array(differences), np.array(errors),
        weights_of(values, weighting, sign), weighting, notes,
    )  # fmt: skip


def _rank(value, sign):
    if isinstance(value, str) or np.isnan(value.value):
        return np.inf, 1
    return sign * value.value, 0


def _check_same_rows(valued):
    sizes = {len(value.pointwise) for _, _, value in valued if value.pointwise is not None}
    if len(sizes) > 1:
        raise ArgumentError(f"the models count the rows of X differently ({sorted(sizes)}): models of rows and of sequences cannot be compared on the same data")


def _difference(best, value, sign):
    """Distance from the best and its standard error."""
    if value is None:
        return np.nan, np.nan
    if value is best:
        return 0.0, 0.0
    with np.errstate(invalid="ignore"):
        distance = sign * (value.value - best.value)
        if value.pointwise is None:
            return distance, float(np.hypot(best.standard_error, value.standard_error))
        apart = value.pointwise - best.pointwise
        error = np.sqrt(len(apart)) * apart.std(ddof=1) if len(apart) > 1 and np.isfinite(apart).all() else np.nan
    return distance, float(error)
