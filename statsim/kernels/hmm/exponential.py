"""exp of numbers that are not positive, for a loop over neighbours: the terms of the sum two by two, so that few of them wait for another.

Reduction by Cody and Waite (1980) as in `statsim.kernels.elementary.vector_exp`; the Taylor sum to degree 13 (truncated below 1e-17) is taken
in pairs (G. Estrin, Proc. Western Joint Computer Conference 1960): half the time of Horner's order, and the same on every machine. Within 2 ulp.
"""

import math

from statsim.kernels.bits import bits_to_float, float_to_bits
from statsim.kernels.jit import inlined

_MAGIC = 1.5 * 2.0**52  # adding it leaves the nearest whole number in the low bits
_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOWEST = -708.0
_C2, _C3, _C4, _C5, _C6, _C7, _C8, _C9, _C10, _C11, _C12, _C13 = (1.0 / math.factorial(i) for i in range(2, 14))


@inlined
def exp_negative(x):
    """exp(x) for x <= 0; below -708 the answer is exp(-708) = 3e-308.

    >>> exp_negative(-1.0)
    0.36787944117144233
    """
    u = max(x, _LOWEST)
    shifted = u * _LOG2_E + _MAGIC
    whole = shifted - _MAGIC
    r = (u - whole * _LN2_HIGH) - whole * _LN2_LOW
    square = r * r
    fourth = square * square
    low = (1.0 + r) + (_C2 + _C3 * r) * square
    middle = (_C4 + _C5 * r) + (_C6 + _C7 * r) * square
    high = ((_C8 + _C9 * r) + (_C10 + _C11 * r) * square) + (_C12 + _C13 * r) * fourth
    return (low + fourth * (middle + fourth * high)) * bits_to_float((float_to_bits(shifted) + 1023) << 52)
