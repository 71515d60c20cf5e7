r"""Paths of states of a hidden semi-Markov model: from the model itself, and from the posterior of a filtered sequence.

Ancestral: a state, its sojourn, the state after it, each by its alias table. Posterior: the last sojourn and then those before it, backwards, with
probability proportional to what the forward pass found (Guedon 2007, Computational Statistics and Data Analysis 51, section 3).
"""

import numpy as np

from statsim.kernels.hmm.paths import seed_states
from statsim.kernels.hmm.semi_forward import entries, log_sum
from statsim.kernels.jit import kernel
from statsim.kernels.variates.categorical import categorical_alias
from statsim.kernels.variates.weighted_category import log_categorical


@kernel
def fill_semi_paths(key, first, offsets, initial, moves, sojourns, path):
    """Fill `path` (n,) int64 with the states of sequences first, first + 1, ...

    `initial` ((k,), (k,)), `moves` ((k, k), (k, k)) and `sojourns` ((k, D), (k, D)) are pairs of alias tables.
    """
    random = np.empty(4, np.uint64)
    for i in range(offsets.size - 1):
        seed_states(key, first + i, random)
        t, end, state = offsets[i], offsets[i + 1], np.int64(-1)
        while t < end:
            if state < 0:
                state = categorical_alias(random, initial[0], initial[1])
            else:
                state = categorical_alias(random, moves[0][state], moves[1][state])
            length = categorical_alias(random, sojourns[0][state], sojourns[1][state]) + 1
            for s in range(t, min(t + length, end)):
                path[s] = state
            t += length


@kernel
def fill_semi_posterior_paths(key, first, log_b, log_in, log_out, log_transition, log_d, log_s, paths):
    """Fill each row of `paths` (m, n) int64 with a path from the posterior of one sequence filtered by `semi_forward`; row i has the stream first + i."""
    k, n = log_b.shape
    random, states, terms, ends = np.empty(4, np.uint64), np.empty(k), np.empty(log_d.shape[1]), np.empty(k)
    for j in range(k):
        ends[j] = log_sum(terms, entries(log_b[j], log_in[j], log_s[j], n - 1, terms))[0]
    for i in range(paths.shape[0]):
        seed_states(key, first + i, random)
        t, following = n - 1, np.int64(0)
        while t >= 0:
            for j in range(k):
                states[j] = ends[j] if t == n - 1 else log_out[j, t] + log_transition[j, following]
            state = np.int64(log_categorical(random, states))
            count = entries(log_b[state], log_in[state], log_s[state] if t == n - 1 else log_d[state], t, terms)
            length = log_categorical(random, terms[:count]) + 1
            for s in range(t - length + 1, t + 1):
                paths[i, s] = state
            t, following = t - length, state
