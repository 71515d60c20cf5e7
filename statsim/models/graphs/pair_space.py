"""The pairs of nodes that may be edges: how many there are, their regions, and the number of each."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.graphs.pairs import OFF_DIAGONAL, RECTANGLE, TRIANGLE, TRIANGLE_LOOPS, fill_pairs

_MOST_PAIRS = 2**63


@dataclass(frozen=True)
class Region:
    """Pairs of a block of rows and a block of columns; `kind` is one of `statsim.kernels.graphs.pairs`."""

    kind: int
    row_first: int
    n_rows: int
    column_first: int
    n_columns: int

    @property
    def n_pairs(self):
        """Pairs, a Python integer: it cannot wrap."""
        n = self.n_columns
        return {RECTANGLE: self.n_rows * n, OFF_DIAGONAL: n * (n - 1), TRIANGLE: n * (n - 1) // 2, TRIANGLE_LOOPS: n * (n + 1) // 2}[self.kind]


def inner_region(first, n, *, directed, loops):
    """The pairs among the n nodes from `first` on."""
    if directed and loops:
        return Region(RECTANGLE, first, n, first, n)
    kind = OFF_DIAGONAL if directed else TRIANGLE_LOOPS if loops else TRIANGLE
    return Region(kind, first, n, first, n)


@dataclass(frozen=True)
class PairSpace:
    """Which pairs of nodes a graph may join.

    Attributes
    ----------
    n_nodes : int
    directed, loops : bool
    bipartite : int or None
        Nodes of the first part; the others are the second, and edges join the two.
    """

    n_nodes: int
    directed: bool = False
    loops: bool = False
    bipartite: int | None = None

    @cached_property
    def regions(self):
        """The regions (tuple of `Region`) that together are all pairs."""
        if self.bipartite is None:
            return (inner_region(0, self.n_nodes, directed=self.directed, loops=self.loops),)
        first, second = self.bipartite, self.n_nodes - self.bipartite
        there = Region(RECTANGLE, 0, first, first, second)
        return (there, Region(RECTANGLE, first, second, 0, first)) if self.directed else (there,)

    @cached_property
    def n_pairs(self):
        """Number of pairs, a Python integer."""
        return sum(region.n_pairs for region in self.regions)

    def numbers(self, edges):
        """Number (m,) of each edge (m, 2) among the pairs."""
        i, j = edges[:, 0], edges[:, 1]
        n = self.n_nodes
        if self.bipartite is not None:
            b = self.bipartite
            return np.where(i < b, i * (n - b) + (j - b), b * (n - b) + (i - b) * b + j)
        if self.directed:
            return i * n + j if self.loops else i * (n - 1) + j - (j > i)
        return i * (2 * n - i + 1) // 2 + j - i if self.loops else i * (2 * n - i - 1) // 2 + j - i - 1

    def pairs(self):
        """All pairs (n_pairs, 2) in the order of their numbers."""
        out, at = np.empty((self.n_pairs, 2), np.int64), 0
        for region in self.regions:
            part = np.empty((2, region.n_pairs), np.int64)
            fill_pairs(region.kind, region.n_columns, region.n_pairs, 0, part[0], part[1])
            out[at : at + region.n_pairs] = (part + [[region.row_first], [region.column_first]]).T
            at += region.n_pairs
        return out

    def names(self):
        """Names of the pairs as coordinates: ``edge[i,j]``."""
        return tuple(f"edge[{i},{j}]" for i, j in self.pairs().tolist())


def pair_space(n_nodes, *, directed=False, loops=False, bipartite=None):
    """A checked `PairSpace`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For impossible sizes, and where the pairs could not be numbered with 63 bits.
    """
    n = checks.integer(n_nodes, "n_nodes", minimum=0)
    directed, loops = flag(directed, "directed"), flag(loops, "loops")
    if bipartite is not None:
        bipartite = checks.integer(bipartite, "bipartite", minimum=0, maximum=n, remedy="it is the number of nodes in the first part")
        if loops:
            raise ArgumentError("loops=True with bipartite: a loop joins a node to itself, within one part; leave one of them out")
    space = PairSpace(n, directed, loops, bipartite)
    if space.n_pairs >= _MOST_PAIRS:
        raise ArgumentError(f"n_nodes={n} has {space.n_pairs} pairs of nodes, 2^63 or more, which 64-bit numbers cannot count; use fewer nodes")
    return space


def flag(value, name):
    """`value` as a bool, refused unless it is one."""
    if not isinstance(value, (bool, np.bool_)):
        raise ArgumentError(f"{name} must be True or False, got {value!r}")
    return bool(value)
