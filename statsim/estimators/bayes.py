"""The Bayesian principle: draws of the parameters given the data.

A. Gelman et al., Bayesian Data Analysis (2013), chapters 1 and 3. The model's steps give the posterior as a target; how it is sampled is
the matter of `statsim.samplers`: in closed form, by Gibbs, or by NUTS.
"""

import time
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.estimators.fit_result import FitResult
from statsim.estimators.posterior import Posterior
from statsim.samplers.sampling import sample


@dataclass(frozen=True)
class Bayes:
    """How to fit by sampling the posterior.

    Parameters
    ----------
    prior : prior object or dict of them, optional
        What the model takes is said in its docstring; see `statsim.priors`. Default: the model's own, scale-aware and weak.
    sampler : method object, optional
        `NUTS()`, `Gibbs()`, ...; default: what the model's posterior is best sampled by.
    draws : int
        Of each chain.
    chains : int
    warmup : int
        Iterations of each chain before the kept ones; not used where draws are exact.

    Examples
    --------
    >>> Bayes(draws=2000).chains
    4
    """

    prior: Any = None
    sampler: Any = None
    draws: int = 1000
    chains: int = 4
    warmup: int = 1000

    name: ClassVar[str] = "bayes"

    def __post_init__(self):
        for name in ("draws", "chains"):
            checks.integer(getattr(self, name), name, minimum=1)
        checks.integer(self.warmup, "warmup", minimum=0)

    def fit(self, steps, *, key, first=None):
        """Draws of the posterior, and the account.

        Parameters
        ----------
        steps : statsim.protocols.BayesSteps
        key : ndarray (2,), uint64
        first : ignored
            Chains start where their target says.

        Returns
        -------
        Posterior, FitResult

        Raises
        ------
        ArgumentError
            For a prior that the model does not take.
        SamplerError

        Warns
        -----
        SamplerWarning
            When the chains should not be trusted, with what to do.
        """
        began = time.perf_counter()
        target = steps.posterior(self.prior)
        draws = self._draws(target, target.default_method() if self.sampler is None else self.sampler, np.random.SeedSequence([int(word) for word in key]))
        judged = target.judged(draws) if hasattr(target, "judged") else draws
        return Posterior(draws), _account(judged, target.prior, time.perf_counter() - began)

    def _draws(self, target, method, seed):
        if hasattr(method, "sample_target"):
            return sample(target, method, draws=self.chains * self.draws, rng=seed)
        return sample(target, method, draws=self.draws, chains=self.chains, warmup=self.warmup, rng=seed)


def _account(draws, prior, seconds):
    """`FitResult` of draws: the path is the log posterior of each, the mean over chains, where the sampler knows it."""
    densities = draws.stats.get("log_density")
    path = np.empty(0) if densities is None else np.asarray(densities, float).mean(axis=0)
    problems = draws.problems() if draws.n_chains > 1 else ()
    return FitResult(
        objective=float(path.mean()) if path.size else float("nan"), path=path, converged=not problems,
        reason=f"{draws.n_chains * draws.n_draws} draws of {draws.n_chains} chain(s) by {type(draws.method).__name__}", n_iter=draws.n_draws,
        n_starts=draws.n_chains, n_agreed=draws.n_chains, n_spurious=0, regularised=False, seconds=seconds, warnings=problems,
        criterion="mean log posterior", prior=str(prior),
    )  # fmt: skip
