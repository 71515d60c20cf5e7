r"""Log marginal likelihood by sequential Monte Carlo.

Particles of a normal law about the posterior, with twice its standard deviations, are carried to it; the ratios of their weights multiply to the evidence
(Del Moral, Doucet, Jasra 2006, JRSS B 68). Independent runs tell its error, for posteriors of any shape.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.evaluation.criteria.criterion_value import CriterionValue
from statsim.evaluation.criteria.posterior_density import posterior_density, reals_of
from statsim.samplers.tempering.reference import NormalReference
from statsim.samplers.tempering.smc import smc

_WIDER = 4.0  # times the covariance of the posterior


@dataclass(frozen=True)
class SMCEvidence:
    """Log marginal likelihood of a Bayesian fit by sequential Monte Carlo; higher is better. `standard_error` is that of the Monte Carlo run.

    Parameters
    ----------
    n_particles : int
        Of each run.
    n_runs : int
        At least 2: their spread is the error.
    rng : None, int, SeedSequence or Generator

    Examples
    --------
    >>> SMCEvidence(n_particles=500).n_runs
    4
    """

    n_particles: int = 1000
    n_runs: int = 4
    rng: Any = 0

    name: ClassVar[str] = "smc"

    def __post_init__(self):
        checks.integer(self.n_particles, "n_particles", minimum=10)
        checks.integer(self.n_runs, "n_runs", minimum=2)

    def value(self, model, X):
        """`CriterionValue` of a Bayesian fit."""
        target = posterior_density(model, X, self.name)
        reals = reals_of(target, model.posterior_).reshape(-1, target.unconstrained_dim)
        start = NormalReference(mean=reals.mean(axis=0), covariance=_WIDER * np.atleast_2d(np.cov(reals.T)))
        draws = smc(target, n_particles=self.n_particles, n_runs=self.n_runs, start=start, rng=self.rng)
        return CriterionValue(self.name, float(draws.log_normalizer.value), float(draws.log_normalizer.standard_error), higher_is_better=True)
