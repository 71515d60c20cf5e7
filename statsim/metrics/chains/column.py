"""The draws of one quantity, (chain, draw), with what the diagnostics share: halves of chains, their order, sorted values.

Values beyond 1e60 (all below 1e-60) are divided by a power of two, exactly, so that fourth powers neither overflow nor vanish.
"""

from functools import cached_property

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.arrays import unit_range
from statsim.metrics.chains.order import sort_with_order

FEWEST = 4  # draws a chain; a half chain needs two for a variance


class Column:
    """Draws of one quantity; what is costly is computed once, when first asked for.

    Parameters
    ----------
    draws : array (chain, draw)
        Finite numbers.
    """

    def __init__(self, draws):
        draws = np.ascontiguousarray(draws, dtype=np.float64)
        self.exponent = 0
        self.low, self.high = (float(draws.min()), float(draws.max())) if draws.size else (0.0, 0.0)
        largest = max(-self.low, self.high)
        if largest and not 1e-60 < largest < 1e60:
            draws, self.exponent = unit_range(draws)
        self.draws = draws

    @property
    def says_nothing(self):
        """True where there are too few draws, or only one value."""
        return self.draws.shape[1] < FEWEST or self.low == self.high

    @cached_property
    def halves(self):
        """Both halves of every chain, (2 chain, draw // 2); the middle draw of an odd number is left out."""
        return split(self.draws)

    @cached_property
    def _sorted(self):
        return sort_with_order(self.halves.ravel())

    @property
    def sorted_halves(self):
        """The values in the halves, ascending."""
        return self._sorted[0]

    @property
    def order(self):
        """Indices that sort the flat halves."""
        return self._sorted[1]

    @cached_property
    def sorted_draws(self):
        """All values, ascending."""
        if "_sorted" in vars(self) and self.draws.shape[1] % 2 == 0:
            return self.sorted_halves
        return np.sort(self.draws, axis=None)  # much quicker than with the indices

    def quantile(self, probability):
        """Quantile of all draws by linear interpolation (type 7 of Hyndman and Fan 1996), in the scale of `draws`."""
        ordered = self.sorted_draws
        at = (ordered.size - 1) * probability
        below = int(at)
        share, low, high = at - below, ordered[below], ordered[min(below + 1, ordered.size - 1)]
        return low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share)

    def unscaled(self, value):
        """A number of the scale of `draws` in the unit of the values given."""
        return np.ldexp(value, self.exponent)


def split(draws):
    """Halves of chains as rows of their own, (2 chain, draw // 2)."""
    chains, n = draws.shape
    half = n // 2
    return (draws if n % 2 == 0 else np.concatenate([draws[:, :half], draws[:, -half:]], axis=1)).reshape(2 * chains, half)


def chain_array(values, *, name="values"):
    """`values` as an array (chain, draw, dim), checked; a view where possible.

    Raises
    ------
    ArgumentError
        Another number of axes, no chain, or a value that is NaN or infinite (its place is named).
    """
    values = np.asarray(values)
    if values.ndim not in (2, 3):
        raise ArgumentError(f"{name} must have the shape (chain, draw) or (chain, draw, dim), got {values.shape}; one chain is {name}[None]")
    if values.dtype.kind not in "biuf":
        raise ArgumentError(f"{name} must hold real numbers, got dtype {values.dtype}")
    if not values.shape[0]:
        raise ArgumentError(f"{name} has no chain (shape {values.shape}); at least one is needed")
    _refuse_not_finite(values, name)
    return values if values.ndim == 3 else values[:, :, None]


def by_column(values, measure, *, name="values"):
    """`measure(Column)` of each quantity: a float for (chain, draw), an array (dim,) for (chain, draw, dim).

    NaN where a quantity says nothing: fewer than four draws a chain, or one value throughout.
    """
    draws = chain_array(values, name=name)
    found = np.full(draws.shape[2], np.nan)
    for i in range(draws.shape[2]):
        column = Column(draws[:, :, i])
        if not column.says_nothing:
            found[i] = measure(column)
    return found if np.ndim(values) == 3 else float(found[0])


def _refuse_not_finite(values, name):
    with np.errstate(over="ignore", invalid="ignore"):
        if values.dtype.kind != "f" or np.isfinite(values.sum()):  # one pass without a temporary settles nearly every call
            return
    for chain, draws in enumerate(values):
        bad = ~np.isfinite(draws)
        if bad.any():
            place = (chain, *(int(i) for i in np.argwhere(bad)[0]))
            named = ", ".join(f"{axis} {i}" for axis, i in zip(("chain", "draw", "dimension"), place, strict=False))
            raise ArgumentError(f"{name} must be finite, got {values[place]} at {named}; drop that draw or mend the log density that led there")
