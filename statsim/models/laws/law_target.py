"""Posteriors of laws as targets."""

import numpy as np

from statsim.distributions.priors import Flat, Independent
from statsim.models.laws.bounds import within_prior
from statsim.models.laws.incomplete import Incomplete
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
    """Log posterior of the parameters of a law under independent priors, with its gradient; chains start where their sampler says.

    Whole data and no known parameter: the compiled kernel alone. Else a Python function about it, some ten times slower.
    """

    def __init__(self, kind, data, prior):
        self.prior = prior
        names = kind.parameter_names
        compiled = data.is_whole and kind._is_free().all()
        function, tables = _compiled(kind, data, prior) if compiled else (_interpreted(kind, data, prior), ())
        super().__init__(value_and_gradient=function, dim=len(names), data=tables, support=within_prior(kind._free_supports(data), prior, names), names=names, interpreted=True)

    def default_method(self):
        """NUTS with short steps: few rows leave curved posteriors, and a step costs little."""
        from statsim.samplers.hamiltonian.nuts import NUTS

        return NUTS(target_accept=0.95)


def no_prior(kind):
    """Independent flat priors."""
    return Independent({name: Flat() for name in kind.parameter_names})


def posterior_function(kind, data, prior):
    """The log posterior as a Python function (parameters, slopes out) of the free parameters."""
    if not (data.is_whole and kind._is_free().all()):
        return _interpreted(kind, data, prior)
    kernel, tables = _compiled(kind, data, prior)
    return lambda x, out: kernel(x, out, *tables)


def _compiled(kind, data, prior):
    return kind._kernels().log_posterior, (data.values, data.weights, prior.table(kind.parameter_names))


def _interpreted(kind, data, prior):
    kernel, free = kind._kernels().log_posterior, np.flatnonzero(kind._is_free())
    table = np.repeat(Flat().row()[None], len(kind._all_names()), axis=0)
    table[free] = prior.table(kind.parameter_names)
    rest = None if data.is_whole else Incomplete(kind, data)

    def log_posterior(x, out):
        full = kind._full(x)
        slopes = np.zeros(len(full))
        with np.errstate(all="ignore"):
            value = kernel(full, slopes, data.values, data.weights, table)
            if rest is not None and np.isfinite(value):
                more, more_slopes = rest.value_and_slopes(full)
                value, slopes = value + more, slopes + more_slopes
        out[:] = slopes[free]
        return value

    return log_posterior
