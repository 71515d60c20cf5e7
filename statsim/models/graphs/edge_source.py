"""Where the edges of one graph come from: stripes, each with a stream of its own, filled by kernels in any order and on any thread."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from statsim import blocks
from statsim.kernels.graphs.skipping import fill_stripes

STRIPE_EDGES = 32_768
"""Edges expected in a stripe of pairs of equal probability. Part of the stream version."""

_SLACK = 16


class EdgeSource(Protocol):
    """The edges of one graph of a data set."""

    n_stripes: int
    expected: float
    """Edges expected."""

    def fill(self, first, last, edges, at):
        """Write the edges of the stripes first..last - 1 into edges[at:]; (stripe to go on with, place), the stripe for which there was no room."""


def draw_edges(source, *, num_threads=None):
    """All edges (m, 2) of a source, the same for any number of threads."""
    threads = min(blocks.thread_count(num_threads), source.n_stripes)
    if threads <= 1:
        return _filled(source, 0, source.n_stripes)
    n_tasks = min(source.n_stripes, 4 * threads)
    cuts = [source.n_stripes * task // n_tasks for task in range(n_tasks + 1)]
    return np.concatenate(blocks.map_chunks(lambda task: _filled(source, cuts[task], cuts[task + 1]), n_tasks, num_threads=threads))


def edge_batches(source, *, batch_edges):
    """The edges of a source in arrays of about `batch_edges`, in constant memory."""
    stripes = max(1, int(batch_edges * source.n_stripes / max(source.expected, 1.0)))
    for first in range(0, source.n_stripes, stripes):
        yield _filled(source, first, min(first + stripes, source.n_stripes))


def _filled(source, first, last):
    """Edges of the stripes first..last - 1."""
    share = source.expected * (last - first) / max(source.n_stripes, 1)
    edges, at, stripe = np.empty((int(share + 8 * math.sqrt(share)) + _SLACK, 2), np.int64), 0, first
    while True:
        stripe, at = source.fill(stripe, last, edges, at)
        if stripe == last:
            return edges[:at]
        edges = np.concatenate([edges[:at], np.empty((2 * len(edges) - at, 2), np.int64)])  # twice the room


@dataclass(frozen=True)
class SkippingTables:
    """Regions of equal probability as `statsim.kernels.graphs.skipping` takes them; those of probability 0 have no stripes."""

    bounds: np.ndarray
    lengths: np.ndarray
    probabilities: np.ndarray
    kinds: np.ndarray
    shapes: np.ndarray
    expected: float

    @classmethod
    def of(cls, regions, probabilities):
        """Tables of `regions` (`Region`s) with `probabilities` of an edge."""
        kept = [(region, float(p)) for region, p in zip(regions, probabilities, strict=True) if p > 0.0 and region.n_pairs > 0]
        lengths = [min(region.n_pairs, math.ceil(STRIPE_EDGES / p) if p > 1e-30 else region.n_pairs) for region, p in kept]
        counts = [-(-region.n_pairs // length) for (region, _), length in zip(kept, lengths, strict=True)]
        shapes = [(region.n_columns, region.n_pairs, region.row_first, region.column_first) for region, _ in kept]
        return cls(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            np.array(lengths, np.int64),
            np.array([p for _, p in kept], np.float64),
            np.array([region.kind for region, _ in kept], np.int64),
            np.array(shapes, np.int64).reshape(-1, 4),
            float(sum(region.n_pairs * p for region, p in kept)),
        )

    def source(self, key, graph, relabelled=None):
        """The source of graph number `graph`; `relabelled` changes filled edges in place."""
        return SkippingSource(self, key, graph, relabelled)


@dataclass(frozen=True)
class SkippingSource:
    """Edges by geometric skipping."""

    tables: SkippingTables
    key: np.ndarray
    graph: int
    relabelled: Any = None

    @property
    def n_stripes(self):
        """Stripes of all regions."""
        return int(self.tables.bounds[-1])

    @property
    def expected(self):
        """Edges expected."""
        return self.tables.expected

    def fill(self, first, last, edges, at):
        """See `EdgeSource`."""
        if first == last:
            return last, at
        t = self.tables
        stripe, after = fill_stripes(self.key, self.graph, first, last, t.bounds, t.lengths, t.probabilities, t.kinds, t.shapes, edges, at)
        if self.relabelled is not None:
            self.relabelled(edges[at:after])
        return stripe, after


@dataclass(frozen=True)
class StripeSource:
    """Edges by a function (stripe, edges, at) that returns where the next goes, or -1 where there was no room."""

    n_stripes: int
    expected: float
    fill_one: Any

    def fill(self, first, last, edges, at):
        """See `EdgeSource`."""
        for stripe in range(first, last):
            after = self.fill_one(stripe, edges, at)
            if after < 0:
                return stripe, at
            at = after
        return last, at


def whole_source(edges):
    """A source of one stripe that holds `edges` (m, 2) already."""

    def fill_one(stripe, out, at):
        if at + len(edges) > len(out):
            return -1
        out[at : at + len(edges)] = edges
        return at + len(edges)

    return StripeSource(1, float(len(edges)), fill_one)
