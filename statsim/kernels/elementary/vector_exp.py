"""exp over a tile of rows, in a form that compiles to SIMD instructions.

Cody and Waite (1980): x = n ln 2 + r with |r| <= ln(2) / 2, exp(x) = 2^n exp(r), exp(r) by its Taylor sum to degree 13
(truncated below 1e-17; two units in the last place in all). n comes out of the low bits of x / ln 2 + 1.5 * 2^52, so no slow float-to-integer conversion
is needed; the power of two is laid into the exponent bits through an integer view of a scratch array.
"""

import numpy as np

from statsim.kernels.jit import inlined

_MAGIC = 1.5 * 2.0**52
_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOWEST = -708.0


@inlined
def exp_scratch(width):
    """Scratch for `exp_tile`: an array of doubles, and the same memory seen as integers."""
    bits = np.zeros(width, np.int64)
    return bits.view(np.float64), bits


@inlined
def exp_tile(x, powers, bits, out, row):
    """Write exp(x[t]) into `out[row, t]` for x <= 0; below -708 the answer is exp(-708) = 3e-308.

    `powers` and `bits` are the pair of `exp_scratch`: two views of one memory.
    """
    width = x.shape[0]
    for t in range(width):
        u = max(x[t], _LOWEST)
        shifted = u * _LOG2_E + _MAGIC
        powers[t] = shifted
        n = shifted - _MAGIC
        r = (u - n * _LN2_HIGH) - n * _LN2_LOW
        s = 1.0 / 6227020800.0
        s = s * r + 1.0 / 479001600.0
        s = s * r + 1.0 / 39916800.0
        s = s * r + 1.0 / 3628800.0
        s = s * r + 1.0 / 362880.0
        s = s * r + 1.0 / 40320.0
        s = s * r + 1.0 / 5040.0
        s = s * r + 1.0 / 720.0
        s = s * r + 1.0 / 120.0
        s = s * r + 1.0 / 24.0
        s = s * r + 1.0 / 6.0
        s = s * r + 0.5
        s = s * r + 1.0
        out[row, t] = s * r + 1.0
    for t in range(width):
        bits[t] = (bits[t] + 1023) << 52
    for t in range(width):
        out[row, t] *= powers[t]
