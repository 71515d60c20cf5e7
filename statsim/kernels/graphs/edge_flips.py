r"""Chains on graphs of an exponential family, :math:`P(g) \propto \exp(\theta \cdot s(g))`, one pair at a time.

Gibbs draws each pair in turn from its law given the others, :math:`\operatorname{logit} P(\text{edge}) = \theta \cdot \delta_{ij}` with the change
statistics of `subgraphs` (T. Snijders, Journal of Social Structure 3, 2002). Metropolis proposes to flip a pair drawn at random; in a
fixed order it would run in a circle where every flip is accepted.
"""

import numpy as np

from statsim.kernels.elementary import exp
from statsim.kernels.graphs.pairs import TRIANGLE, column_of, locate
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.graphs.subgraphs import TRIANGLES, added_by_edge, get_pairs, set_pairs
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.variates.bounded_integers import integer_below


@inlined
def _set(adjacency, degrees, i, j, bit):
    step = np.int64(bit) - np.int64(adjacency[i, j])
    adjacency[i, j], adjacency[j, i] = bit, bit
    degrees[i] += step
    degrees[j] += step


@inlined
def _gain(adjacency, degrees, theta, i, j, change):
    added_by_edge(adjacency, degrees, i, j, theta[TRIANGLES] != 0.0, change)
    return theta[0] * change[0] + theta[1] * change[1] + theta[2] * change[2] + theta[3] * change[3]


@kernel
def gibbs_sweep(state, theta, adjacency, degrees, change):
    """Draw every pair once, in order."""
    n = adjacency.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            gain = _gain(adjacency, degrees, theta, i, j, change)
            bit = np.uint8(1) if uniform(state) * (1.0 + exp(-gain)) < 1.0 else np.uint8(0)
            _set(adjacency, degrees, i, j, bit)


@kernel
def metropolis_sweep(state, theta, adjacency, degrees, change):
    """Propose as many flips as there are pairs."""
    n = np.int64(adjacency.shape[0])
    size = n * (n - 1) // 2
    for _ in range(size):
        i, place = locate(TRIANGLE, n, size, integer_below(state, size))
        j = column_of(TRIANGLE, i, place)
        gain = _gain(adjacency, degrees, theta, i, j, change)
        there = adjacency[i, j]
        if uniform(state) < exp(-gain if there else gain):
            _set(adjacency, degrees, i, j, np.uint8(1 - there))


@kernel
def count_degrees(adjacency, degrees):
    """Write the degrees (n,) of `adjacency`."""
    for i in range(adjacency.shape[0]):
        degrees[i] = 0
        for j in range(adjacency.shape[0]):
            degrees[i] += np.int64(adjacency[i, j])


@kernel
def run_chain(key, graph, theta, p, sweeps, adjacency):
    """`adjacency` (n, n) after `sweeps` Gibbs sweeps from independent edges of probability p; the chain of graph number `graph`."""
    n = adjacency.shape[0]
    state, degrees, change = np.empty(4, np.uint64), np.empty(n, np.int64), np.empty(4)
    seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(0), state)
    for i in range(n):
        adjacency[i, i] = 0
        for j in range(i + 1, n):
            bit = np.uint8(1) if uniform(state) < p else np.uint8(0)
            adjacency[i, j], adjacency[j, i] = bit, bit
    count_degrees(adjacency, degrees)
    for _ in range(sweeps):
        gibbs_sweep(state, theta, adjacency, degrees, change)


@kernel
def record_chain(state, theta, adjacency, burn_in, thin, out):
    """Counts (m, 4) of the graphs after burn_in sweeps and then every `thin` sweeps; `adjacency` goes on."""
    n = adjacency.shape[0]
    degrees, change = np.empty(n, np.int64), np.empty(4)
    count_degrees(adjacency, degrees)
    for _ in range(burn_in):
        gibbs_sweep(state, theta, adjacency, degrees, change)
    for m in range(out.shape[0]):
        for _ in range(thin):
            gibbs_sweep(state, theta, adjacency, degrees, change)
        _count_with_degrees(adjacency, degrees, change, out[m])


@inlined
def _count_with_degrees(adjacency, degrees, change, out):
    out[:] = 0.0
    for i in range(adjacency.shape[0]):
        d = np.float64(degrees[i])
        out[1] += 0.5 * d * (d - 1.0)
        out[2] += d * (d - 1.0) * (d - 2.0) / 6.0
        for j in range(i + 1, adjacency.shape[0]):
            if adjacency[i, j]:
                added_by_edge(adjacency, degrees, i, j, True, change)
                out[0] += 1.0
                out[3] += change[3] / 3.0


@kernel
def gibbs_update(x, random, theta, n):
    """One Gibbs sweep of the pairs x (n (n - 1) / 2,): what `Gibbs()` runs."""
    size = np.int64(n)
    adjacency, degrees, change = np.zeros((size, size), np.uint8), np.empty(size, np.int64), np.empty(4)
    set_pairs(x, adjacency)
    count_degrees(adjacency, degrees)
    gibbs_sweep(random, theta, adjacency, degrees, change)
    get_pairs(adjacency, x)


@kernel
def metropolis_update(x, random, theta, n):
    """As many proposed flips of the pairs x (n (n - 1) / 2,) as there are pairs."""
    size = np.int64(n)
    adjacency, degrees, change = np.zeros((size, size), np.uint8), np.empty(size, np.int64), np.empty(4)
    set_pairs(x, adjacency)
    count_degrees(adjacency, degrees)
    metropolis_sweep(random, theta, adjacency, degrees, change)
    get_pairs(adjacency, x)


@kernel
def family_log_density(x, theta, n):
    """theta . s of the pairs x, minus infinity where one is neither 0 nor 1."""
    size = np.int64(n)
    for k in range(x.size):
        if x[k] != 0.0 and x[k] != 1.0:
            return -np.inf
    adjacency, degrees = np.zeros((size, size), np.uint8), np.empty(size, np.int64)
    change, counts = np.empty(4), np.empty(4)
    set_pairs(x, adjacency)
    count_degrees(adjacency, degrees)
    _count_with_degrees(adjacency, degrees, change, counts)
    return theta[0] * counts[0] + theta[1] * counts[1] + theta[2] * counts[2] + theta[3] * counts[3]
