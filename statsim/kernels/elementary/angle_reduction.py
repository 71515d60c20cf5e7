"""x - n pi/2 as a double-double in [-pi/4, pi/4], for every finite double.

Up to 2**20: three 33-bit parts of pi/2, so that each n part is exact (W. J. Cody, W. Waite, Software Manual for the Elementary
Functions, 1980). Beyond: M. Payne, R. Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18 (1983): the
mantissa times those 192 bits of 2/pi that matter, in integers.
"""

import numpy as np

from statsim.kernels.bits import float_to_bits, multiply_high
from statsim.kernels.elementary.double_double import fast_two_sum, multiply, two_sum
from statsim.kernels.jit import inlined, kernel

_MEDIUM = 1048576.0
_TWO_OVER_PI = float.fromhex("0x1.45f306dc9c883p-1")
_PART_1 = float.fromhex("0x1.921fb54400000p+0")
_PART_2 = float.fromhex("0x1.0b4611a600000p-34")
_PART_3 = float.fromhex("0x1.3198a2e000000p-69")
_PART_4 = float.fromhex("0x1.b839a252049c1p-104")
_HALF_PI = float.fromhex("0x1.921fb54442d18p+0")
_HALF_PI_LOW = float.fromhex("0x1.1a62633145c07p-54")
_ROUNDER = 6755399441055744.0

# 64 zero bits, then the bits of 2/pi
WORDS = np.array(
    [
        0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041,
        0xFE5163ABDEBBC561, 0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E,
        0xE88235F52EBB4484, 0xE99C7026B45F7E41, 0x3991D639835339F4, 0x9C845F8BBDF9283B,
        0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7, 0x4F463F669E5FEA2D,
        0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB,
        0xF0CFBC209AF4361D,
    ],
    dtype=np.uint64,
)  # fmt: skip
_U1, _U2, _U32, _U62, _U63 = np.uint64(1), np.uint64(2), np.uint64(32), np.uint64(62), np.uint64(63)
_LOW_32 = np.uint64(0xFFFFFFFF)
_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_HIDDEN = np.int64(0x0010000000000000)


@inlined
def _medium(x):
    """Reduction for |x| <= 2**20."""
    n = (x * _TWO_OVER_PI + _ROUNDER) - _ROUNDER
    r, e = two_sum(x - n * _PART_1, -(n * _PART_2))
    r, e2 = two_sum(r, -(n * _PART_3))
    r, low = two_sum(r, (e + e2) - n * _PART_4)
    return np.int64(n) & 3, r, low


@inlined
def _word(start):
    """64 bits of 2/pi from bit `start` of the table."""
    i = start >> 6
    shift = np.uint64(start & 63)
    return (WORDS[i] << shift) | ((WORDS[i + 1] >> _U1) >> (_U63 - shift))


@kernel
def _fraction(mantissa, exponent):
    """(n, high, low): mantissa 2**exponent 2/pi modulo 4 is n plus the 128-bit fraction (high, low)."""
    start = exponent + 62
    a, b, c = _word(start), _word(start + 64), _word(start + 128)
    low = mantissa * b
    middle = low + multiply_high(mantissa, c)
    carry = _U1 if middle < low else np.uint64(0)
    top = mantissa * a + multiply_high(mantissa, b) + carry
    return np.int64(top >> _U62), (top << _U2) | (middle >> _U62), middle << _U2


@kernel
def _large(x):
    """Reduction for 2**20 < x < inf."""
    bits = float_to_bits(x)
    n, high, low = _fraction(np.uint64((bits & _MANTISSA) | _HIDDEN), (bits >> 52) - 1075)
    top = np.int64(high >> _U32)
    if top >= 2147483648:  # a fraction of at least 1/2 counts down from the next quarter turn
        n, top = n + 1, top - 4294967296
    s, e = two_sum(top * 2.0**-32, np.int64(high & _LOW_32) * 2.0**-64)
    s, e2 = two_sum(s, np.int64(low >> _U32) * 2.0**-96)
    s, e = fast_two_sum(s, e + e2 + np.int64(low & _LOW_32) * 2.0**-128)
    r, r_low = multiply(s, e, _HALF_PI, _HALF_PI_LOW)
    return n & 3, r, r_low


@inlined
def reduce_angle(x):
    """(n, r, low) with x = (4 m + n) pi/2 + r + low for a whole m; x finite."""
    if abs(x) <= _MEDIUM:
        return _medium(x)
    n, r, low = _large(abs(x))
    return (n, r, low) if x > 0.0 else ((4 - n) & 3, -r, -low)
