"""Where chains with discrete coordinates begin: at listed values, and exactly there."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.targets.transforms import is_inside
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.samplers.gibbs.conditional import DiscreteMove

ROUNDING = 1e-9
"""What going to unconstrained reals and back may change, relative to the value."""


def listed_values(moves):
    """The values of each discrete coordinate, arrays by coordinate."""
    listed = {}
    for move in moves:
        if isinstance(move, DiscreteMove):
            listed.setdefault(move.coordinate, []).extend(move.values)
    return {coordinate: np.asarray(values, np.float64) for coordinate, values in listed.items()}


def drawn_start(target, moves, y, random):
    """The constrained point of y with each discrete coordinate drawn from its values; None where that lies outside the support."""
    x = target.constrain(y)
    for coordinate, values in listed_values(moves).items():
        x[coordinate] = values[integer_below(random, values.size)]
    blocks, low, high = target.context()[3:6]
    return x if is_inside(blocks, low, high, x) else None


def exact_start(target, moves, y):
    """The constrained point of y with discrete coordinates exactly at their values.

    Raises
    ------
    ArgumentError
        Where one is at none of them.
    """
    x = target.constrain(y)
    for coordinate, values in listed_values(moves).items():
        nearest = values[np.abs(values - x[coordinate]).argmin()]
        if abs(nearest - x[coordinate]) > ROUNDING * max(1.0, abs(nearest)):
            raise ArgumentError(
                f"initial: coordinate {target.names[coordinate]} is {x[coordinate]}, which is none of the values of "
                f"DiscreteMove({coordinate}), {values.tolist()[:20]}; start at one of them, or leave initial out"
            )
        x[coordinate] = nearest
    return x
