r"""Wald intervals: estimate and standard error on the scale of the parameter's link, so that an end never leaves the support.

A. Wald (1943), Trans. AMS 54. For a positive parameter :math:`\hat\theta \exp(\pm z\, \mathrm{se} / \hat\theta)`.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.estimators.uncertainty.coordinates import Coordinates
from statsim.estimators.uncertainty.curvature import curvature_of
from statsim.estimators.uncertainty.intervals import Intervals, places_of
from statsim.estimators.uncertainty.links import Link
from statsim.estimators.uncertainty.standard_errors import KINDS, errors_of


@dataclass(frozen=True)
class Wald:
    """Intervals from the curvature of the likelihood.

    Parameters
    ----------
    kind : {"observed", "sandwich"}
        See `standard_errors`.

    Examples
    --------
    >>> Wald(kind="sandwich")
    Wald(kind='sandwich')
    """

    kind: str = "observed"

    name: ClassVar[str] = "wald"

    def __post_init__(self):
        checks.choice(self.kind, "kind", KINDS)

    def find(self, model, X, *, level, names, sample_weight=None, rng=None, num_threads=None, progress=None):
        """`Intervals`; called by `intervals`."""
        coordinates = Coordinates(model, X, sample_weight)
        errors = errors_of(coordinates, curvature_of(coordinates), self.kind)
        places, z = places_of(names, coordinates.names), NormalDist().inv_cdf(0.5 + level / 2)
        low, high = np.array([_ends(coordinates, place, z * errors.errors[place]) for place in places]).T
        chosen = tuple(coordinates.names[place] for place in places)
        return Intervals(chosen, coordinates.estimate[places], low, high, level, self, np.zeros(len(places)), np.zeros(len(places)))


def _ends(coordinates, place, reach):
    """Both ends, `reach` to each side at the slope of the link."""
    low, high = coordinates.bounds
    link, x = Link(low[place], high[place]), coordinates.estimate[place]
    middle, half = link.forward(x), reach * link.slope(x)
    return link.backward(middle - half), link.backward(middle + half)
