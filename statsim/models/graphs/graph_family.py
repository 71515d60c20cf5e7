"""The statistics that an exponential family of graphs may have, undirected and directed, with the kernels that count them and move along them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.graphs import arc_flips, arc_subgraphs, edge_flips, subgraphs


@dataclass(frozen=True)
class GraphFamily:
    """What differs between the two kinds of graphs.

    Attributes
    ----------
    directed : bool
    terms : tuple of str
        In the order of the kernels' counts.
    enumerated : int
        Nodes up to which all graphs are summed over.
    most : callable
        n to the most of each count (len(terms),) that a graph of n nodes has.
    count, enumerate_all, fill_changes, run_chain, record_chain, log_density : kernels
    updates : dict of str to kernel
        Moves of chains, by name.
    """

    directed: bool
    terms: tuple
    enumerated: int
    most: Callable
    count: Callable
    enumerate_all: Callable
    fill_changes: Callable
    run_chain: Callable
    record_chain: Callable
    log_density: Callable
    updates: dict

    def n_pairs(self, n):
        """Pairs of n nodes."""
        return n * (n - 1) // (1 if self.directed else 2)

    def counts_of_all(self, n):
        """The counts (2^pairs, terms) of every graph on n nodes."""
        counts = np.empty((2 ** self.n_pairs(n), len(self.terms)))
        self.enumerate_all(n, counts)
        return counts

    def checked_terms(self, terms):
        """Terms as a tuple, each known and none twice."""
        if isinstance(terms, str) or not len(tuple(terms)):
            raise ArgumentTypeError(f"terms must be one or more of {self.terms}, got {terms!r}")
        other = UNDIRECTED if self.directed else DIRECTED
        for term in terms:
            if term in other.terms and term not in self.terms:
                raise ArgumentError(f"the term {term!r} is for directed={other.directed}; with directed={self.directed} terms are of {self.terms}")
            checks.choice(term, "terms", self.terms)
        if len(set(terms)) < len(tuple(terms)):
            raise ArgumentError(f"terms must not repeat, got {tuple(terms)!r}")
        return tuple(terms)


UNDIRECTED = GraphFamily(
    directed=False,
    terms=("edges", "two_stars", "three_stars", "triangles"),
    enumerated=7,
    most=lambda n: (n * (n - 1) / 2, n * (n - 1) * (n - 2) / 2, n * (n - 1) * (n - 2) * (n - 3) / 6, n * (n - 1) * (n - 2) / 6),
    count=subgraphs.count_subgraphs,
    enumerate_all=subgraphs.enumerate_subgraphs,
    fill_changes=subgraphs.fill_changes,
    run_chain=edge_flips.run_chain,
    record_chain=edge_flips.record_chain,
    log_density=edge_flips.family_log_density,
    updates={"gibbs": edge_flips.gibbs_update, "metropolis": edge_flips.metropolis_update},
)

DIRECTED = GraphFamily(
    directed=True,
    terms=("edges", "mutual", "out_two_stars", "in_two_stars", "transitive_triples", "cyclic_triples"),
    enumerated=5,
    most=lambda n: (n * (n - 1), n * (n - 1) / 2, *[n * (n - 1) * (n - 2) / 2] * 2, n * (n - 1) * (n - 2), n * (n - 1) * (n - 2) / 3),
    count=arc_subgraphs.count_arc_subgraphs,
    enumerate_all=arc_subgraphs.enumerate_arc_subgraphs,
    fill_changes=arc_subgraphs.fill_arc_changes,
    run_chain=arc_flips.run_arc_chain,
    record_chain=arc_flips.record_arc_chain,
    log_density=arc_flips.arc_log_density,
    updates={"gibbs": arc_flips.arc_gibbs_update, "metropolis": arc_flips.arc_metropolis_update},
)


def family_of(directed):
    """`DIRECTED` or `UNDIRECTED`."""
    return DIRECTED if directed else UNDIRECTED


class GraphStatistics:
    """One graph, its statistics of some terms of a `GraphFamily`, and the places of the terms among the counts of the kernels."""

    def __init__(self, adjacency, terms, family=UNDIRECTED):
        self.adjacency, self.terms, self.family = adjacency, terms, family
        self.places = np.array([family.terms.index(term) for term in terms])
        counts = np.empty(len(family.terms))
        family.count(adjacency, counts)
        self.observed = counts[self.places]

    @property
    def most(self):
        """The most (q,) of each statistic that a graph of as many nodes has."""
        return np.array(self.family.most(len(self.adjacency)))[self.places]

    def full(self, theta):
        """Coefficients of all the kernels' counts from those of the terms."""
        wide = np.zeros(len(self.family.terms))
        wide[self.places] = theta
        return wide

    def changes(self):
        """What the edge of each pair adds to the statistics (pairs, q), and whether it is there (pairs,)."""
        a, n = self.adjacency, len(self.adjacency)
        degrees = a.sum(axis=1).astype(np.int64)
        if self.family.directed:
            degrees = np.stack([degrees, a.sum(axis=0).astype(np.int64)])
        out = np.empty((self.family.n_pairs(n), len(self.family.terms)))
        self.family.fill_changes(a, degrees, out)
        chosen = ~np.eye(n, dtype=bool) if self.family.directed else np.triu_indices(n, 1)
        return out[:, self.places], a[chosen].astype(np.float64)

    def recorded(self, random, theta, adjacency, burn_in, thin, count):
        """Statistics (count, q) along a chain at theta; `adjacency` goes on."""
        out = np.empty((count, len(self.family.terms)))
        self.family.record_chain(random, self.full(theta), adjacency, burn_in, thin, out)
        return out[:, self.places]


def adjacency_of(graph):
    """Matrix (n, n) uint8 of a `Graph`."""
    checks.memory(graph.n_nodes**2, None, what=f"the matrix of {graph.n_nodes} nodes", remedy="use a graph of fewer nodes")
    matrix = np.zeros((graph.n_nodes, graph.n_nodes), np.uint8)
    matrix[graph.edges[:, 0], graph.edges[:, 1]] = 1
    if not graph.directed:
        matrix[graph.edges[:, 1], graph.edges[:, 0]] = 1
    return matrix
