"""Every law of one number beside SciPy's: parameters, the frozen law, and small data that lie inside its support."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

import statsim as ss


@dataclass(frozen=True)
class Case:
    """A law with parameters; `peer` makes SciPy's law from them."""

    kind: Any
    parameters: dict
    peer: Any
    settings: dict
    fixed: dict

    @property
    def law(self):
        return self.kind.from_parameters(**self.parameters)

    @property
    def frozen(self):
        return self.peer(**self.parameters)

    @property
    def is_discrete(self):
        return not hasattr(self.frozen, "pdf")

    def new(self, **more):
        return self.kind(**self.settings, **more)

    def data(self, n, seed=0):
        return np.asarray(self.frozen.rvs(n, random_state=np.random.default_rng([seed, 77])), float)

    def log_likelihood(self, X, free, names):
        """SciPy's, at the free parameters named `names`."""
        frozen = self.peer(**{**self.parameters, **dict(zip(names, free, strict=True))})
        return (frozen.logpmf if self.is_discrete else frozen.logpdf)(X).sum()


def _case(kind, peer, settings=None, fixed=None, **parameters):
    return Case(kind, parameters, peer, settings or {}, fixed or {})


CASES = {
    "normal": _case(ss.Normal, lambda loc, scale: stats.norm(loc, scale), loc=3.0, scale=2.0),
    "log-normal": _case(ss.LogNormal, lambda log_mean, log_sd: stats.lognorm(log_sd, scale=np.exp(log_mean)), log_mean=0.5, log_sd=0.75),
    "student t": _case(ss.StudentT, lambda df, loc, scale: stats.t(df, loc, scale), df=3.5, loc=1.0, scale=2.0),
    "laplace": _case(ss.Laplace, lambda loc, scale: stats.laplace(loc, scale), loc=-1.0, scale=1.5),
    "gamma": _case(ss.Gamma, lambda shape, scale: stats.gamma(shape, scale=scale), shape=2.5, scale=3.0),
    "beta": _case(ss.Beta, lambda a, b: stats.beta(a, b), a=1.5, b=4.0),
    "weibull": _case(ss.Weibull, lambda shape, scale: stats.weibull_min(shape, scale=scale), shape=1.7, scale=2.0),
    "exponential": _case(ss.Exponential, lambda scale: stats.expon(scale=scale), scale=2.5),
    "pareto": _case(ss.Pareto, lambda shape, scale: stats.pareto(shape, scale=scale), shape=2.5, scale=1.5),
    "generalised pareto": _case(ss.GeneralizedPareto, lambda shape, scale: stats.genpareto(shape, scale=scale), shape=0.25, scale=2.0),
    "gumbel": _case(ss.Gumbel, lambda loc, scale: stats.gumbel_r(loc, scale), loc=2.0, scale=1.5),
    "bernoulli": _case(ss.Bernoulli, lambda p: stats.bernoulli(p), p=0.3),
    "binomial": _case(ss.Binomial, lambda n_trials, p: stats.binom(n_trials, p), {"n_trials": 12}, n_trials=12, p=0.3),
    "poisson": _case(ss.Poisson, lambda rate: stats.poisson(rate), rate=3.5),
    "negative binomial": _case(ss.NegativeBinomial, lambda size, p: stats.nbinom(size, p), size=2.5, p=0.4),
    "geometric": _case(ss.Geometric, lambda p: stats.geom(p), p=0.3),
}
CONTINUOUS = [name for name, case in CASES.items() if not case.is_discrete]
