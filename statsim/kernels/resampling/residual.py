"""Residual resampling: the whole part of n times each weight for sure, the rest multinomially (Liu, Chen 1998, JASA 93)."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.resampling.multinomial import multinomial
from statsim.kernels.resampling.walk import total_and_last


@kernel
def residual(random, weights, out):
    """As `multinomial`; an index comes at least floor(n times its weight) times."""
    n, m = out.size, weights.size
    total, _ = total_and_last(weights)
    counts, rest, sure = np.zeros(m, np.int64), np.zeros(m), 0
    for i in range(m):
        expected = weights[i] / total * n
        counts[i] = int(math.floor(expected))
        rest[i] = expected - counts[i]
        sure += counts[i]
    if sure < n:
        drawn = np.empty(n - sure, np.int64)
        multinomial(random, rest, drawn)
        for k in range(drawn.size):
            counts[drawn[k]] += 1
    place = 0
    for i in range(m):
        for _ in range(min(counts[i], n - place)):  # rounding may make the whole parts n + 1
            out[place] = i
            place += 1
