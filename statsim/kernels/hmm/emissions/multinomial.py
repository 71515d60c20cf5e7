"""Multinomial emissions: how often each of m categories came up in n trials, given the state.

Where some counts of a step are missing, what the trials leave is one count of the missing categories together.
"""

import numpy as np

from statsim.kernels.elementary import log, log_gamma
from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.variates.binomial import binomial


@inlined
def _counts(row):
    """The sum of the counts that are not NaN, how many those are, and the sum of their log factorials."""
    total, seen, factorials = 0.0, 0, 0.0
    for j in range(row.size):
        if row[j] == row[j]:
            total += row[j]
            seen += 1
            factorials += log_gamma(row[j] + 1.0)
    return total, seen, factorials


@kernel
def log_density_multinomial(values, n_trials, probabilities, log_probabilities, out):
    """out (n, k) of counts (n, m); probabilities (k, m). A row without NaN has as many trials as its sum, others `n_trials`."""
    k, m = probabilities.shape
    for t in range(values.shape[0]):
        row = values[t]
        total, seen, factorials = _counts(row)
        trials = total if seen == m else n_trials
        rest = trials - total
        for c in range(k):
            value, hidden = log_gamma(trials + 1.0) - factorials - log_gamma(rest + 1.0), 0.0
            for j in range(m):
                if row[j] != row[j]:
                    hidden += probabilities[c, j]
                elif row[j] > 0.0:
                    value += row[j] * log_probabilities[c, j]
            if rest > 0.0 and seen > 0:
                value += rest * log(hidden)
            out[t, c] = value if seen > 0 else 0.0


@kernel
def add_counts_multinomial(values, n_trials, probabilities, gamma, weights, counts):
    """Add the expected weighted counts (k, m) given what was observed; a step of which nothing was says nothing."""
    k, m = probabilities.shape
    for t in range(values.shape[0]):
        row = values[t]
        total, seen, _ = _counts(row)
        for c in range(k):
            share, hidden = weights[t] * gamma[t, c], 0.0
            if seen == 0 or share == 0.0:
                continue
            for j in range(m):
                if row[j] == row[j]:
                    counts[c, j] += share * row[j]
                else:
                    hidden += probabilities[c, j]
            if seen < m and hidden > 0.0:
                scale = share * (n_trials - total) / hidden
                for j in range(m):
                    if row[j] != row[j]:
                        counts[c, j] += scale * probabilities[c, j]


@kernel
def fill_multinomial(key, number, offsets, path, n_trials, shares, rows):
    """Draw the counts (n, m) int64 that the states `path` (n,) emit, category by category.

    shares (k, m): the probability of each category among itself and those after it.
    """
    random = np.empty(4, np.uint64)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            left = n_trials
            for j in range(shares.shape[1]):
                count = binomial(random, left, shares[path[t], j])
                rows[t, j] = count
                left -= count
