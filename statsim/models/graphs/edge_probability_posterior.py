"""The probability of an edge of a Bernoulli graph given the graph, under a beta prior: T. Bayes (1763), Phil. Trans. 53."""

from dataclasses import dataclass

import numpy as np

from statsim.distributions.priors import Beta
from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True)
class EdgeSteps:
    """Fitting the probability of `edges` among `pairs`, under `prior` where there is one; solved in closed form."""

    edges: int
    pairs: int
    prior: Beta | None = None

    loop = "closed form"

    @property
    def criterion(self):
        """What the objective is."""
        return "log-likelihood" if self.prior is None else "log posterior"

    def solve(self):
        """The best probability, and the objective there."""
        if self.prior is None:
            p = self.edges / self.pairs
            return p, self._log_likelihood(p)
        above, below = self.edges + self.prior.a - 1.0, self.pairs - self.edges + self.prior.b - 1.0
        if not (above >= 0.0 and below >= 0.0 and above + below > 0.0):
            raise ArgumentError(
                f"the posterior of p has no mode: {self.edges} of {self.pairs} pairs are edges, and the density of {self.prior!r} has no bound there; use a and b of "
                f"1 or more, or method='bayes'"
            )
        p = above / (above + below)
        return p, self._log_likelihood(p) + self.prior.log_density(p)

    def _log_likelihood(self, p):
        counts = np.array([self.edges, self.pairs - self.edges], float)
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.where(counts > 0, counts * np.log([p, 1.0 - p]), 0.0).sum())

    # ------------------------------------------------------------ the other principles

    def regularised(self, prior, penalty):
        """The steps of the posterior mode."""
        if penalty is not None:
            raise ArgumentError(f"penalty={penalty!r}: the probability of an edge takes a prior, such as statsim.priors.Beta(a=2, b=2); leave penalty out")
        return EdgeSteps(self.edges, self.pairs, _checked(prior, Beta(a=2.0, b=2.0)))

    def posterior(self, prior):
        """The beta posterior, which `Exact()` draws."""
        prior = _checked(prior, Beta(a=1.0, b=1.0))
        return EdgePosterior(prior, prior.a + self.edges, prior.b + self.pairs - self.edges)


@dataclass(frozen=True)
class EdgePosterior:
    """Beta(a, b), a target that makes its own draws."""

    prior: Beta
    a: float
    b: float

    names = ("p",)

    def default_method(self):
        """Independent draws."""
        from statsim.samplers.exact import Exact

        return Exact()

    def exact_draws(self, n, key):
        """Independent draws (n, 1)."""
        from statsim.kernels.graphs.posteriors import fill_beta

        out = np.empty(n)
        fill_beta(key, self.a, self.b, out)
        return out[:, None]

    def shown(self, draws):
        """As they are."""
        return draws


def _checked(prior, default):
    prior = prior["p"] if isinstance(prior, dict) and set(prior) == {"p"} else default if prior is None else prior
    if not isinstance(prior, Beta):
        raise ArgumentTypeError(f"prior={prior!r:.200}: the probability of an edge takes statsim.priors.Beta(a=..., b=...); a=1, b=1 is uniform")
    return prior
