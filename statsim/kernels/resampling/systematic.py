"""Systematic resampling: one uniform shifts a comb of n teeth (Carpenter, Clifford, Fearnhead 1999, IEE Proc. Radar 146)."""

from statsim.kernels.jit import kernel
from statsim.kernels.resampling.walk import advance_to, total_and_last
from statsim.kernels.streams import uniform


@kernel
def systematic(random, weights, out):
    """As `multinomial`; an index comes floor or ceil of n times its weight times, and one word of the stream is used."""
    n = out.size
    total, last = total_and_last(weights)
    i, reached, shift = 0, weights[0], uniform(random)
    for k in range(n):
        i, reached = advance_to((k + shift) / n * total, i, reached, weights, last)
        out[k] = i
