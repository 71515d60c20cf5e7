"""The Weibull law (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 21)."""

import math

import numpy as np

from statsim.distributions.priors import LogNormal
from statsim.errors import FitError
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.samplers.supports import Positive


class Weibull(Fixable, NumberLaw):
    """Weibull law of `shape` and `scale`, survival ``exp(-(x / scale)**shape)``, as SciPy's ``weibull_min(shape, scale=)``.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"shape": 2.0}``.
    method : str or method object
        "mle", "map", "bayes". Priors: a dict of one for each parameter. Default: `LogNormal` of log-sd 2, about 1 for `shape` and about
        the data's mean for `scale`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    shape_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Weibull().fit([1.0, 2.0, 3.0, 6.0])
    >>> round(model.shape_, 4), round(model.scale_, 4)
    (1.7044, 3.3849)
    """

    _names = ("shape", "scale")
    _supports = (Positive(), Positive())
    _words = "numbers above 0"

    @classmethod
    def from_parameters(cls, *, shape, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        shape : float
            Above 0.
        scale : float
            Above 0.

        Examples
        --------
        >>> Weibull.from_parameters(shape=1.0, scale=3.0).mean()
        3.0
        """
        return cls()._set((positive(shape, "shape"), positive(scale, "scale")))

    def _inside(self, values):
        return values > 0

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import weibull

        return weibull

    def _solve(self, data):
        if not data.is_whole:
            return None
        if len(data.values) == 1 and not self._known():
            raise FitError(f"all values are {data.values[0]:g}: a Weibull law needs two different ones; the likelihood rises without bound with shape")
        shape = self._known().get("shape")
        if shape is None:
            return None
        top = data.values[-1]
        return np.array([shape, top * (float(data.weights @ (data.values / top) ** shape) / data.total_weight) ** (1 / shape)])

    def _start(self, data):
        logs = data.mapped(np.log)
        spread = math.sqrt(logs.squares / logs.total_weight)
        shape = self._known().get("shape", math.pi / math.sqrt(6) / spread if spread > 1e-6 else 1e6)
        return np.array([shape, math.exp(logs.mean + np.euler_gamma / shape)])

    def _weak_priors(self, data):
        return {"shape": LogNormal(0.0, 2.0), "scale": LogNormal(math.log(data.mean), 2.0)}

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        return np.log(-np.expm1(-((np.maximum(x, 0.0) / full[1]) ** full[0])))

    @staticmethod
    def _log_sf(x, full):
        return -((np.maximum(x, 0.0) / full[1]) ** full[0])

    @staticmethod
    def _quantile(q, full):
        return full[1] * (-np.log1p(-q)) ** (1 / full[0])

    @staticmethod
    def _moments(full):
        first, second = math.gamma(1 + 1 / full[0]), math.gamma(1 + 2 / full[0])
        return full[1] * first, full[1] ** 2 * (second - first**2)
