r"""Priors of sojourn laws, the same for every state.

Each is conjugate, so it acts as sojourns that were seen: weights :math:`w_u` of sojourns of u steps, with the log density :math:`\sum_u w_u \log d(u)` up to a
constant. The weights of a shape or concentration below 1 would be negative; those laws have no interior mode and are refused.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm.posterior.priors import positive
from statsim.models.hmm.sojourns import Free, Geometric, ShiftedPoisson


def _at_least_one(value, name):
    return checks.real(value, name, minimum=1.0)


@dataclass(frozen=True)
class DirichletSojourns:
    """Of `Free` sojourns.

    Parameters
    ----------
    concentration : float or array (max_duration,)
        At least 1.

    Examples
    --------
    >>> DirichletSojourns(1.5).weights(4).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """

    concentration: Any = 1.0

    law = Free

    def weights(self, max_duration):
        """Sojourns (max_duration,) that it counts for."""
        weights = positive(self.concentration, "concentration of DirichletSojourns", (max_duration,)) - 1.0
        if (weights < 0).any():
            raise ArgumentError(f"concentration of DirichletSojourns must be at least 1, got {float(weights.min()) + 1.0:g}")
        return weights

    def constant(self, max_duration):
        """Log of what the density is divided by."""
        from scipy.special import gammaln

        a = self.weights(max_duration) + 1.0
        return float(gammaln(a).sum() - gammaln(a.sum()))


@dataclass(frozen=True)
class GammaSojourns:
    r"""Of the rates of `ShiftedPoisson` sojourns, :math:`\lambda \sim \Gamma(a, b)`.

    Parameters
    ----------
    shape : float
        a, at least 1.
    rate : float
        b > 0; the mean sojourn is 1 + a / b.

    Examples
    --------
    >>> GammaSojourns(3.0, 0.5).weights(4).tolist()
    [-1.5, 2.0, 0.0, 0.0]
    """

    shape: float = 1.0
    rate: float = 0.01

    law = ShiftedPoisson

    def weights(self, max_duration):
        """Sojourns (max_duration,) that it counts for: their number and steps are what acts."""
        more = _at_least_one(self.shape, "shape of GammaSojourns") - 1.0
        return _two(checks.real(self.rate, "rate of GammaSojourns", minimum=0.0, open_minimum=True) - more, more, max_duration)

    def constant(self, max_duration):
        """Log of what the density is divided by."""
        from scipy.special import gammaln

        return float(gammaln(self.shape) - self.shape * np.log(self.rate))


@dataclass(frozen=True)
class BetaSojourns:
    """Of the probabilities of an end of `Geometric` sojourns.

    Parameters
    ----------
    ends : float
        First parameter of the beta law, at least 1.
    stays : float
        Second one, at least 1; an end has the mean ends / (ends + stays).

    Examples
    --------
    >>> BetaSojourns(2.0, 5.0).weights(4).tolist()
    [-3.0, 4.0, 0.0, 0.0]
    """

    ends: float = 1.0
    stays: float = 1.0

    law = Geometric

    def weights(self, max_duration):
        """Sojourns (max_duration,) that it counts for: their number and steps are what acts."""
        a, b = _at_least_one(self.ends, "ends of BetaSojourns"), _at_least_one(self.stays, "stays of BetaSojourns")
        return _two(a - b, b - 1.0, max_duration)

    def constant(self, max_duration):
        """Log of what the density is divided by."""
        from scipy.special import betaln

        return float(betaln(self.ends, self.stays))


def _two(one, two, max_duration):
    if max_duration < 3:
        raise ArgumentError(f"max_duration={max_duration}: a prior of sojourns needs 3 at least")
    weights = np.zeros(max_duration)
    weights[:2] = one, two
    return weights


def checked_sojourn_prior(prior, sojourn):
    """`prior` of sojourns of this kind, or None for a flat one.

    Raises
    ------
    ArgumentTypeError
    """
    if prior is None:
        return None
    known = {kind.law: kind for kind in (DirichletSojourns, GammaSojourns, BetaSojourns)}
    wanted = known.get(type(sojourn))
    if wanted is None:
        raise ArgumentTypeError(f"sojourn={prior!r:.100} of the prior: {type(sojourn).__name__} sojourns have no conjugate law; leave it out, or take Geometric, ShiftedPoisson or Free")
    if not isinstance(prior, wanted):
        raise ArgumentTypeError(f"the prior of {type(sojourn).__name__} sojourns must be a {wanted.__name__}, got {prior!r:.100}")
    return prior
