"""Posteriors of laws of one number as targets."""

import numpy as np

from statsim.samplers.targets.target import Target


class ConjugatePosterior:
    """A posterior in closed form: `Exact()` draws it."""

    def __init__(self, kind, prior, law):
        self.prior, self.law, self.names = prior, law, kind.parameter_names

    def exact_draws(self, n, key):
        """Independent draws (n, p)."""
        return self.law.draws(n, key)

    def default_method(self):
        """Independent draws."""
        from statsim.samplers.exact import Exact

        return Exact()

    def shown(self, draws):
        """As they are."""
        return draws


class JointTarget(Target):
    """Log-likelihood plus log prior by a plain function of the parameters: under a prior that no table holds."""

    def __init__(self, kind, function, prior):
        self.prior = prior

        def log_density(x):
            with np.errstate(all="ignore"):
                value = function(x)
            return value if value < np.inf else -np.inf

        super().__init__(log_density, dim=len(kind.parameter_names), support=list(kind.parameter_supports), names=kind.parameter_names, interpreted=True)


class LawTarget(Target):
    """Log posterior of the parameters of a law under independent priors, with its gradient; chains start about the maximum of the likelihood."""

    def __init__(self, kind, data, prior):
        self.prior = prior
        names = kind.parameter_names
        tables = data.values, data.weights, prior.table(names)
        self._kind, self._data_of_start = kind, data
        super().__init__(value_and_gradient=kind._kernels().log_posterior, dim=len(names), data=tables, support=list(kind.parameter_supports), names=names, interpreted=True)

    def default_method(self):
        """NUTS."""
        from statsim.samplers.hamiltonian.nuts import NUTS

        return NUTS()


