"""Edges of rate scale a_i b_j as an edge source: regions of sorted nodes, cut into stripes of rows."""

from dataclasses import dataclass

import numpy as np

from statsim.kernels.graphs.weighted import expected_edges, fill_weighted_stripe, no_edge_log_likelihood
from statsim.models.graphs.edge_source import StripeSource

STRIPE_ROWS = 256
"""Rows in a stripe. Part of the stream version."""


@dataclass(frozen=True)
class WeightedRegions:
    """Regions as `statsim.kernels.graphs.weighted` takes them, and the first stripe of each."""

    regions: tuple
    bounds: np.ndarray
    expected: float

    @classmethod
    def of(cls, regions):
        """From a list of regions made by `weighted_region`; those without pairs or weight have no stripes."""
        kept = tuple(region for region in regions if len(region[1]) and len(region[3]) and region[0] > 0)
        stripes = [-(-len(region[1]) // STRIPE_ROWS) for region in kept]
        expected = float(sum(expected_edges(region) for region in kept))
        return cls(kept, np.concatenate([[0], np.cumsum(stripes)]).astype(np.int64), expected)

    def source(self, key, graph):
        """The source of graph number `graph`."""

        def fill_one(stripe, edges, at):
            place = int(np.searchsorted(self.bounds, stripe, side="right")) - 1
            region = self.regions[place]
            begin = (stripe - int(self.bounds[place])) * STRIPE_ROWS
            return fill_weighted_stripe(key, graph, stripe, region, begin, min(begin + STRIPE_ROWS, len(region[1])), edges, at)

        return StripeSource(int(self.bounds[-1]), self.expected, fill_one)

    def no_edge_log_likelihood(self):
        """Sum of log(1 - p) over the pairs with p < 1, and how many pairs have p = 1."""
        parts = [no_edge_log_likelihood(region) for region in self.regions]
        return sum(part[0] for part in parts), sum(part[1] for part in parts)


def weighted_region(scale, rows, row_weights, columns, column_weights, *, directed, loops, poisson=False):
    """A region of the nodes `rows` and `columns`, whose weights are sorted here; where both are the same and undirected, each pair stands once."""
    by_row, by_column = (np.argsort(-weights, kind="stable") for weights in (row_weights, column_weights))
    is_triangle = rows is columns and not directed
    return (
        float(scale), np.ascontiguousarray(row_weights[by_row], np.float64), np.ascontiguousarray(rows[by_row], np.int64),
        np.ascontiguousarray(column_weights[by_column], np.float64), np.ascontiguousarray(columns[by_column], np.int64),
        is_triangle, bool(directed), bool(loops), bool(poisson),
    )  # fmt: skip


def weighted_log_likelihood(regions, rates, *, poisson=False):
    """Log probability of a graph whose edges have `rates` (m,)."""
    nothing, certain = regions.no_edge_log_likelihood()
    with np.errstate(divide="ignore"):
        if poisson:
            return float(nothing + np.sum(np.log(-np.expm1(-rates)) + rates))
        sure = rates >= 1.0
        if np.count_nonzero(sure) < certain:
            return -np.inf
        p = rates[~sure]
        return float(nothing + np.sum(np.log(p) - np.log1p(-p)))


def absent_certain_pair(region, graph):
    """The nodes of a pair of rate 1 or more that is no edge of `graph`; those pairs of a row come first in its columns."""
    scale, row_weights, rows, column_weights, columns, is_triangle, is_ordered, loops, _ = region
    bounds, neighbours = graph.neighbours()
    for place, (weight, node) in enumerate(zip(row_weights, rows, strict=True)):
        certain = columns[: np.count_nonzero(scale * weight * column_weights >= 1.0)]
        certain = certain[place:] if is_triangle else certain
        certain = certain if loops else certain[certain != node]
        absent = np.setdiff1d(certain, neighbours[bounds[node] : bounds[node + 1]])
        if absent.size:
            other = int(absent[0])
            return (int(node), other) if is_ordered else (min(int(node), other), max(int(node), other))
    raise ValueError("every certain pair is an edge")
