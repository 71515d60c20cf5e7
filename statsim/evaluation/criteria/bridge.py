r"""Log marginal likelihood by bridge sampling.

X.-L. Meng, W. H. Wong (1996), Statistica Sinica 6: the optimal bridge between the posterior and a normal law, fitted to half of the draws in unconstrained
coordinates; the iteration of Q. F. Gronau et al. (2017), J. Math. Psychol. 81, equation 15, and the relative error of S. Frühwirth-Schnatter (2004),
Econometrics J. 7, which counts the autocorrelation of the draws.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim.errors import FitError
from statsim.evaluation.criteria.criterion_value import CriterionValue
from statsim.evaluation.criteria.posterior_density import log_densities, posterior_density, reals_of
from statsim.metrics.chains.effective_sample_size import ess_mean
from statsim.samplers.importance.seeds import part_random

_STREAM = 51
_MOST, _TOLERANCE = 1000, 1e-12
_HIGH_ERROR = 0.5


@dataclass(frozen=True)
class Bridge:
    """Log marginal likelihood of a Bayesian fit by bridge sampling; higher is better. `standard_error` is that of the Monte Carlo run.

    Parameters
    ----------
    rng : None, int, SeedSequence or Generator
        Of the draws of the normal law.

    Examples
    --------
    >>> from statsim.models.laws.normal import Normal
    >>> X = [1.0, 2.0, 4.0, 7.0]
    >>> found = Bridge().value(Normal(method="bayes", rng=0).fit(X), X)
    >>> bool(found.standard_error < 0.05)
    True
    """

    rng: Any = 0

    name: ClassVar[str] = "bridge"

    def value(self, model, X):
        """`CriterionValue` of a Bayesian fit."""
        target = posterior_density(model, X, self.name)
        reals = reals_of(target, model.posterior_)
        half = reals.shape[1] // 2
        normal = FittedNormal.of(reals[:, :half].reshape(-1, reals.shape[2]))
        kept = reals[:, half:]
        flat = kept.reshape(-1, kept.shape[2])
        proposed = normal.draws(len(flat), part_random(self.rng, _STREAM))
        at_draws = (log_densities(target, flat) - normal.log_density(flat)).reshape(kept.shape[:2])
        at_proposed = log_densities(target, proposed) - normal.log_density(proposed)
        log_evidence, error = bridge(at_draws, at_proposed)
        notes = (f"the log evidence errs by {error:.2g}: draw more (Bayes(draws=...))",) if not error < _HIGH_ERROR else ()
        return CriterionValue(self.name, log_evidence, error, higher_is_better=True, warnings=notes)


@dataclass(frozen=True)
class FittedNormal:
    """The normal law with the mean and covariance of draws."""

    mean: np.ndarray
    factor: np.ndarray

    @classmethod
    def of(cls, table):
        """From draws (n, q).

        Raises
        ------
        FitError
        """
        covariance = np.atleast_2d(np.cov(table.T)) if len(table) > table.shape[1] + 1 else np.zeros((1, 1))
        if not np.linalg.eigvalsh(covariance)[0] > 0:
            raise FitError(f"half of the posterior is {len(table)} draws, too few (or too alike) for a normal law in {table.shape[1]} coordinates; use Bayes(draws=...)")
        return cls(table.mean(axis=0), np.linalg.cholesky(covariance))

    def draws(self, n, random):
        """Draws (n, q) from a stream."""
        from statsim.kernels.variates.normal import fill_standard_normal

        normals = np.empty(n * len(self.mean))
        fill_standard_normal(random, normals)
        return self.mean + normals.reshape(n, -1) @ self.factor.T

    def log_density(self, points):
        """Log density (n,)."""
        z = np.linalg.solve(self.factor, (points - self.mean).T)
        return -0.5 * (z**2).sum(axis=0) - np.log(np.diagonal(self.factor)).sum() - 0.5 * len(self.mean) * np.log(2 * np.pi)


def bridge(at_draws, at_proposed):
    """Log evidence and its standard error from log ratios target over proposal.

    Parameters
    ----------
    at_draws : array (chains, draws)
        At draws of the posterior.
    at_proposed : array (n,)
        At draws of the proposal.

    Raises
    ------
    FitError
        When the iteration does not settle: posterior and proposal hardly meet.
    """
    flat, shift = at_draws.reshape(-1), float(np.median(at_draws))
    one, two = np.exp(flat - shift), np.exp(np.minimum(at_proposed - shift, 700.0))
    size = min(float(np.nan_to_num(ess_mean(1 / (1 + one.reshape(at_draws.shape))), nan=len(flat))), len(flat))
    share = size / (size + len(two))
    r = 1.0
    for _ in range(_MOST):
        before, r = r, np.mean(two / (share * two + (1 - share) * r)) / np.mean(1 / (share * one + (1 - share) * r))
        if abs(r - before) <= _TOLERANCE * r:
            break
    else:
        raise FitError("bridge sampling did not settle: the posterior is far from normal in unconstrained coordinates; draw more, or use criterion='smc'")
    f_two, f_one = two / (share * two + (1 - share) * r), 1 / (share * one + (1 - share) * r)
    spread = f_two.var() / f_two.mean() ** 2 / len(two) + f_one.var() / f_one.mean() ** 2 / size
    return shift + float(np.log(r)), float(np.sqrt(spread))
