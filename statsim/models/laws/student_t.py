"""Student's t with location and scale (N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 28); the default prior of df is that of M. Juarez, M. Steel, J. Bus. Econ. Stat. 28 (2010)."""

import math

import numpy as np

from statsim import checks
from statsim.distributions.priors import Gamma, LogNormal, StudentT as StudentPrior
from statsim.errors import FitError
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import NumberLaw
from statsim.models.laws.spread import spread
from statsim.samplers.supports import Positive, Real

_STARTS = (1.0, 3.0, 10.0, 50.0)
_NORMAL = 1e3


class StudentT(Fixable, NumberLaw):
    """Student's t of `df` degrees of freedom, moved to `loc` and stretched by `scale`, as SciPy's ``t(df, loc, scale)``.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"df": 4.0}``.
    method : str or method object
        "mle", "map", "bayes". Priors: a dict of one for each parameter. Default: ``Gamma(shape=2, rate=0.1)`` for `df`, `StudentT` of 3
        degrees about the data's median and ten times as wide as the data for `loc`, `LogNormal` of log-sd 2 about the data's spread for `scale`.
        Where the tails are as light as a normal law's, the likelihood rises for ever with `df`: the fit ends at a large one and a warning says so.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    df_, loc_, scale_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = StudentT(fixed={"df": 3.0}).fit([1.0, 2.0, 3.0, 4.0, 30.0])
    >>> round(model.loc_, 4), round(model.scale_, 4)
    (2.6841, 2.3613)
    """

    _names = ("df", "loc", "scale")
    _supports = (Positive(), Real(), Positive())

    @classmethod
    def from_parameters(cls, *, df, loc=0.0, scale=1.0):
        """The law with known parameters.

        Parameters
        ----------
        df : float
            Above 0.
        loc : float
            Median.
        scale : float
            Above 0.

        Examples
        --------
        >>> StudentT.from_parameters(df=4.0, scale=2.0).variance()
        8.0
        """
        return cls()._set((positive(df, "df"), checks.real(loc, "loc"), positive(scale, "scale")))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import student_t

        return student_t

    def _solve(self, data):
        if data.is_whole and len(data.values) == 1 and "scale" not in self._known():
            raise FitError(f"all values are {data.values[0]:g}: Student's t needs two different ones; the likelihood rises without bound as scale goes to 0")
        return None

    def _start(self, data):
        known, best = self._known(), None
        loc = known.get("loc", data.quantile(0.5))
        width = data.quantile(0.75) - data.quantile(0.25)
        for df in _STARTS:
            scale = width / (2 * float(self._quantile(np.array([0.75]), np.array([df, 0.0, 1.0]))[0])) or spread(data)
            full, out = np.array([known.get("df", df), loc, known.get("scale", scale)]), np.empty(len(data.values))
            self._fill_log_density(data.values, full, out)
            best = max(best, (float(data.weights @ out), *full)) if best else (float(data.weights @ out), *full)
        return np.array(best[1:])

    def _weak_priors(self, data):
        wide = spread(data)
        return {"df": Gamma(2.0, 0.1), "loc": StudentPrior(data.quantile(0.5), 10 * wide, 3.0), "scale": LogNormal(math.log(wide), 2.0)}

    def _remark(self, full, data):
        gaps = np.diff(data.stand_ins().values)
        if len(gaps) and full[2] < 1e-3 * gaps.min():
            raise FitError("the likelihood rises without bound as scale goes to 0 at a value that many rows share, or few rows lie near; fix df or scale, or use a prior")
        if full[0] > _NORMAL and "df" not in self._known():
            return f"the likelihood rises for ever with df, towards the normal law: df={full[0]:.3g} stands for infinity; use Normal, fixed={{'df': ...}} or a prior on df"
        return None

    # ------------------------------------------------------------ the law

    @staticmethod
    def _log_cdf(x, full):
        from scipy import special

        return np.log(special.stdtr(full[0], (x - full[1]) / full[2]))

    @staticmethod
    def _log_sf(x, full):
        from scipy import special

        return np.log(special.stdtr(full[0], -(x - full[1]) / full[2]))

    @staticmethod
    def _quantile(q, full):
        from scipy import special

        inner = special.stdtrit(full[0], np.clip(q, 1e-300, 1 - 1e-16))
        return full[1] + full[2] * np.where(q == 0, -np.inf, np.where(q == 1, np.inf, inner))

    @staticmethod
    def _moments(full):
        df, loc, scale = full
        variance = scale**2 * df / (df - 2) if df > 2 else math.inf
        return (loc, variance) if df > 1 else (math.nan, math.nan)
