"""Bernoulli emissions: independent zeros and ones given the state."""

import numpy as np

from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import kernel
from statsim.kernels.streams import uniform


@kernel
def log_density_bernoulli(values, log_no, log_yes, out):
    """out (n, k) of zeros and ones (n, d), NaN where missing; log probabilities (k, d) of either."""
    k = log_no.shape[0]
    for t in range(values.shape[0]):
        for c in range(k):
            out[t, c] = 0.0
        for j in range(values.shape[1]):
            x = values[t, j]
            if x == x:
                for c in range(k):
                    out[t, c] += log_yes[c, j] if x == 1.0 else log_no[c, j]


@kernel
def fill_bernoulli(key, number, offsets, path, probabilities, rows):
    """Draw the zeros and ones (n, d) int64 that the states `path` (n,) of sequences number, number + 1, ... emit."""
    random = np.empty(4, np.uint64)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            for j in range(probabilities.shape[1]):
                rows[t, j] = 1 if uniform(random) < probabilities[path[t], j] else 0
