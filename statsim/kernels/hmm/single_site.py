r"""Hidden states one at a time: :math:`p(s_t \mid s_{-t}, x) \propto a_{s_{t-1} s_t} b_{s_t}(x_t) a_{s_t s_{t+1}}`.

Robert, Celeux, Diebolt (1993), Statistics and Probability Letters 16. It keeps the same law as the forward filter with backward sampling, and mixes slowly
where neighbouring states hold one another fast (Scott 2002, JASA 97).
"""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.variates.weighted_category import log_categorical


@kernel
def path_log_density(x, log_b, offsets, log_start, log_moves):
    """Log joint density of the path x (n,), states as doubles, and the steps."""
    value = 0.0
    for i in range(offsets.size - 1):
        for t in range(offsets[i], offsets[i + 1]):
            state = np.int64(x[t])
            value += log_b[t, state] + (log_start[state] if t == offsets[i] else log_moves[np.int64(x[t - 1]), state])
    return value


@kernel
def single_site_update(x, random, log_b, offsets, log_start, log_moves):
    """Draw the state of each step of x (n,) in turn, given all others."""
    k = log_start.size
    terms = np.empty(k)
    for i in range(offsets.size - 1):
        for t in range(offsets[i], offsets[i + 1]):
            for j in range(k):
                terms[j] = log_b[t, j] + (log_start[j] if t == offsets[i] else log_moves[np.int64(x[t - 1]), j])
                if t + 1 < offsets[i + 1]:
                    terms[j] += log_moves[j, np.int64(x[t + 1])]
            state = log_categorical(random, terms)
            x[t] = state if state >= 0 else math.nan
