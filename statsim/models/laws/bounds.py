"""Where one parameter of a law may lie, as two numbers."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.samplers.supports import Bounded


def bounds_of(support):
    """Lowest and highest value (infinite where there is none) of a set of one coordinate."""
    *_, low, high = support._rows()
    return float(np.min(low)), float(np.max(high))


def within_prior(supports, prior, names):
    """The sets of parameters, narrowed to where their priors are positive.

    Raises
    ------
    ArgumentError
        When a prior and a parameter have no number in common.
    """
    return [_narrowed(support, prior.of(name).bounds, name) for support, name in zip(supports, names, strict=True)]


def _narrowed(support, bounds, name):
    own = bounds_of(support)
    low, high = max(own[0], bounds[0]), min(own[1], bounds[1])
    if not low < high:
        raise ArgumentError(f"the prior of {name!r} lies between {bounds[0]:g} and {bounds[1]:g}, and {name} must lie between {own[0]:g} and {own[1]:g}")
    return support if (low, high) == own else Bounded(low, high)
