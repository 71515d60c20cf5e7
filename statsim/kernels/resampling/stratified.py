"""Stratified resampling: one uniform in each of n equal strata (Kitagawa 1996, JCGS 5)."""

from statsim.kernels.jit import kernel
from statsim.kernels.resampling.walk import advance_to, total_and_last
from statsim.kernels.streams import uniform


@kernel
def stratified(random, weights, out):
    """As `multinomial`, with smaller variance: an index differs from n times its weight by less than 2."""
    n = out.size
    total, last = total_and_last(weights)
    i, reached = 0, weights[0]
    for k in range(n):
        i, reached = advance_to((k + uniform(random)) / n * total, i, reached, weights, last)
        out[k] = i
