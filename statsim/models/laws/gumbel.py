"""The Gumbel law of maxima (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 22)."""

import math

import numpy as np

from statsim import checks
from statsim.distributions.priors import LogNormal, StudentT
from statsim.errors import FitError
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.spread import spread
from statsim.samplers.supports import Positive, Real


class Gumbel(Fixable, NumberLaw):
    """Gumbel law of maxima with mode `loc` and `scale`, as SciPy's ``gumbel_r``; minima are the maxima of minus the data.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"scale": 2.0}``.
    method : str or method object
        "mle", "map", "bayes". Priors: a dict of one for each parameter. Default: `StudentT` of 3 degrees about the data's mean and ten
        times as wide as the data for `loc`, `LogNormal` of log-sd 2 about the data's spread for `scale`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    loc_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Gumbel().fit([1.0, 2.0, 3.0, 6.0])
    >>> round(model.loc_, 4), round(model.scale_, 4)
    (2.1433, 1.378)
    """

    _names = ("loc", "scale")
    _supports = (Real(), Positive())

    @classmethod
    def from_parameters(cls, *, loc=0.0, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        loc : float
            Mode.
        scale : float
            Above 0.

        Examples
        --------
        >>> round(float(Gumbel.from_parameters(loc=1.0).cdf(1.0)), 6)
        0.367879
        """
        return cls()._set((checks.real(loc, "loc"), positive(scale, "scale")))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import gumbel

        return gumbel

    def _solve(self, data):
        if data.is_whole and len(data.values) == 1 and "scale" not in self._known():
            raise FitError(f"all values are {data.values[0]:g}: a Gumbel law needs two different ones; the likelihood rises without bound as scale goes to 0")
        return None

    def _start(self, data):
        scale = self._known().get("scale", spread(data) * math.sqrt(6) / math.pi)
        return np.array([data.mean - np.euler_gamma * scale, scale])

    def _weak_priors(self, data):
        return {"loc": StudentT(data.mean, 10 * spread(data), 3.0), "scale": LogNormal(math.log(spread(data)), 2.0)}

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        return -np.exp(-(x - full[0]) / full[1])

    @staticmethod
    def _log_sf(x, full):
        return np.log(-np.expm1(-np.exp(-(x - full[0]) / full[1])))

    @staticmethod
    def _quantile(q, full):
        return full[0] - full[1] * np.log(-np.log(q))

    @staticmethod
    def _moments(full):
        return full[0] + np.euler_gamma * full[1], (math.pi * full[1]) ** 2 / 6
