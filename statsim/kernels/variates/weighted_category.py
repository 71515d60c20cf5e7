"""Categories by weights that change at every draw: one pass for the sum, one for the inversion (Devroye 1986, section III.2)."""

import math

from statsim.kernels.elementary import exp
from statsim.kernels.jit import kernel
from statsim.kernels.streams import uniform


@kernel
def categorical(state, weights):
    """An index drawn with probability proportional to `weights` (k,) >= 0; one of weight 0 never is. -1 where all are 0 or one is not finite."""
    total = 0.0
    for i in range(weights.size):
        if not weights[i] >= 0.0:
            return -1
        total += weights[i]
    if not 0.0 < total < math.inf:
        return -1
    u, last = uniform(state) * total, -1
    for i in range(weights.size):
        if weights[i] > 0.0:
            last = i
            if u < weights[i]:
                return i
            u -= weights[i]
    return last


@kernel
def log_categorical(state, log_weights):
    """`categorical` for the logarithms of weights; `log_weights` (k,) is overwritten. -1 where all are -inf or one is NaN or +inf."""
    top = -math.inf
    for i in range(log_weights.size):
        if not log_weights[i] < math.inf:
            return -1
        top = max(top, log_weights[i])
    if top == -math.inf:
        return -1
    for i in range(log_weights.size):
        log_weights[i] = exp(log_weights[i] - top)
    return categorical(state, log_weights)
