"""The negative binomial law (N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 5); where its likelihood has a maximum: B. Levin, J. Reeds, Annals of Statistics 5 (1977)."""

import numpy as np

from statsim import checks
from statsim.distributions.priors import Beta, LogNormal
from statsim.errors import FitError
from statsim.models.laws.conjugate import OneNumber, only_prior
from statsim.models.laws.fixable import Fixable
from statsim.models.laws.law_model import positive
from statsim.models.laws.number_law import CountLaw
from statsim.samplers.supports import Bounded, Positive


class NegativeBinomial(Fixable, CountLaw):
    """Negative binomial law: failures before the `size`-th success of probability `p`, as SciPy's ``nbinom(size, p)``; `size` need not be whole.

    Its mean is ``size * (1 - p) / p``, its variance the mean over `p`.

    Parameters
    ----------
    fixed : dict of str to float, optional
        Parameters that are known and not learned, such as ``{"size": 3.0}``.
    method : str or method object
        "mle", "map", "bayes". Priors: a dict of one for each parameter; with `size` fixed, ``{"p": Beta(...)}`` is conjugate (and "vb" has an
        answer). Default: `LogNormal` about 1 of log-sd 2 for `size`, ``Beta(1, 1)`` for `p`. Counts that vary no more than Poisson ones are refused by "mle".
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian or variational fit, nothing else.

    Attributes
    ----------
    size_, p_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None

    Examples
    --------
    >>> model = NegativeBinomial().fit([0, 0, 1, 2, 7])
    >>> round(model.size_, 4), round(model.mean(), 4)
    (0.6477, 2.0)
    """

    _names = ("size", "p")
    _supports = (Positive(), Bounded(0.0, 1.0))

    @classmethod
    def from_parameters(cls, *, size, p):
        """The law with known parameters.

        Parameters
        ----------
        size : float
            Above 0.
        p : float
            Above 0, at most 1.

        Examples
        --------
        >>> NegativeBinomial.from_parameters(size=3.0, p=0.5).variance()
        6.0
        """
        size, p = positive(size, "size"), checks.real(p, "p", minimum=0.0, maximum=1.0, open_minimum=True)
        checks.real(size * (1 - p) / p, "the mean size * (1 - p) / p", maximum=1e17, remedy="draws are 64-bit integers")
        return cls()._set((size, p))

    # ------------------------------------------------------------ fitting

    @staticmethod
    def _kernels():
        from statsim.kernels.laws import negative_binomial

        return negative_binomial

    def _solve(self, data):
        if not data.is_whole:
            return None
        known, mean, variance = self._known(), data.mean, data.squares / data.total_weight
        if "size" in known:
            return np.array([known["size"], known["size"] / (known["size"] + mean)])
        if not known and not variance > mean * (1 + 1e-12):
            raise FitError(
                f"the counts vary no more than Poisson ones (variance {variance:.4g}, mean {mean:.4g}): the likelihood rises towards the Poisson law as size "
                f"grows; use Poisson, fixed={{'size': ...}}, or a prior"
            )
        return None

    def _start(self, data):
        known, mean = self._known(), max(data.mean, 1e-3)
        p = known.get("p", min(max(mean * data.total_weight / max(data.squares, 1e-3), 1e-6), 0.9))
        size = known.get("size", mean * p / (1 - p))
        return np.array([size, p if "p" in known else size / (size + mean)])

    def _weak_priors(self, data):
        return {"size": LogNormal(0.0, 2.0), "p": Beta(1.0, 1.0)}

    def _conjugate(self, prior, data):
        own = only_prior(prior, "p", Beta)
        if own is None or not data.is_whole:
            return None
        return OneNumber(Beta(own.a + self._known()["size"] * data.total_weight, own.b + float(data.weights @ data.values)))

    # ------------------------------------------------------------ the law

    @staticmethod
    def _tails(k, full):
        from scipy import special

        return special.betainc(full[0], k + 1, full[1]), special.betaincc(full[0], k + 1, full[1])

    @staticmethod
    def _moments(full):
        mean = full[0] * (1 - full[1]) / full[1]
        return mean, mean / full[1]
