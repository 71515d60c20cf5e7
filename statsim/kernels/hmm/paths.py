r"""Paths of states: from the chain itself, and from the posterior of a filtered sequence.

Ancestral: state t by the alias table of the row of state t - 1. Posterior (forward filter, backward sample; Carter, Kohn 1994, Biometrika 81; Chib
1996, J. Econometrics 75): :math:`p(s_t = i \mid s_{t+1} = j, x_{1..t}) \propto \hat\alpha_t(i) a_{ij}`, from the last step to the first.

A sequence has two blocks of the data set's stream: number 2 i for its states, 2 i + 1 for what they emit.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block, uniform
from statsim.kernels.variates.categorical import categorical_alias

_TWO, _ONE = np.uint64(2), np.uint64(1)


@inlined
def seed_states(key, number, state):
    """Set `state` (4,) to the stream of the states of sequence `number`."""
    seed_block(key[0], key[1], np.uint64(number) * _TWO, state)


@inlined
def seed_emissions(key, number, state):
    """Set `state` (4,) to the stream of what sequence `number` emits."""
    seed_block(key[0], key[1], np.uint64(number) * _TWO + _ONE, state)


@kernel
def fill_paths(key, first, offsets, initial_table, initial_alias, tables, aliases, path):
    """Fill `path` (n,) int64 with the states of sequences first, first + 1, ...; tables (k, k) are alias tables of the rows."""
    random = np.empty(4, np.uint64)
    for i in range(offsets.size - 1):
        seed_states(key, first + i, random)
        state = np.int64(0)
        for t in range(offsets[i], offsets[i + 1]):
            if t == offsets[i]:
                state = categorical_alias(random, initial_table, initial_alias)
            else:
                state = categorical_alias(random, tables[state], aliases[state])
            path[t] = state


@inlined
def _draw(random, weights):
    """An index with probability proportional to `weights` (k,), whose sum is positive; never one of weight 0."""
    total = 0.0
    for j in range(weights.size):
        total += weights[j]
    place, last, running = uniform(random) * total, 0, 0.0
    for j in range(weights.size):
        if weights[j] > 0.0:
            last = j
            running += weights[j]
            if place < running:
                return j
    return last


@kernel
def fill_posterior_path(key, number, alpha, transition, path):
    """Fill `path` (n,) int64 from the posterior of a sequence filtered into alpha (n, k), with the stream of sequence `number`."""
    n, k = alpha.shape
    random, weights = np.empty(4, np.uint64), np.empty(k)
    seed_states(key, number, random)
    for t in range(n - 1, -1, -1):
        for j in range(k):
            weights[j] = alpha[t, j] * (transition[j, path[t + 1]] if t < n - 1 else 1.0)
        path[t] = _draw(random, weights)


@kernel
def fill_posterior_paths(key, first, alpha, transition, paths):
    """The same for each row of `paths` (m, n); row i has the stream of sequence first + i."""
    for i in range(paths.shape[0]):
        fill_posterior_path(key, first + i, alpha, transition, paths[i])
