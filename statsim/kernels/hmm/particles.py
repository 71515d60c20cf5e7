r"""A particle filter: paths of states that are weighed by what was seen, and resampled when few of them still count.

Gordon, Salmond, Smith (1993), IEE Proc. F 140 (bootstrap filter); Liu, Chen (1995), JASA 90 (resampling below a threshold). The product of the mean
weights is an unbiased estimate of the likelihood (Del Moral 2004, proposition 7.4.1).
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import kernel
from statsim.kernels.resampling.systematic import systematic
from statsim.kernels.variates.categorical import categorical_alias


@kernel
def filter_particles(random, log_b, first_table, first_alias, tables, aliases, threshold, states, ancestors, weights, sizes):
    """Run one filter over a sequence.

    Parameters
    ----------
    random : (4,) uint64
    log_b : (n, k)
        Log density of each step given each state.
    first_table, first_alias : (k,), tables, aliases : (k, k)
        Alias tables of the start and of each row of the transitions.
    threshold : float
        Share of the particles below which their effective number must fall for them to be resampled.
    states, ancestors : (n, m) int64
        Filled: state of each particle at each step, and which particle of the step before it comes from.
    weights : (n, m)
        Filled: normalised weights of each step.
    sizes : (n,)
        Filled: effective number of particles.

    Returns
    -------
    float
        Log of the estimated likelihood; minus infinity where no particle could go on.
    """
    n, m = states.shape
    total, chosen = 0.0, np.empty(m, np.int64)
    for t in range(n):
        resampled = t > 0 and sizes[t - 1] < threshold * m
        if resampled:
            systematic(random, weights[t - 1], chosen)
        top = -math.inf
        for i in range(m):
            if t == 0:
                ancestors[t, i] = i
                states[t, i] = categorical_alias(random, first_table, first_alias)
            else:
                ancestors[t, i] = chosen[i] if resampled else i
                before = states[t - 1, ancestors[t, i]]
                states[t, i] = categorical_alias(random, tables[before], aliases[before])
            if t == 0 or resampled or weights[t - 1, i] > 0.0:
                top = max(top, log_b[t, states[t, i]])
        if not top > -math.inf:
            return -math.inf
        share = _weigh(log_b[t], states[t], weights[t - 1] if t > 0 and not resampled else weights[t], t > 0 and not resampled, top, weights[t])
        total += top + log(share)
        sizes[t] = _effective(weights[t])
    return total


@kernel
def _weigh(log_b, states, before, carried, top, weights):
    """Normalised weights; the mean of the relative densities under the weights before (equal ones, unless `carried`)."""
    m, total = states.size, 0.0
    for i in range(m):
        share = before[i] if carried else 1.0 / m
        weights[i] = share * exp(max(log_b[states[i]] - top, -745.0)) if log_b[states[i]] > -math.inf else 0.0
        total += weights[i]
    for i in range(m):
        weights[i] /= total
    return total


@kernel
def _effective(weights):
    squares = 0.0
    for i in range(weights.size):
        squares += weights[i] * weights[i]
    return 1.0 / squares


@kernel
def trace_back(states, ancestors, last, paths):
    """Write the paths (r, n) of the particles `last` (r,) of the last step."""
    for r in range(last.size):
        at = last[r]
        for t in range(states.shape[0] - 1, -1, -1):
            paths[r, t] = states[t, at]
            at = ancestors[t, at]
