"""A call by address: compiled samplers call a target they were not compiled with.

The address is that of a C function `double f(double *x, double *gradient, int64 *table)`. A sampler therefore compiles once and
is cached; a new target costs its own compilation only. The same C form is worn by a Numba function (compiled through
`cfunc`) and by a plain Python function (through `ctypes`, which takes the GIL for the call).
"""

import ctypes

import numba
from numba import types
from numba.extending import intrinsic

SIGNATURE = types.float64(types.voidptr, types.voidptr, types.voidptr)
PROTOTYPE = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


def _call_interpreted(address, x, gradient, table):
    return PROTOTYPE(int(address))(x.ctypes.data, gradient.ctypes.data, table.ctypes.data)


@intrinsic
def _call_compiled(typingctx, address, x, gradient, table):
    from llvmlite import ir
    from numba.core import cgutils
    from numba.np.arrayobj import make_array

    def generate(context, builder, signature, args):
        pointers = [
            builder.bitcast(make_array(kind)(context, builder, value).data, cgutils.voidptr_t)
            for kind, value in zip(signature.args[1:], args[1:], strict=True)
        ]
        c_function = ir.FunctionType(ir.DoubleType(), [cgutils.voidptr_t] * 3)
        return builder.call(builder.inttoptr(args[0], c_function.as_pointer()), pointers)

    return types.float64(types.int64, x, gradient, table), generate


def _call_row_interpreted(address, points, gradients, row, table):
    return PROTOTYPE(int(address))(points[row].ctypes.data, gradients[row].ctypes.data, table.ctypes.data)


@intrinsic
def _call_row_compiled(typingctx, address, points, gradients, row, table):
    from llvmlite import ir
    from numba.core import cgutils
    from numba.np.arrayobj import make_array

    def generate(context, builder, signature, args):
        def pointer(kind, value, begin=None):
            array = make_array(kind)(context, builder, value)
            data = builder.bitcast(array.data, cgutils.voidptr_t)
            if begin is None:
                return data
            offset = builder.mul(begin, cgutils.unpack_tuple(builder, array.strides)[0])
            return builder.gep(data, [offset])

        kinds = signature.args
        pointers = [pointer(kinds[1], args[1], args[3]), pointer(kinds[2], args[2], args[3]), pointer(kinds[4], args[4])]
        c_function = ir.FunctionType(ir.DoubleType(), [cgutils.voidptr_t] * 3)
        return builder.call(builder.inttoptr(args[0], c_function.as_pointer()), pointers)

    return types.float64(types.int64, points, gradients, types.int64, table), generate


call_row_by_address = _call_row_interpreted if numba.config.DISABLE_JIT else _call_row_compiled
"""`call_row_by_address(address, points, gradients, row, table)`: the same for one row of two C-contiguous matrices, without a view."""

call_by_address = _call_interpreted if numba.config.DISABLE_JIT else _call_compiled
"""`call_by_address(address, x, gradient, table)`: the double that the C function at `address` returns."""
