"""The moves a Gibbs sampler is made of: an update written by the user, a coordinate by slices, a coordinate by enumeration."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.samplers.targets.compilation import Data, c_function, is_compilable
from statsim.samplers.targets.interpretation import address_of, c_update


@dataclass(frozen=True)
class Conditional:
    """An exact draw of a block of coordinates given the others.

    Parameters
    ----------
    update : callable
        ``update(x, random, *data)`` changes some coordinates of x (dim,) in place, drawing from the stream `random` with the
        functions of `statsim.samplers.variates`. A Numba function runs at full speed; plain Python works, slower.
    data : sequence of arrays and numbers, optional
        Default: the data of the target.
    coordinates : sequence of int, optional
        The coordinates that `update` reads or writes, checked against the dimension before any draw: compiled code does not
        check indices.

    Raises
    ------
    ArgumentError, ArgumentTypeError

    Examples
    --------
    >>> import numba
    >>> from statsim.samplers import variates
    >>> @numba.njit
    ... def first(x, random, rho):
    ...     x[0] = rho * x[1] + (1 - rho**2) ** 0.5 * variates.standard_normal(random)
    >>> Conditional(first, data=[0.5]).data
    [0.5]
    """

    update: Callable
    data: tuple | list | None = None
    coordinates: tuple | list | range | None = None

    def __post_init__(self):
        if not callable(self.update):
            raise ArgumentTypeError(f"a conditional must be a function update(x, random, *data), got {self.update!r} of type {type(self.update).__name__}")
        for coordinate in self.coordinates or ():
            checks.integer(coordinate, "coordinates", minimum=0)

    @property
    def name(self):
        """Name of the function."""
        return getattr(self.update, "__name__", repr(self.update))

    @property
    def touched(self):
        """The coordinates it is known to touch."""
        return tuple(self.coordinates or ())


@dataclass(frozen=True)
class SliceMove:
    """A coordinate with no closed form: slice sampling of its conditional law, from the target's log density (Neal 2003).

    Parameters
    ----------
    coordinate : int
    width : float
        First width of the interval; adapted in warm-up.
    """

    coordinate: int
    width: float = 1.0

    def __post_init__(self):
        checks.integer(self.coordinate, "coordinate", minimum=0)
        checks.real(self.width, "width", minimum=0.0, open_minimum=True)

    @property
    def name(self):
        """What errors call it."""
        return f"SliceMove({self.coordinate})"

    @property
    def touched(self):
        """The coordinate."""
        return (self.coordinate,)


@dataclass(frozen=True)
class DiscreteMove:
    """A coordinate with finitely many values: an exact draw, from the target's log density at each of them.

    Parameters
    ----------
    coordinate : int
    values : sequence of numbers
        All values that it can have.
    """

    coordinate: int
    values: tuple

    def __post_init__(self):
        checks.integer(self.coordinate, "coordinate", minimum=0)
        values = np.asarray(self.values, np.float64)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all() or len(np.unique(values)) < values.size:
            raise ArgumentError(f"values must be one or more different finite numbers, got {self.values!r}")

    @property
    def name(self):
        """What errors call it."""
        return f"DiscreteMove({self.coordinate})"

    @property
    def touched(self):
        """The coordinate."""
        return (self.coordinate,)


MOVES = (Conditional, SliceMove, DiscreteMove)


def as_moves(given):
    """`given`, functions and moves, as a tuple of moves.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if callable(given) or isinstance(given, MOVES):
        given = [given]
    try:
        moves = tuple(move if isinstance(move, MOVES) else Conditional(move) for move in given)
    except TypeError as error:
        if isinstance(error, ArgumentTypeError):
            raise
        raise ArgumentTypeError(f"conditionals must be a sequence of functions and moves, got {given!r}") from error
    if not moves:
        raise ArgumentError("conditionals is empty; give at least one update(x, random, *data), SliceMove or DiscreteMove")
    return moves


def update_address(move, target):
    """Address of the C function of a Conditional, the words of its data, and what keeps both valid."""
    data = target.data if move.data is None else tuple(move.data)
    if is_compilable(move.update):
        described = Data(data, target.dim)
        function = c_function((move.update,), "update", described)
        return function.address, described.table, (function, described)
    callback = c_update(move.update, target.dim, data)
    return address_of(callback), np.array([target.dim], np.int64), callback
