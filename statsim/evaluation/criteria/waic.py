r"""The widely applicable information criterion on the scale of the log score, :math:`\sum_i \log \bar p(x_i) - \operatorname{var}_s \log p_s(x_i)`.

S. Watanabe (2010), JMLR 11; A. Vehtari, A. Gelman, J. Gabry (2017), Stat. Comput. 27, equations 12 and 13.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.evaluation.criteria.criterion_value import of_rows
from statsim.evaluation.criteria.posterior_scores import stretches

_VARIANCE_LIMIT = 0.4


@dataclass(frozen=True)
class WAIC:
    """The widely applicable information criterion of a Bayesian fit; higher is better (minus half of the deviance scale).

    Examples
    --------
    >>> from statsim.models.laws.normal import Normal
    >>> X = [1.0, 2.0, 4.0, 7.0]
    >>> found = WAIC().value(Normal(method="bayes", rng=0).fit(X), X)
    >>> found.pointwise.shape, found.higher_is_better
    ((4,), True)
    """

    name: ClassVar[str] = "waic"

    def value(self, model, X):
        """`CriterionValue` of a Bayesian fit; `n_parameters` is the effective number."""
        return waic_of(np.concatenate([_rows(scores) for scores in stretches(model, X, self.name)], axis=1))


def waic_of_scores(log_densities):
    """`CriterionValue` of log densities (draws, n) or (chains, draws, n)."""
    return waic_of(_rows(np.asarray(log_densities, float)))


def waic_of(parts):
    """`CriterionValue` of log mean densities and variances (2, n)."""
    log_mean, variance = parts
    high = int(np.count_nonzero(variance > _VARIANCE_LIMIT))
    notes = (f"the log density of {high} row(s) varies by more than {_VARIANCE_LIMIT} over the draws: WAIC is unreliable there; use criterion='psis_loo'",) if high else ()
    return of_rows("waic", log_mean - variance, higher_is_better=True, n_parameters=float(variance.sum()), warnings=notes)


def _rows(scores):
    """Log of the mean density and variance of the log density, (2, m)."""
    table = scores.reshape(-1, scores.shape[-1])
    top = table.max(axis=0)
    with np.errstate(invalid="ignore"):
        log_mean = top + np.log(np.mean(np.exp(table - np.where(np.isfinite(top), top, 0.0)), axis=0))
        return np.array([log_mean, table.var(axis=0, ddof=1)])
