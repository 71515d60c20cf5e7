"""exp for loops over neighbouring lanes: branchless, and compiled to vector instructions.

Cody, Waite (1980): x = n ln 2 + r, |r| <= ln(2) / 2, exp(x) = 2^n exp(r); n stands in the low bits of x / ln 2 + 1.5 * 2^52 and is added to the
exponent bits of exp(r) = 1 + r + r^2 P(r). P interpolates at Chebyshev points, degree 9 (error 1.3e-17) or 4 in single precision (8e-9), and is
summed by Estrin's scheme. Within two units in the last place.
"""

import numpy as np

from statsim.kernels.bits import bits_to_float, float_to_bits
from statsim.kernels.jit import inlined

LOWEST, LOWEST_SINGLE = -708.0, np.float32(-87.0)
_MAGIC, _LOG2_E = 1.5 * 2.0**52, 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_P = tuple(
    float.fromhex(text)
    for text in (
        "0x1.0000000000001p-1",
        "0x1.5555555555556p-3",
        "0x1.5555555553d63p-5",
        "0x1.11111111109b3p-7",
        "0x1.6c16c1788bd90p-10",
        "0x1.a01a01a7c41d5p-13",
        "0x1.a019b90d2ae7ap-16",
        "0x1.71de0dae63bb3p-19",
        "0x1.289185613a3d6p-22",
        "0x1.af38a9b0ec855p-26",
    )
)
_P0, _P1, _P2, _P3, _P4, _P5, _P6, _P7, _P8, _P9 = _P
_MAGIC_SINGLE, _LOG2_E_SINGLE = np.float32(1.5 * 2**23), np.float32(_LOG2_E)
_LN2_HIGH_SINGLE, _LN2_LOW_SINGLE = np.float32(0.693359375), np.float32(-2.12194440e-4)
_S0, _S1, _S2, _S3, _S4 = (
    np.float32(float.fromhex(text))
    for text in ("0x1p-1", "0x1.5554dcf88fd17p-3", "0x1.5555192d5f5dep-5", "0x1.120b6e42d2112p-7", "0x1.6d11093a17fd8p-10")
)
_ONE, _U23 = np.float32(1.0), np.int32(23)


@inlined
def exp_lane(x):
    """exp(x) for -708 <= x <= 700."""
    shifted = x * _LOG2_E + _MAGIC
    n = shifted - _MAGIC
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    tail = (_P4 + _P5 * r) + r2 * ((_P6 + _P7 * r) + r2 * (_P8 + _P9 * r))
    s = (1.0 + r) + (r2 * ((_P0 + _P1 * r) + r2 * (_P2 + _P3 * r)) + (r4 * r2) * tail)
    return bits_to_float(float_to_bits(s) + (float_to_bits(shifted) << 52))


@inlined
def exp_lane_single(x):
    """exp(x) in single precision for -87 <= x <= 80."""
    shifted = x * _LOG2_E_SINGLE + _MAGIC_SINGLE
    n = shifted - _MAGIC_SINGLE
    r = (x - n * _LN2_HIGH_SINGLE) - n * _LN2_LOW_SINGLE
    r2 = r * r
    s = (_ONE + r) + r2 * ((_S0 + _S1 * r) + r2 * ((_S2 + _S3 * r) + r2 * _S4))
    bits = np.int32(np.float32(s).view(np.int32) + np.int32(np.float32(shifted).view(np.int32) << _U23))
    return np.float32(bits.view(np.float32))
