"""What a graph is conditioned on: its number of edges, its degrees, being connected, and a predicate of the user's."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.graphs.pair_rows import rows_allowed

_ANY = 2**62


@dataclass(frozen=True)
class GraphRegion:
    """Limits as `statsim.kernels.graphs.pair_rows` takes them, and a predicate.

    Attributes
    ----------
    pairs : ndarray (N, 2)
        The nodes of each pair.
    limits : ndarray (3,) int64
        Fewest edges, most edges, 1 for connected.
    degree_low, degree_high : ndarray (n,) int64
    predicate : callable or None
    """

    pairs: np.ndarray
    limits: np.ndarray
    degree_low: np.ndarray
    degree_high: np.ndarray
    directed: bool
    predicate: Callable | None = None

    @property
    def tables(self):
        """What the kernels take: first and second nodes, limits, lowest and highest degrees."""
        return np.ascontiguousarray(self.pairs[:, 0]), np.ascontiguousarray(self.pairs[:, 1]), self.limits, self.degree_low, self.degree_high

    def holds(self, rows):
        """Truth (m,) of graphs given as rows (m, N) of zeros and ones."""
        inside = np.empty(len(rows), np.bool_)
        rows_allowed(rows, *self.tables, inside)
        if self.predicate is not None and inside.any():
            place = np.flatnonzero(inside)
            inside[place] = self._asked(rows[place])
        return inside

    def _asked(self, rows):
        matrices = matrices_of(rows, self.pairs, len(self.degree_low), self.directed)
        answer = np.asarray(self.predicate(matrices))
        if answer.shape != (len(rows),) or answer.dtype.kind != "b":
            raise ArgumentError(
                f"predicate must map adjacency matrices of shape {matrices.shape} to {len(rows)} truth values, it returned {answer.dtype} of shape "
                f"{answer.shape}; write it for arrays: lambda A: A.sum(axis=(1, 2)) > 10"
            )
        return answer


def matrices_of(rows, pairs, n, directed):
    """Adjacency matrices (m, n, n) int64 of rows (m, N)."""
    matrices = np.zeros((len(rows), n, n), np.int64)
    matrices[:, pairs[:, 0], pairs[:, 1]] = rows
    if not directed:
        matrices[:, pairs[:, 1], pairs[:, 0]] = rows
    return matrices


def region_of(space, predicate, edges, degrees, connected):
    """The region that the arguments of `where` describe.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if predicate is not None and not callable(predicate):
        raise ArgumentTypeError(f"predicate must be a function of adjacency matrices (m, n, n), got {predicate!r}")
    if not isinstance(connected, (bool, np.bool_)):
        raise ArgumentTypeError(f"connected must be True or False, got {connected!r}")
    if predicate is None and edges is None and degrees is None and not connected:
        raise ArgumentError("where() needs a predicate, edges=(low, high), degrees=(low, high) or connected=True")
    n = space.n_nodes
    low, high = _limits(edges, "edges", ())
    degree_low, degree_high = _limits(degrees, "degrees", (n,))
    limits = np.array([low, high, int(connected)], np.int64)
    return GraphRegion(space.pairs(), limits, degree_low.copy(), degree_high.copy(), space.directed, predicate)


def _limits(pair, name, shape):
    """Whole numbers low and high, broadcast to `shape`; None is no limit."""
    if pair is None:
        pair = (None, None)
    try:
        low, high = pair
        values = [np.broadcast_to(np.asarray(other if value is None else value), shape) for value, other in ((low, 0), (high, _ANY))]
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"{name} must be a pair (low, high) of integers{' or arrays, one for each node' if shape else ''}, None for no limit, got {pair!r:.200}") from error
    if any(value.dtype.kind not in "iu" for value in values):
        raise ArgumentTypeError(f"{name} must be whole numbers, got {pair!r:.200}")
    if (values[0] > values[1]).any():
        raise ArgumentError(f"{name} must have low at most high, got {pair!r:.200}")
    return np.asarray(values[0], np.int64), np.asarray(values[1], np.int64)
