"""The Laplace law (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 24)."""

import math

import numpy as np

from statsim import checks
from statsim.distributions.priors import InverseGamma, LogNormal, StudentT
from statsim.errors import FitError
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.laplace_mode import laplace_mode
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.spread import spread
from statsim.samplers.supports import Positive, Real


class Laplace(Fixable, NumberLaw):
    """Laplace (double exponential) law of median `loc` and mean absolute deviation `scale`, as SciPy's ``laplace``.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"loc": 0.0}``.
    method : str or method object
        "mle" (the median and the mean distance from it), "map", "bayes". Priors: a dict of one for each parameter; with `loc` fixed,
        ``{"scale": InverseGamma(...)}`` is conjugate (and "vb" has an answer). Default: `StudentT` of 3 degrees about the data's mean and ten times as wide
        as the data for `loc`, `LogNormal` of log-sd 2 about the data's spread for `scale`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    loc_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Laplace().fit([1.0, 2.0, 6.0])
    >>> model.loc_, round(model.scale_, 6)
    (2.0, 1.666667)
    """

    _names = ("loc", "scale")
    _supports = (Real(), Positive())

    @classmethod
    def from_parameters(cls, *, loc=0.0, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        loc : float
            Median.
        scale : float
            Above 0.

        Examples
        --------
        >>> float(Laplace.from_parameters(loc=1.0).cdf(1.0))
        0.5
        """
        return cls()._set((checks.real(loc, "loc"), positive(scale, "scale")))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import laplace

        return laplace

    def _solve(self, data):
        if not data.is_whole:
            return laplace_mode(self, None, data)
        known = self._known()
        loc = known.get("loc", data.quantile(0.5))
        scale = known.get("scale", float(data.weights @ np.abs(data.values - loc)) / data.total_weight)
        if not scale > 0:
            raise FitError(f"all values are {data.values[0]:g}: a Laplace law needs two different ones; the likelihood rises without bound as scale goes to 0")
        return np.array([loc, scale])

    def _start(self, data):
        return np.array([data.quantile(0.5), spread(data)])

    def _weak_priors(self, data):
        return {"loc": StudentT(data.mean, 10 * spread(data), 3.0), "scale": LogNormal(math.log(spread(data)), 2.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "scale", InverseGamma)
        if own is None or not data.is_whole:
            return None
        return OneNumber(InverseGamma(own.shape + data.total_weight, own.scale + float(data.weights @ np.abs(data.values - self._known()["loc"]))))

    def _mode(self, prior, data):
        full = laplace_mode(self, prior, data)
        return None if full is None else full[self._is_free()]

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        z = (x - full[0]) / full[1]
        return np.where(z < 0, z - math.log(2), np.log1p(-0.5 * np.exp(-np.abs(z))))

    @staticmethod
    def _log_sf(x, full):
        z = (x - full[0]) / full[1]
        return np.where(z > 0, -z - math.log(2), np.log1p(-0.5 * np.exp(-np.abs(z))))

    @staticmethod
    def _quantile(q, full):
        return full[0] + full[1] * np.where(q < 0.5, np.log(2 * q), -np.log(2 * (1 - q)))

    @staticmethod
    def _moments(full):
        return full[0], 2 * full[1] ** 2
