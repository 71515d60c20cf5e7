"""Where parameters may lie: the sets that a target's `support` is made of.

Samplers move in unconstrained reals; `statsim.kernels.targets.transforms` says how each set is reached from them.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.targets import transforms


@dataclass(frozen=True)
class Real:
    """`size` coordinates that may be any real number."""

    size: int = 1

    def _rows(self):
        return transforms.REAL, self.size, self.size, -math.inf, math.inf


@dataclass(frozen=True)
class Bounded:
    """`size` coordinates between `low` and `high` (either may be infinite), numbers or arrays (size,).

    Examples
    --------
    >>> Bounded(low=0.0, high=1.0, size=3)
    Bounded(low=0.0, high=1.0, size=3)
    """

    low: float = -math.inf
    high: float = math.inf
    size: int = 1

    def __post_init__(self):
        if not np.all(np.asarray(self.low, float) < np.asarray(self.high, float)):
            raise ArgumentError(f"low must be below high, got low={self.low!r}, high={self.high!r}")

    def _rows(self):
        low, high = np.broadcast_to(np.float64(self.low), self.size), np.broadcast_to(np.float64(self.high), self.size)
        kinds = {(np.isfinite(a), np.isfinite(b)) for a, b in zip(low, high, strict=True)}
        if len(kinds) > 1:
            raise ArgumentError("support: one Bounded has coordinates of one kind (finite bounds on the same sides); use several")
        kind = {
            (False, False): transforms.REAL,
            (True, False): transforms.LOWER,
            (False, True): transforms.UPPER,
            (True, True): transforms.INTERVAL,
        }[tuple(map(bool, kinds.pop()))]
        return kind, self.size, self.size, low, high


@dataclass(frozen=True)
class Positive:
    """`size` coordinates above zero."""

    size: int = 1

    def _rows(self):
        return transforms.LOWER, self.size, self.size, 0.0, math.inf


@dataclass(frozen=True)
class Ordered:
    """`size` coordinates in increasing order."""

    size: int

    def _rows(self):
        return transforms.ORDERED, self.size, self.size, -math.inf, math.inf


@dataclass(frozen=True)
class Simplex:
    """`size` probabilities: above zero, sum one. The density is with respect to the first `size - 1` of them."""

    size: int

    def _rows(self):
        return transforms.SIMPLEX, self.size - 1, self.size, 0.0, 1.0


@dataclass(frozen=True)
class CorrelationCholesky:
    """Lower Cholesky factor of a correlation matrix (order, order), its rows one after another: order^2 coordinates.

    The density is with respect to the entries below the diagonal.
    """

    order: int

    @property
    def size(self):
        """Number of coordinates of x."""
        return self.order**2

    def _rows(self):
        return transforms.CORRELATION, self.order * (self.order - 1) // 2, self.size, -1.0, 1.0


SETS = (Real, Bounded, Positive, Ordered, Simplex, CorrelationCholesky)


def support_tables(support, dim):
    """The transform tables of `support`: blocks (b, 5), low (dim,), high (dim,), and the number of unconstrained reals.

    `support` is None, one set (its size is taken to be `dim` where it says 1) or a sequence of sets whose sizes sum to `dim`.
    No blocks stand for x = y.
    """
    parts = _parts(support, dim)
    blocks, low, high = [], np.full(dim, -np.inf), np.full(dim, np.inf)
    y = x = 0
    for part in parts:
        kind, ny, nx, part_low, part_high = part._rows()
        blocks.append((kind, y, ny, x, nx))
        low[x : x + nx], high[x : x + nx] = part_low, part_high
        y, x = y + ny, x + nx
    if all(row[0] == transforms.REAL for row in blocks):
        blocks = []
    return np.array(blocks, np.int64).reshape(-1, 5), low, high, y


def _parts(support, dim):
    """`support` as a checked list of sets that cover `dim` coordinates."""
    if support is None:
        return [Real(dim)]
    if isinstance(support, SETS):
        support = [type(support)(**{**vars(support), "size": dim}) if getattr(support, "size", 0) == 1 and dim > 1 else support]
    parts = [support] if isinstance(support, str) or not hasattr(support, "__iter__") else list(support)
    for part in parts:
        if not isinstance(part, SETS):
            names = ", ".join(kind.__name__ for kind in SETS)
            hint = f"; write {part.__name__}()" if part in SETS else ""
            raise ArgumentTypeError(f"support must be made of {names} (in statsim.samplers), got {part!r}{hint}")
        checks.integer(part.size, f"the size of {type(part).__name__}", minimum=2 if isinstance(part, Simplex) else 1)
    total = sum(part.size for part in parts)
    if total != dim:
        raise ArgumentError(f"support covers {total} coordinates, but dim={dim}; the sizes of its sets must sum to dim")
    return parts
