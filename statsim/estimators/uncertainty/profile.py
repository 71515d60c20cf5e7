r"""Profile likelihood intervals: :math:`\{c : 2 (\ell(\hat\theta) - \max_{\theta_j = c} \ell(\theta)) \le \chi^2_{1, level}\}`.

S. S. Wilks (1938), Ann. Math. Stat. 9; D. R. Cox, D. V. Hinkley (1974), Theoretical Statistics, section 9.3. The ends are roots of the signed root of the deviance,
which is nearly straight; the nuisance parameters are climbed anew at each value, from where the nearest one ended.
"""

import math
import warnings
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar

import numpy as np

from statsim.errors import FitWarning
from statsim.estimators.uncertainty.ascent import maximise
from statsim.estimators.uncertainty.coordinates import Coordinates
from statsim.estimators.uncertainty.curvature import curvature_of
from statsim.estimators.uncertainty.intervals import Intervals, places_of
from statsim.estimators.uncertainty.links import Link
from statsim.estimators.uncertainty.pinned import Pinned
from statsim.estimators.uncertainty.standard_errors import errors_of

_DOUBLINGS = 40
_HIGHER = 1e-4
_FAR = 1e6  # stands for an infinite deviance in the search of a root


@dataclass(frozen=True)
class Profile:
    """Intervals from the shape of the likelihood.

    Examples
    --------
    >>> Profile()
    Profile()
    """

    name: ClassVar[str] = "profile"

    def find(self, model, X, *, level, names, sample_weight=None, rng=None, num_threads=None, progress=None):
        """`Intervals`; called by `intervals`."""
        coordinates = Coordinates(model, X, sample_weight)
        curvature = curvature_of(coordinates)
        errors = errors_of(coordinates, curvature, "observed").errors
        places, z = places_of(names, coordinates.names), NormalDist().inv_cdf(0.5 + level / 2)
        curves = [ProfileCurve(coordinates, place, curvature.information, errors[place]) for place in places]
        ends = [(curve.end(-1, z), curve.end(1, z)) for curve in curves]
        _warn(curves)
        low, high = (np.array([pair[side][0] for pair in ends]) for side in (0, 1))
        notes = tuple(note for pair in ends for _, note in pair if note)
        chosen = tuple(coordinates.names[place] for place in places)
        return Intervals(chosen, coordinates.estimate[places], low, high, level, self, np.zeros(len(places)), np.zeros(len(places)), notes)


class ProfileCurve:
    """The signed root of the deviance of one parameter, on the scale t of its link."""

    def __init__(self, coordinates, place, information, error):
        low, high = coordinates.bounds
        self.coordinates, self.name = coordinates, coordinates.names[place]
        self.pinned, self.link = Pinned(coordinates, place, information), Link(low[place], high[place])
        self.middle = self.link.forward(coordinates.estimate[place])
        self.error = error * self.link.slope(coordinates.estimate[place])
        self.known = [(self.middle, np.zeros(self.pinned.n_free))]
        self.rise, self.unfinished = 0.0, 0

    def root(self, t):
        """Square root of twice the fall of the profile at t."""
        c = self.link.backward(t)
        start = min(self.known, key=lambda pair: abs(pair[0] - t))[1]

        def function(v):
            return self.coordinates.rise_at(self.pinned.at(c, v))

        value, v, ended = maximise(function, start) if len(start) and np.isfinite(function(start)) else (function(start), start, True)
        if np.isfinite(value):
            self.known.append((t, v))
        self.rise, self.unfinished = max(self.rise, value), self.unfinished + (not ended)
        return min(math.sqrt(max(-2 * value, 0.0)), _FAR)

    def end(self, side, z):
        """Where the root comes to z on one side, and a note where it never does."""
        from scipy.optimize import brentq

        inner, step = self.middle, z * self.error
        for _ in range(_DOUBLINGS):
            outer = inner + side * step
            if self.link.backward(outer) in (self.link.low, self.link.high) or abs(outer) > 1e150:
                break
            if self.root(outer) > z:
                t = brentq(lambda t: self.root(t) - z, inner, outer, xtol=1e-10 * max(self.error, 1e-300), rtol=1e-14)
                return self.link.backward(t), ""
            inner, step = outer, 2 * step if abs(outer - self.middle) > 3 * z * self.error else step
        bound = self.link.low if side < 0 else self.link.high
        return bound, f"the interval of {self.name} is open {'below' if side < 0 else 'above'}: the likelihood never falls far enough on the way to {bound:g}"


def _warn(curves):
    rise = max(curve.rise for curve in curves)
    if rise > _HIGHER:
        name = max(curves, key=lambda curve: curve.rise).name
        warnings.warn(
            f"the profile of {name!r} found a likelihood {rise:.3g} above that of the fit, which is therefore no maximum: fit with more starts (MLE(n_init=...)) or a "
            f"smaller tol, and ask again",
            FitWarning, stacklevel=4,
        )  # fmt: skip
    lost = [curve.name for curve in curves if curve.unfinished]
    if lost:
        warnings.warn(
            f"the other parameters did not settle on the profile of {lost[0]!r}; compare with method='bootstrap' before the interval is used", FitWarning, stacklevel=4
        )
