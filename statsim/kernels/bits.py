"""Bit patterns of doubles and the high half of a 64-bit product, the same compiled and interpreted.

Reinterpretation goes through NumPy's scalar `view`, which Numba compiles to a bitcast. The high half has no such common
form: Python multiplies its unbounded integers, and Numba is given one 128-bit multiplication.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from statsim.kernels.jit import inlined


@inlined
def float_to_bits(x):
    """The 64 bits of the double `x` as an int64 (signed, so that integer literals keep the type in Numba)."""
    return np.float64(x).view(np.int64)


@inlined
def bits_to_float(bits):
    """The double whose 64 bits are those of the integer `bits`."""
    return float(np.int64(bits).view(np.float64))  # a Python float overflows without a warning when interpreted


def multiply_high(a, b):
    """The high 64 bits of the 128-bit product of two uint64.

    >>> hex(multiply_high(np.uint64(2**63), np.uint64(6)))
    '0x3'
    """
    return np.uint64(int(a) * int(b) >> 64)


@intrinsic
def _multiply_high_128(typing_context, a, b):
    def generate(context, builder, signature, arguments):
        wide = ir.IntType(128)
        left, right = (builder.zext(value, wide) for value in arguments)
        high = builder.lshr(builder.mul(left, right), ir.Constant(wide, 64))
        return builder.trunc(high, ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


@overload(multiply_high)
def _multiply_high_compiled(a, b):
    if a == types.uint64 and b == types.uint64:
        return lambda a, b: _multiply_high_128(a, b)
    return None
