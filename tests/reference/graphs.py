"""Slow, obvious twins of the kernels of graphs, and broken ones that tests must find."""

import itertools
import math

import numpy as np

from statsim.kernels.elementary import log, log1p
from statsim.kernels.streams import uniform_open


def region_pairs(kind, n_rows, n_columns):
    """Pairs of a region in the order of their numbers."""
    keep = {0: lambda i, j: True, 1: lambda i, j: i != j, 2: lambda i, j: i < j, 3: lambda i, j: i <= j}[kind]
    return [(i, j) for i in range(n_rows) for j in range(n_columns) if keep(i, j)]


def space_pairs(n, directed=False, loops=False, bipartite=None):
    """All pairs of a graph model."""
    if bipartite is not None:
        there = [(i, j) for i in range(bipartite) for j in range(bipartite, n)]
        return there + ([(i, j) for i in range(bipartite, n) for j in range(bipartite)] if directed else [])
    if directed:
        return [(i, j) for i in range(n) for j in range(n) if loops or i != j]
    return [(i, j) for i in range(n) for j in range(i, n) if loops or i != j]


def skipped(state, p, size, batch):
    """Numbers of the pairs that are edges, one gap at a time; `batch(left)` says how many gaps are made at once."""
    found, number = [], 0
    while True:
        gaps = [math.floor(log(u) * (1.0 / log1p(-p))) if p < 1 else 0 for u in [uniform_open(state) for _ in range(batch(size - number))]]
        for gap in gaps:
            number += gap
            if number >= size:
                return found
            found.append(number)
            number += 1
            if number >= size:
                return found


def bernoulli_row(rng, probabilities, fault=None):
    """A graph as a row of zeros and ones by geometric skipping in NumPy, for equal probabilities; or with a fault.

    """
    N, p = len(probabilities), float(probabilities[0])
    row, at = np.zeros(N), -1
    while True:
        at += int(rng.geometric(p)) + (1 if fault == "gap" else 0)
        if at >= N - (1 if fault == "last" else 0):
            return row
        row[at] = 1.0


def counts(adjacency):
    """Edges, two-stars, three-stars and triangles, by their definitions."""
    n = len(adjacency)
    degrees = adjacency.sum(axis=1)
    triangles = sum(adjacency[i, j] * adjacency[j, k] * adjacency[i, k] for i, j, k in itertools.combinations(range(n), 3))
    return [adjacency.sum() / 2, sum(math.comb(int(d), 2) for d in degrees), sum(math.comb(int(d), 3) for d in degrees), float(triangles)]


def spanning_tree(edges, weights, n):
    """Numbers of the edges of Kruskal's minimum forest; sets are relabelled one by one."""
    label, chosen = list(range(n)), []
    for e in sorted(range(len(edges)), key=lambda e: (weights[e], e)):
        a, b = label[edges[e][0]], label[edges[e][1]]
        if a != b:
            chosen.append(e)
            label = [a if x == b else x for x in label]
    return chosen


def all_rows(N):
    """Every graph on N pairs as a row (2^N, N); row r has the bits of r."""
    return ((np.arange(2**N)[:, None] >> np.arange(N)) & 1).astype(np.float64)


def matrix(row, pairs, n, directed=False):
    """Adjacency matrix of a row."""
    a = np.zeros((n, n), int)
    for there, (i, j) in zip(row, pairs, strict=True):
        if there:
            a[i, j] = 1
            if not directed:
                a[j, i] = 1
    return a


def arc_counts(adjacency):
    """Edges, mutual pairs, two-stars out and in, transitive and cyclic triples of a directed graph, by their definitions."""
    a, n = adjacency, len(adjacency)
    stars = [sum(math.comb(int(d), 2) for d in a.sum(axis=axis)) for axis in (1, 0)]
    triples = list(itertools.permutations(range(n), 3))
    transitive = sum(a[i, j] * a[j, k] * a[i, k] for i, j, k in triples)
    cyclic = sum(a[i, j] * a[j, k] * a[k, i] for i, j, k in triples) / 3
    return [float(a.sum()), float((a * a.T).sum() / 2), *map(float, stars), float(transitive), float(cyclic)]
