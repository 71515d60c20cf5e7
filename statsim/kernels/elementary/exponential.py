"""exp and expm1 within 1 ulp, from additions, multiplications and bit patterns only, so equal on every machine.

x = k log 2 + r with |r| <= log(2) / 2 and exp(x) = 2**k (1 + r + r**2 Q(r)); the rounding of r is kept as a second double.
The reduction is that of W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980); Q is the minimax
polynomial of relative weight r**2 (Remez; tests/reference/elementary_coefficients.py recomputes it). No branch depends on x,
so a loop over an array becomes vector instructions.
"""

import numpy as np

from statsim.kernels.bits import bits_to_float, float_to_bits
from statsim.kernels.elementary.double_double import fast_two_sum, two_sum
from statsim.kernels.elementary.polynomial import horner
from statsim.kernels.jit import inlined

LN2_HIGH = float.fromhex("0x1.62e42fefa0000p-1")  # 37 bits: k LN2_HIGH is exact for |k| < 2**16
LN2_LOW = float.fromhex("0x1.cf79abc9e3b3ap-40")
_INVERSE_LN2 = float.fromhex("0x1.71547652b82fep+0")
_ROUNDER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the nearest integer in the low bits
_ROUNDER_BITS = np.int64(0x4338000000000000)

Q = tuple(
    float.fromhex(text)
    for text in (
        "0x1.0000000000000p-1",
        "0x1.555555555555cp-3",
        "0x1.555555555555ep-5",
        "0x1.111111110ebb5p-7",
        "0x1.6c16c16c1352cp-10",
        "0x1.a01a01b3baac4p-13",
        "0x1.a01a01b46fd6cp-16",
        "0x1.71ddef9468375p-19",
        "0x1.27e4befd88eaap-22",
        "0x1.af6ccc782cb28p-26",
        "0x1.1f9e371e1e874p-29",
    )
)


@inlined
def _reduced(x, x_low):
    """(k, r, c) with x + x_low = k log 2 + r + c, |c| at most half an ulp of r."""
    shifted = x * _INVERSE_LN2 + _ROUNDER
    k = shifted - _ROUNDER
    high = x - k * LN2_HIGH
    low = k * LN2_LOW - x_low
    r = high - low
    return float_to_bits(shifted) - _ROUNDER_BITS, r, (high - r) - low


@inlined
def _scaled(y, k):
    """y 2**k in two steps, so that both overflow and gradual underflow round once; -2048 < k < 2048."""
    half = (((k + 2048) >> 1) & 4095) - 1024
    return y * bits_to_float((half + 1023) << 52) * bits_to_float((k - half + 1023) << 52)


@inlined
def exp_sum(x, x_low):
    """exp(x + x_low) for |x_low| far below |x|: the last step of `power`."""
    x = 710.0 if x > 710.0 else x
    x = -746.0 if x < -746.0 else x
    k, r, c = _reduced(x, x_low)
    one_plus_r, error = fast_two_sum(1.0, r)
    return _scaled(one_plus_r + (error + (c + r * r * horner(Q, r))), k)


@inlined
def exp(x):
    """e**x within 1 ulp; inf above 709.78, 0 below -745.13, nan for nan.

    >>> exp(1.0)
    2.718281828459045
    """
    return exp_sum(float(x), 0.0)


@inlined
def expm1(x):
    """e**x - 1 within 1 ulp, also next to 0.

    >>> expm1(1e-20)
    1e-20
    """
    x = float(x)
    if x == 0.0:
        return x
    if x > 40.0:
        return exp_sum(x, 0.0) - 1.0
    if x < -40.0:
        return -1.0
    k, r, c = _reduced(x, 0.0)
    if x != x:
        return x
    scale = bits_to_float((k + 1023) << 52)
    whole, whole_error = two_sum(scale, -1.0)
    total, error = two_sum(whole, scale * r)
    return total + (whole_error + error + scale * (c + r * r * horner(Q, r)))
