"""What laws of categories share: a vector of probabilities, learned by counting, conjugate to a Dirichlet prior."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.distributions.priors import Dirichlet
from statsim.errors import ArgumentError, FitError
from statsim.models.laws.vector_law import VectorLaw
from statsim.samplers.supports import Simplex


class ShareLaw(VectorLaw):
    """A law of k categories with probabilities `p`."""

    _vector = "p"
    _takes_independent = False

    def _counts(self, data):
        """How often each category was seen (k,)."""
        raise NotImplementedError

    @property
    def parameter_supports(self):
        """The simplex."""
        return (Simplex(len(self.parameter_names)),)

    def _solve(self, data):
        counts = self._counts(data)
        return counts / counts.sum()

    def _default_prior(self, data):
        return Dirichlet(1.0)

    def _conjugate(self, prior, data):
        return DirichletPosterior(prior.concentrations(self._width) + self._counts(data)) if isinstance(prior, Dirichlet) else None

    def _log_prior(self, prior, parameters):
        return prior.log_density(parameters)

    def _prior_wanted(self):
        return f"{type(self).__name__} takes statsim.priors.Dirichlet"


@dataclass(frozen=True)
class DirichletPosterior:
    """Probabilities given counts."""

    alpha: np.ndarray

    def draws(self, n, key):
        """Independent draws (n, k)."""
        from statsim.kernels.laws.posteriors import fill_dirichlet

        out = np.empty((n, len(self.alpha)))
        fill_dirichlet(key, self.alpha, out)
        return out

    def log_density(self, p):
        """Log density at p (k,)."""
        return Dirichlet(tuple(self.alpha)).log_density(p)

    def mode(self):
        """The highest density (k,)."""
        if (self.alpha < 1).any():
            j = int(np.argmin(self.alpha))
            raise FitError(f"the posterior has no highest density: it is infinite where p[{j}] = 0 (shape {self.alpha[j]:g}); give the prior shapes of at least 1, or use method='bayes'")
        excess = self.alpha - 1
        return excess / excess.sum() if excess.sum() > 0 else np.full(len(self.alpha), 1 / len(self.alpha))


def checked_shares(p):
    """Probabilities (k,)."""
    p = np.asarray(p, float)
    if p.ndim != 1 or not p.size:
        raise ArgumentError(f"p must be a vector of probabilities, got shape {p.shape}")
    return checks.probability_rows(p[None], "p")[0]
