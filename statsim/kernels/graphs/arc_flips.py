"""Chains on directed graphs of an exponential family, one pair at a time: `edge_flips` with the counts of `arc_subgraphs`."""

import numpy as np

from statsim.kernels.elementary import exp
from statsim.kernels.graphs.arc_subgraphs import (
    CYCLIC,
    N_COUNTS,
    TRANSITIVE,
    added_by_arc,
    count_arc_degrees,
    count_arc_subgraphs,
    get_arcs,
    set_arcs,
)
from statsim.kernels.graphs.pairs import OFF_DIAGONAL, column_of, locate
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.variates.bounded_integers import integer_below


@inlined
def _set(adjacency, degrees, i, j, bit):
    step = np.int64(bit) - np.int64(adjacency[i, j])
    adjacency[i, j] = bit
    degrees[0, i] += step
    degrees[1, j] += step


@inlined
def _dot(theta, counts):
    total = 0.0
    for k in range(N_COUNTS):
        total += theta[k] * counts[k]
    return total


@inlined
def _gain(adjacency, degrees, theta, i, j, change):
    added_by_arc(adjacency, degrees, i, j, theta[TRANSITIVE] != 0.0 or theta[CYCLIC] != 0.0, change)
    return _dot(theta, change)


@kernel
def arc_gibbs_sweep(state, theta, adjacency, degrees, change):
    """Draw every ordered pair once, in order."""
    n = adjacency.shape[0]
    for i in range(n):
        for j in range(n):
            if i != j:
                gain = _gain(adjacency, degrees, theta, i, j, change)
                bit = np.uint8(1) if uniform(state) * (1.0 + exp(-gain)) < 1.0 else np.uint8(0)
                _set(adjacency, degrees, i, j, bit)


@kernel
def arc_metropolis_sweep(state, theta, adjacency, degrees, change):
    """Propose as many flips as there are ordered pairs."""
    n = np.int64(adjacency.shape[0])
    size = n * (n - 1)
    for _ in range(size):
        i, place = locate(OFF_DIAGONAL, n, size, integer_below(state, size))
        j = column_of(OFF_DIAGONAL, i, place)
        gain = _gain(adjacency, degrees, theta, i, j, change)
        there = adjacency[i, j]
        if uniform(state) < exp(-gain if there else gain):
            _set(adjacency, degrees, i, j, np.uint8(1 - there))


@kernel
def run_arc_chain(key, graph, theta, p, sweeps, adjacency):
    """`adjacency` (n, n) after `sweeps` Gibbs sweeps from independent arcs of probability p; the chain of graph number `graph`."""
    n = adjacency.shape[0]
    state, degrees, change = np.empty(4, np.uint64), np.empty((2, n), np.int64), np.empty(N_COUNTS)
    seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(0), state)
    for i in range(n):
        for j in range(n):
            adjacency[i, j] = np.uint8(1) if i != j and uniform(state) < p else np.uint8(0)
    count_arc_degrees(adjacency, degrees)
    for _ in range(sweeps):
        arc_gibbs_sweep(state, theta, adjacency, degrees, change)


@kernel
def record_arc_chain(state, theta, adjacency, burn_in, thin, out):
    """Counts (m, 6) of the graphs after burn_in sweeps and then every `thin` sweeps; `adjacency` goes on."""
    degrees, change = np.empty((2, adjacency.shape[0]), np.int64), np.empty(N_COUNTS)
    count_arc_degrees(adjacency, degrees)
    for _ in range(burn_in):
        arc_gibbs_sweep(state, theta, adjacency, degrees, change)
    for m in range(out.shape[0]):
        for _ in range(thin):
            arc_gibbs_sweep(state, theta, adjacency, degrees, change)
        count_arc_subgraphs(adjacency, out[m])


@kernel
def _update(x, random, theta, n, is_gibbs):
    size = np.int64(n)
    adjacency, degrees, change = np.zeros((size, size), np.uint8), np.empty((2, size), np.int64), np.empty(N_COUNTS)
    set_arcs(x, adjacency)
    count_arc_degrees(adjacency, degrees)
    if is_gibbs:
        arc_gibbs_sweep(random, theta, adjacency, degrees, change)
    else:
        arc_metropolis_sweep(random, theta, adjacency, degrees, change)
    get_arcs(adjacency, x)


@kernel
def arc_gibbs_update(x, random, theta, n):
    """One Gibbs sweep of the pairs x (n (n - 1),): what `Gibbs()` runs."""
    _update(x, random, theta, n, True)


@kernel
def arc_metropolis_update(x, random, theta, n):
    """As many proposed flips of the pairs x (n (n - 1),) as there are pairs."""
    _update(x, random, theta, n, False)


@kernel
def arc_log_density(x, theta, n):
    """theta . s of the pairs x, minus infinity where one is neither 0 nor 1."""
    size = np.int64(n)
    for k in range(x.size):
        if x[k] != 0.0 and x[k] != 1.0:
            return -np.inf
    adjacency, counts = np.zeros((size, size), np.uint8), np.empty(N_COUNTS)
    set_arcs(x, adjacency)
    count_arc_subgraphs(adjacency, counts)
    return _dot(theta, counts)
