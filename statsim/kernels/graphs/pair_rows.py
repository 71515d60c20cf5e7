r"""Graphs as rows of zeros and ones, one for each pair: densities of independent edges, degrees, and chains inside constraints.

The chain is Metropolis's (Metropolis et al. 1953): a pair drawn at random is flipped, or two pairs change places, which keeps the number of
edges; what leaves the constraints is refused.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.graphs.union_find import find, unite
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import next_uint64, uniform
from statsim.kernels.variates.bounded_integers import integer_below

_ONE = np.uint64(1)


@kernel
def pairs_log_density(x, log_p, log_q):
    """Log probability of the pairs x (N,) with log probabilities log_p of an edge and log_q of none; -inf where x is neither 0 nor 1."""
    total = 0.0
    for k in range(x.size):
        if x[k] == 1.0:
            total += log_p[k]
        elif x[k] == 0.0:
            total += log_q[k]
        else:
            return -math.inf
    return total


@kernel
def rows_log_density(rows, log_p, log_q, out):
    """`pairs_log_density` of each row (m, N)."""
    for r in range(rows.shape[0]):
        out[r] = pairs_log_density(rows[r], log_p, log_q)


@kernel
def is_allowed(x, firsts, seconds, limits, degree_low, degree_high, parent, degrees):
    """Truth of x keeping limits (3,) = fewest edges, most edges, connected, and the degrees between degree_low and degree_high (n,)."""
    n, m = degree_low.size, 0
    degrees[:] = 0
    parent[:] = -1
    parts = n
    for k in range(x.size):
        if x[k] != 0.0:
            m += 1
            degrees[firsts[k]] += 1
            degrees[seconds[k]] += 1
            a, b = find(parent, firsts[k]), find(parent, seconds[k])
            if a != b:
                unite(parent, a, b)
                parts -= 1
    if m < limits[0] or m > limits[1] or (limits[2] != 0 and parts > 1):
        return False
    for i in range(n):
        if degrees[i] < degree_low[i] or degrees[i] > degree_high[i]:
            return False
    return True


@inlined
def _flipped(x, k, log_p, log_q):
    """Change of the log density when pair k is flipped."""
    return log_q[k] - log_p[k] if x[k] != 0.0 else log_p[k] - log_q[k]


@kernel
def constrained_update(x, random, log_p, log_q, firsts, seconds, limits, degree_low, degree_high):
    """As many proposals as there are pairs, of a flip or of two pairs that change places."""
    n, size = degree_low.size, x.size
    parent, degrees = np.empty(n, np.int32), np.empty(n, np.int64)
    for _ in range(size):
        k, l = integer_below(random, size), integer_below(random, size)
        is_flip = next_uint64(random) & _ONE
        if not is_flip and x[k] == x[l]:
            continue
        gain = _flipped(x, k, log_p, log_q)
        if not is_flip:
            gain += _flipped(x, l, log_p, log_q)
            x[l] = 1.0 - x[l]
        x[k] = 1.0 - x[k]
        taken = uniform(random) < exp(min(gain, 0.0)) and is_allowed(x, firsts, seconds, limits, degree_low, degree_high, parent, degrees)
        if not taken:
            x[k] = 1.0 - x[k]
            if not is_flip:
                x[l] = 1.0 - x[l]


@kernel
def constrained_log_density(x, log_p, log_q, firsts, seconds, limits, degree_low, degree_high):
    """`pairs_log_density` inside the constraints, -inf outside."""
    parent, degrees = np.empty(degree_low.size, np.int32), np.empty(degree_low.size, np.int64)
    if not is_allowed(x, firsts, seconds, limits, degree_low, degree_high, parent, degrees):
        return -math.inf
    return pairs_log_density(x, log_p, log_q)


@kernel
def fill_pair_rows(key, first, probabilities, rows):
    """Rows (m, N) of independent pairs with `probabilities` (N,); row number first + r has a stream of its own."""
    state = np.empty(4, np.uint64)
    for r in range(rows.shape[0]):
        seed_stripe(key[0], key[1], np.uint64(first + r), np.uint64(0), state)
        for k in range(probabilities.size):
            rows[r, k] = 1.0 if uniform(state) < probabilities[k] else 0.0


@kernel
def rows_allowed(rows, firsts, seconds, limits, degree_low, degree_high, out):
    """`is_allowed` of each row (m, N)."""
    parent, degrees = np.empty(degree_low.size, np.int32), np.empty(degree_low.size, np.int64)
    for r in range(rows.shape[0]):
        out[r] = is_allowed(rows[r], firsts, seconds, limits, degree_low, degree_high, parent, degrees)
