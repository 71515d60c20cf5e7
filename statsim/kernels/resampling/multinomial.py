"""Multinomial resampling: n independent indices, in rising order.

The order statistics of n uniforms come one after another (Bentley, Saxe 1980, Generating sorted lists of random numbers, ACM
TOMS 6): the largest share left after each is a power of a uniform.
"""

from statsim.kernels.elementary.exponential import expm1
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import kernel
from statsim.kernels.resampling.walk import advance_to, total_and_last
from statsim.kernels.streams import uniform_open


@kernel
def multinomial(random, weights, out):
    """Fill out (n,) int64 with indices of weights (m,), which need not sum to 1.

    Parameters
    ----------
    random : (4,) uint64
    weights : (m,), finite, not negative, one of them positive
    out : (n,) int64, rising
    """
    n = out.size
    total, last = total_and_last(weights)
    i, reached, log_left = 0, weights[0], 0.0
    for k in range(n):
        log_left += log(uniform_open(random)) / (n - k)
        i, reached = advance_to(-expm1(log_left) * total, i, reached, weights, last)
        out[k] = i
