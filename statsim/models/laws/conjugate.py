"""Posteriors of one block that are known in closed form: what the priors of one number become after the data."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.distributions.priors import Gamma, Independent, InverseGamma
from statsim.errors import FitError


def only_prior(prior, name, kind):
    """The prior of `name` where `prior` is that alone and of the class `kind`, else None."""
    if not isinstance(prior, Independent) or list(prior.priors) != [name]:
        return None
    one = prior.priors[name]
    return one if type(one) is kind else None


@dataclass(frozen=True)
class OneNumber:
    """The posterior of one parameter: a gamma, inverse gamma or beta law."""

    law: Any

    def draws(self, n, key):
        """Independent draws (n, 1)."""
        from statsim.kernels.laws import posteriors

        out, law = np.empty((n, 1)), self.law
        if isinstance(law, Gamma):
            posteriors.fill_gamma(key, law.shape, law.rate, out)
        elif isinstance(law, InverseGamma):
            posteriors.fill_inverse_gamma(key, law.shape, law.scale, out)
        else:
            posteriors.fill_beta(key, law.a, law.b, out)
        return out

    def log_density(self, parameters):
        """Log density at parameters (1,)."""
        return self.law.log_density(parameters[0])

    def mode(self):
        """The highest density (1,)."""
        law = self.law
        if isinstance(law, InverseGamma):
            return np.array([law.scale / (law.shape + 1)])
        if isinstance(law, Gamma):
            return np.array([_bounded(law, law.shape) / law.rate])
        a, b = _bounded(law, law.a), _bounded(law, law.b)
        return np.array([a / (a + b) if a + b > 0 else 0.5])


def _bounded(law, shape):
    """shape - 1, of a density that is bounded."""
    if shape < 1:
        raise FitError(f"the posterior {law!r} has no highest density: it is infinite at the end of its range; give the prior a shape of at least 1, or use method='bayes'")
    return shape - 1

