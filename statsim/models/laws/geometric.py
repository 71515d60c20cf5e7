"""The geometric law of trials up to the first success (N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 5)."""

import numpy as np

from statsim import checks
from statsim.distributions.priors import Beta
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.number_law import CountLaw
from statsim.samplers.supports import Bounded


class Geometric(CountLaw):
    """Geometric law of 1, 2, ...: trials up to the first success of probability `p`, as SciPy's ``geom(p)``; failures alone are one less.

    Parameters
    ----------
    method : str or method object
        "mle" (one over the mean), "map", "bayes", "vb". Priors: ``{"p": Beta(...)}`` is conjugate, with censoring from above too; other priors
        on the unit interval are sampled by NUTS. Default: ``Beta(1, 1)``.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    p_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> Geometric().fit([1, 3, 1, 3]).p_
    0.5
    """

    _names = ("p",)
    _supports = (Bounded(0.0, 1.0),)
    _words = "whole numbers 1, 2, ...: trials, the success included"

    @classmethod
    def from_parameters(cls, *, p):
        """The law with known parameters.

        Parameters
        ----------
        p : float
            From 1e-17 to 1: draws are 64-bit integers.

        Examples
        --------
        >>> Geometric.from_parameters(p=0.25).mean()
        4.0
        """
        return cls()._set((checks.real(p, "p", minimum=1e-17, maximum=1.0),))

    def _inside(self, values):
        return (values >= 1) & (values == np.floor(values))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import geometric

        return geometric

    def _solve(self, data):
        return np.array([1 / data.mean]) if data.is_whole else None

    def _start(self, data):
        return np.array([1 / data.mean])

    def _weak_priors(self, data):
        return {"p": Beta(1.0, 1.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "p", Beta)
        if own is None or not data.is_right_censored:
            return None
        failures = float(data.weights @ (data.values - 1) + data.between_weights @ (data.low - 1))
        return OneNumber(Beta(own.a + data.total_weight, own.b + failures))

    # ------------------------------------------------------------ the law

    @staticmethod
    def _tails(k, full):
        log_sf = k * np.log1p(-full[0])
        return -np.expm1(log_sf), np.exp(log_sf)

    @staticmethod
    def _moments(full):
        return 1 / full[0], (1 - full[0]) / full[0] ** 2
