"""A row of k numbers that a loop carries: a tuple, which the compiler keeps in the registers of the processor, while k is small.

The recursions of hidden Markov models are chains: each step waits for the one before, so a trip through memory costs more than the arithmetic.
Kernels take a row of `registers(k)` and change it by `put` and `times`; the length of a tuple is a part of its type, so loops over it are unrolled.
"""

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

MOST = 8
"""States that fit: sixteen vector registers hold two rows and what is on the way."""


def registers(k):
    """A row of k numbers, to be filled: a tuple, or an array where k is large."""
    return (0.0,) * k if k <= MOST else np.empty(k)


def put(values, i, x):
    """`values` with x at place i: a new tuple, or the same array.

    >>> put((1.0, 2.0, 3.0), 1, 5.0)
    (1.0, 5.0, 3.0)
    """
    if isinstance(values, tuple):
        return (*values[:i], x, *values[i + 1 :])
    values[i] = x
    return values


@intrinsic
def _put_in_tuple(typing_context, values, i, x):
    def generate(context, builder, signature, arguments):
        row, place, number = arguments
        storage = cgutils.alloca_once_value(builder, row)
        builder.store(number, cgutils.gep_inbounds(builder, storage, 0, place))
        return builder.load(storage)

    return values(values, types.intp, values.dtype), generate


@overload(put, inline="always")
def _put_compiled(values, i, x):
    if isinstance(values, types.UniTuple):
        return lambda values, i, x: _put_in_tuple(values, i, x)

    def in_array(values, i, x):
        values[i] = x
        return values

    return in_array


def times(row, matrix, out):
    """`out` = row (k,) times a matrix (k, k) whose rows lie end to end in `matrix`.

    >>> times((1.0, 2.0), (1.0, 2.0, 3.0, 4.0), (0.0, 0.0))
    (7.0, 10.0)
    """
    return _times_tuple(row, matrix, out) if isinstance(row, tuple) else _times_array(row, matrix, out)


def _times_tuple(row, matrix, out):
    k = len(row)
    for j in range(k):
        out = put(out, j, row[0] * matrix[j])
    for h in range(1, k):
        for j in range(k):
            out = put(out, j, out[j] + row[h] * matrix[h * k + j])
    return out


def _times_array(row, matrix, out):
    k = row.size
    for j in range(k):
        out[j] = row[0] * matrix[j]
    for h in range(1, k):
        x, line = row[h], matrix[h * k : (h + 1) * k]
        for j in range(k):
            out[j] += x * line[j]
    return out


@overload(times, jit_options={"forceinline": True, "error_model": "numpy"})
def _times_compiled(row, matrix, out):
    return _times_tuple if isinstance(row, types.UniTuple) else _times_array
