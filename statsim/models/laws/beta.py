"""The beta law (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 25)."""

import numpy as np

from statsim.distributions.priors import LogNormal
from statsim.errors import FitError
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.samplers.supports import Positive


class Beta(Fixable, NumberLaw):
    """Beta law of shapes `a` and `b` on the unit interval, mean ``a / (a + b)``, as SciPy's ``beta(a, b)``.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"a": 1.0}``.
    method : str or method object
        "mle", "map", "bayes". Priors: a dict of one for each parameter. Default: `LogNormal` about 1 of log-sd 2 for both.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    a_, b_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = Beta().fit([0.1, 0.2, 0.5])
    >>> round(model.a_, 4), round(model.b_, 4)
    (1.8509, 5.0465)
    """

    _names = ("a", "b")
    _supports = (Positive(), Positive())
    _words = "numbers above 0 and below 1"

    @classmethod
    def from_parameters(cls, *, a, b):
        """The law with known parameters.

        Parameters
        ----------
        a : float
            Above 0.
        b : float
            Above 0.

        Examples
        --------
        >>> Beta.from_parameters(a=1.0, b=3.0).mean()
        0.25
        """
        return cls()._set((positive(a, "a"), positive(b, "b")))

    def _inside(self, values):
        return (values > 0) & (values < 1)

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import beta

        return beta

    def _solve(self, data):
        if data.is_whole and len(data.values) == 1 and not self._known():
            raise FitError(f"all values are {data.values[0]:g}: a beta law needs two different ones; the likelihood rises without bound with a and b")
        return None

    def _start(self, data):
        mean, variance = data.mean, data.squares / data.total_weight
        size = min(max(mean * (1 - mean) / max(variance, 1e-12) - 1, 0.1), 1e8)
        known = self._known()
        a = known.get("a", mean / (1 - mean) * known["b"] if "b" in known else mean * size)
        return np.array([a, known.get("b", (1 - mean) / mean * a)])

    def _weak_priors(self, data):
        return {"a": LogNormal(0.0, 2.0), "b": LogNormal(0.0, 2.0)}

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        from scipy import special

        return np.log(special.betainc(full[0], full[1], np.clip(x, 0.0, 1.0)))

    @staticmethod
    def _log_sf(x, full):
        from scipy import special

        return np.log(special.betaincc(full[0], full[1], np.clip(x, 0.0, 1.0)))

    @staticmethod
    def _quantile(q, full):
        from scipy import special

        return special.betaincinv(full[0], full[1], q)

    @staticmethod
    def _moments(full):
        a, b = full
        return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))
