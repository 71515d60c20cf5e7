"""Priors of the parameters of a hidden Markov model: weak by default, and in the units of the data.

Whatever is None is taken from the data when the target is made, as the classes say.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statsim import checks
from statsim.distributions.covariance import lower_factors
from statsim.errors import ArgumentError


def positive(value, name, shape=()):
    """`value` as finite numbers above 0, of `shape`.

    Raises
    ------
    ArgumentError
    """
    try:
        array = np.broadcast_to(np.asarray(value, np.float64), shape).copy()
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{name} must be a number above 0{f' or an array of shape {shape}' if shape else ''}, got {value!r:.200}") from error
    bad = np.argwhere(~(np.isfinite(array) & (array > 0)))
    if bad.size:
        place = [int(i) for i in bad[0]]
        raise ArgumentError(f"{name} must be finite and above 0, got {f'{name}{place} = ' if place else ''}{array[tuple(place)]}")
    return array


@dataclass(frozen=True)
class NormalInverseWishart:
    r"""Prior of a state's mean and covariance: :math:`\Sigma \sim IW(\nu, \Lambda)`, :math:`\mu \mid \Sigma \sim N(m, \Sigma / \kappa)`.

    The defaults are those of Fraley, Raftery (2007), J. Classification 24, for mixtures. Each column of a diagonal covariance has the law with one column,
    :math:`\sigma_j^2 \sim IG(\nu / 2, \Lambda_{jj} / 2)`; a spherical one has the trace of :math:`\Lambda` in the place of :math:`\Lambda_{jj}`.

    Parameters
    ----------
    mean : array (d,), optional
        m; by default the means of the columns.
    weight : float
        :math:`\kappa`, the steps that it counts for.
    degrees : float, optional
        :math:`\nu`; by default 2 more than the dimension of the matrix (3 for a diagonal or spherical one).
    scale : array (d, d), optional
        :math:`\Lambda`; by default the covariance of the columns, of a diagonal one their variances, divided by k^(2/d).

    Examples
    --------
    >>> NormalInverseWishart(weight=0.1).weight
    0.1
    """

    mean: Any = None
    weight: float = 0.01
    degrees: float | None = None
    scale: Any = None

    def settled(self, values, k, kind):
        """The prior with all its numbers, for steps `values` (n, d), NaN where missing; `scale` is replaced by its lower factor."""
        d = values.shape[1]
        seen = values[~np.isnan(values).any(axis=1)]
        diagonal = kind in ("diag", "spherical")
        order = 1 if diagonal else d
        least, name = order - 1.0, "degrees of NormalInverseWishart"
        degrees = float(order + 2) if self.degrees is None else checks.real(self.degrees, name, minimum=least, open_minimum=True)
        if self.scale is not None:
            scale = np.asarray(self.scale, np.float64)
        elif diagonal or len(seen) <= d:
            scale = np.diag(np.nanvar(values, axis=0)) / k ** (2 / d)
        else:
            scale = np.atleast_2d(np.cov(seen.T, bias=True)) / k ** (2 / d)
        return replace(self, mean=self._mean(values), weight=float(positive(self.weight, "weight")), degrees=degrees, scale=_factor(scale, d, diagonal))

    def _mean(self, values):
        if self.mean is None:
            return np.nanmean(values, axis=0)
        mean = np.asarray(self.mean, np.float64)
        if mean.shape != values.shape[1:] or not np.isfinite(mean).all():
            raise ArgumentError(f"mean of NormalInverseWishart must be {values.shape[1]} finite number(s), one for each column of X, got {self.mean!r:.200}")
        return mean.copy()


def _factor(scale, d, diagonal):
    if scale.shape != (d, d) or not np.isfinite(scale).all() or not np.allclose(scale, scale.T, rtol=1e-10, atol=0):
        raise ArgumentError(f"scale of NormalInverseWishart must be a symmetric matrix ({d}, {d}), got {scale.tolist()}"[:300])
    if diagonal and (scale != np.diag(np.diagonal(scale))).any():
        raise ArgumentError(f"scale of NormalInverseWishart must be diagonal for diagonal and spherical covariances, got {scale.tolist()}"[:300])
    lower = lower_factors(np.ascontiguousarray(scale)[None])
    if lower is None:
        raise ArgumentError(f"scale of NormalInverseWishart must be positive definite, got {scale.tolist()}; is a column a linear function of others?"[:300])
    return lower[0]


@dataclass(frozen=True)
class GammaRates:
    r"""Prior of Poisson rates, :math:`\lambda_{kj} \sim \Gamma(a_j, b_j)`.

    Parameters
    ----------
    shape : float or array (d,)
        a.
    rate : float or array (d,), optional
        b; by default a over the mean of the column, so that the prior has that mean.

    Examples
    --------
    >>> GammaRates(shape=2.0).shape
    2.0
    """

    shape: Any = 1.0
    rate: Any = None

    def settled(self, values, k, kind):
        """The prior with all its numbers."""
        d = values.shape[1]
        shape = positive(self.shape, "shape of GammaRates", (d,))
        if self.rate is not None:
            return replace(self, shape=shape, rate=positive(self.rate, "rate of GammaRates", (d,)))
        means = np.nan_to_num(np.nanmean(values, axis=0))
        return replace(self, shape=shape, rate=shape / np.maximum(means, 1.0 / len(values)))


@dataclass(frozen=True)
class DirichletSymbols:
    """Prior of the probabilities of symbols.

    Parameters
    ----------
    concentration : float or array (n_categories,)

    Examples
    --------
    >>> DirichletSymbols(0.5).concentration
    0.5
    """

    concentration: Any = 1.0

    def settled(self, values, k, kind):
        """The prior with all its numbers; `kind` is the number of symbols."""
        return replace(self, concentration=positive(self.concentration, "concentration of DirichletSymbols", (kind,)))


@dataclass(frozen=True)
class HiddenMarkovPrior:
    """Prior of the parameters of a hidden Markov model, the same for every state.

    Parameters
    ----------
    start : float
        Concentration of the Dirichlet law of the start.
    transitions : float or array (k, k)
        Of that of each row of the transitions.
    sticky : float
        Added to the concentration of staying in a state: chains that change rarely (Fox, Sudderth, Jordan, Willsky 2011, Ann. Appl. Stat. 5).
    emission : NormalInverseWishart, GammaRates or DirichletSymbols, optional
        By default that of the emission with its defaults. For `MAP` also ``statsim.priors.Flat()``, of any emission.
    sojourn : DirichletSojourns, GammaSojourns or BetaSojourns, optional
        Of a semi-Markov model alone (`statsim.models.hmm.principles.sojourn_priors`); by default flat.

    Examples
    --------
    >>> HiddenMarkovPrior(sticky=10.0).chain_shapes(2).tolist()
    [[11.0, 1.0], [1.0, 11.0], [1.0, 1.0]]
    """

    start: float = 1.0
    transitions: Any = 1.0
    sticky: float = 0.0
    emission: Any = None
    sojourn: Any = None

    def chain_shapes(self, k):
        """Concentrations (k + 1, k): of the rows of the transitions, and of the start."""
        sticky = checks.real(self.sticky, "sticky", minimum=0.0)
        moves = positive(self.transitions, "transitions", (k, k)) + sticky * np.eye(k)
        return np.vstack([moves, np.full(k, float(positive(self.start, "start")))])

    @property
    def is_exchangeable(self):
        """Whether states may change their numbers and the prior stay what it is."""
        return np.ndim(self.transitions) == 0
