r"""Leave-one-out log score from one Bayesian fit, by Pareto-smoothed importance sampling.

The posterior without row i has weights :math:`1 / p(x_i \mid \theta_s)` against the posterior with it; the largest are smoothed and the shape k-hat of their
tail says whether to trust them (A. Vehtari, A. Gelman, J. Gabry 2017, Stat. Comput. 27; A. Vehtari et al. 2024, JMLR 25).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.evaluation.criteria.criterion_value import of_rows
from statsim.evaluation.criteria.posterior_scores import stretches
from statsim.metrics.chains.effective_sample_size import ess_mean
from statsim.metrics.chains.pareto import pareto_k_limit, pareto_smooth


@dataclass(frozen=True)
class PSISLOO:
    """Leave-one-out log score of a Bayesian fit; higher is better. `pareto_k` of each row says whether its weights can be trusted.

    Parameters
    ----------
    relative_efficiency : float, optional
        Effective over actual number of draws; default: measured for each row from the chains, 1 for one chain.

    Examples
    --------
    >>> from statsim.models.laws.normal import Normal
    >>> X = [1.0, 2.0, 4.0, 7.0]
    >>> found = PSISLOO().value(Normal(method="bayes", rng=0).fit(X), X)
    >>> found.pareto_k.shape
    (4,)
    """

    relative_efficiency: float | None = None

    name: ClassVar[str] = "psis_loo"

    def __post_init__(self):
        if self.relative_efficiency is not None:
            checks.real(self.relative_efficiency, "relative_efficiency", minimum=0.0, open_minimum=True)

    def value(self, model, X):
        """`CriterionValue` of a Bayesian fit; `n_parameters` is the effective number."""
        columns = [self._rows(scores) for scores in stretches(model, X, self.name)]
        n = model.posterior_.n_chains * model.posterior_.n_draws
        return loo_of(np.concatenate(columns, axis=1), n)

    def of_scores(self, log_densities):
        """`CriterionValue` of log densities (chains, draws, n)."""
        scores = np.asarray(log_densities, float)
        return loo_of(self._rows(scores), scores.shape[0] * scores.shape[1])

    def _rows(self, scores):
        """Leave-one-out score, log mean density and k-hat of each row, (3, m)."""
        top = scores.max(axis=(0, 1))
        efficiency = self._efficiencies(np.exp(scores - np.where(np.isfinite(top), top, 0.0)))
        return np.array([_row(scores[:, :, i].reshape(-1), top[i], efficiency[i]) for i in range(scores.shape[-1])]).T

    def _efficiencies(self, densities):
        """Effective over actual number of draws, of each row's density."""
        if self.relative_efficiency is not None:
            return np.full(densities.shape[-1], self.relative_efficiency)
        sizes = np.asarray(ess_mean(densities)) / (densities.shape[0] * densities.shape[1])
        return np.where(sizes > 0, sizes, 1.0)  # NaN for rows that have one density throughout


def _row(scores, top, efficiency):
    """Leave-one-out score, log mean density and k-hat of one row from log densities (s,) whose largest is `top`."""
    log_mean = top + np.log(np.mean(np.exp(scores - top))) if np.isfinite(top) else top
    if not np.isfinite(scores).all():
        return -np.inf, log_mean, np.inf
    smooth = pareto_smooth(-scores, relative_efficiency=efficiency)
    both = smooth.log_weights + scores
    return both.max() + np.log(np.exp(both - both.max()).sum()), log_mean, smooth.k_hat


def loo_of(rows, n_draws):
    """`CriterionValue` of scores left out, log mean densities and k-hats (3, n)."""
    pointwise, log_mean, k_hat = rows
    limit = pareto_k_limit(n_draws)
    bad = np.flatnonzero(k_hat > limit)
    worst = ", ".join(str(int(i)) for i in bad[np.argsort(-k_hat[bad], kind="stable")][:5])
    notes = (f"k-hat above {limit:.2f} in {bad.size} row(s) ({worst}): the score there is too high; fit without them, or use criterion='cv'",) if bad.size else ()
    return of_rows("psis_loo", pointwise, higher_is_better=True, n_parameters=float((log_mean - pointwise).sum()), pareto_k=k_hat, warnings=notes)
