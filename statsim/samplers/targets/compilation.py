"""C functions from Numba functions: what `statsim.kernels.targets.call` calls by address.

Data are not frozen into the compiled function: it reads their addresses and shapes from a table of words at each call, so
new data of the same types never recompile it.
"""

import threading

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError

LOCK = threading.RLock()
"""Held while C functions are made: two threads that need one at the same time must get the same one."""


class Data:
    """The data of a target: kept alive, and described in a table of 64-bit words.

    The table holds the dimension, then for each array its address and shape, and for each number its bits.
    """

    def __init__(self, data, dim):
        self.values = tuple(_datum(value, place) for place, value in enumerate(data))
        words = [np.int64(dim)]
        for value in self.values:
            if isinstance(value, np.ndarray):
                words += [np.int64(value.ctypes.data), *map(np.int64, value.shape)]
            else:
                words.append(np.float64(value).view(np.int64) if isinstance(value, float) else np.int64(value))
        self.table = np.array(words, np.int64)


def _datum(value, place):
    """One item of `data` as a C-contiguous array, a float or an int."""
    if isinstance(value, (bool, np.bool_, int, np.integer)):
        if not -(2**63) <= int(value) < 2**63:
            raise ArgumentTypeError(f"data[{place}] must fit in 64 bits, got {value}; give it as a float")
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value)
    if np.ma.isMaskedArray(value):
        raise ArgumentTypeError(f"data[{place}] is a masked array, and its mask would be lost; give values and mask as two arrays")
    return _own_array(value, place)


def _own_array(value, place):
    """A C-contiguous copy in the machine's byte order that nobody can write to: data stay what they were."""
    array = np.asarray(value)
    if array.ndim == 0 or array.dtype.kind not in "biuf":
        raise ArgumentTypeError(
            f"data[{place}] must be a number or an array of numbers, got {type(value).__name__} of dtype {array.dtype}; "
            f"encode it as numbers first"
        )
    narrow = array.dtype.kind == "f" and array.dtype.itemsize not in (4, 8)  # kinds of float that Numba does not know
    array = np.array(array, dtype=np.float64 if narrow else array.dtype.newbyteorder("="), order="C", copy=True)
    array.flags.writeable = False
    return array


def own_data(data):
    """Data of a plain Python function: arrays of numbers as read-only copies, all else as it is."""
    plain = (type(value) is np.ndarray and value.ndim and value.dtype.kind in "biuf" for value in data)
    return tuple(_own_array(value, place) if is_array else value for place, (value, is_array) in enumerate(zip(data, plain, strict=True)))


def is_compilable(function):
    """True for a Numba function (a dispatcher); a plain Python function is called through the interpreter."""
    return hasattr(function, "py_func") and hasattr(function, "nopython_signatures")


def c_function(functions, form, data):
    """The compiled C function of a Numba function, or of a pair (log density, gradient).

    Parameters
    ----------
    functions : tuple of Numba functions
    form : {"value", "value, fills gradient", "value; fills gradient", "value; returns gradient", "update"}
        What they take: `f(x, *data)`; `f(x, gradient, *data)`; a pair whose second is `g(x, gradient, *data)` or
        `g(x, *data)` returning an array; or `f(x, random, *data)`, which changes x and the state of a stream in place.
    data : Data

    Returns
    -------
    numba CFunc; `.address` is valid as long as it lives.
    """
    import numba

    kinds = tuple(numba.typeof(value) for value in data.values)
    key = (form, kinds, tuple(map(id, functions[1:])))
    with LOCK:
        known = known_forms(functions[0])
        if key not in known:
            known[key] = _compile(functions, form, kinds), functions[1:]
        return known[key][0]


def known_forms(function):
    """What has been compiled of a Numba function, kept on the function itself: both go together."""
    return function.__dict__.setdefault("_statsim_c_functions", {})


def _compile(functions, form, kinds):
    """The C function; arguments are read-only unless the function was compiled beforehand for writable ones."""
    import numba

    from statsim.kernels.targets.call import SIGNATURE

    fixed = any(not getattr(function, "_can_compile", True) for function in functions)
    if fixed:
        kinds = tuple(kind.copy(readonly=False) if isinstance(kind, numba.types.Array) else kind for kind in kinds)
    try:
        return numba.cfunc(SIGNATURE, error_model="numpy")(_BODIES[form](*functions, kinds, not fixed))
    except (numba.core.errors.NumbaError, AttributeError) as error:  # AttributeError: Numba's own, at `x -= ...` on a read-only x
        shown = ", ".join(["x float64 (dim,)", *map(str, kinds)])
        if "readonly" in str(error) or isinstance(error, AttributeError):
            raise ArgumentError(
                f"{functions[0].__name__} writes to x or to its data, which are read-only; work on a copy: x = x.copy()"
            ) from error
        raise ArgumentError(
            f"{functions[0].__name__} does not compile for the arguments ({shown}): {str(error).strip()[:600]}\n"
            f"Check it by calling it on a point; a plain Python function works too, slower"
        ) from error


def _value(f, kinds, guard):
    unpack = _unpacker(kinds, guard)

    def body(x, gradient, table):
        args = unpack(x, gradient, table)
        try:
            return f(*args)
        except Exception:  # what it was is found by calling f again, interpreted, at the same point
            return np.nan

    return body


def _value_fills(f, kinds, guard):
    unpack = _unpacker(kinds, guard, second="gradient")

    def body(x, gradient, table):
        args = unpack(x, gradient, table)
        try:
            return f(*args)
        except Exception:
            return np.nan

    return body


def _update(f, kinds, guard):
    unpack = _unpacker(kinds, guard, second="random")

    def body(x, random, table):
        args = unpack(x, random, table)
        try:
            f(*args)
        except Exception:
            return np.nan
        return 0.0

    return body


def _value_then_fills(f, g, kinds, guard):
    without, with_gradient = _unpacker(kinds, guard), _unpacker(kinds, guard, second="gradient")

    def body(x, gradient, table):
        args, all_args = without(x, gradient, table), with_gradient(x, gradient, table)
        try:
            g(*all_args)
            return f(*args)
        except Exception:
            return np.nan

    return body


def _value_then_returns(f, g, kinds, guard):
    without, with_gradient = _unpacker(kinds, guard), _unpacker(kinds, guard, second="gradient")

    def body(x, gradient, table):
        args = without(x, gradient, table)
        out = with_gradient(x, gradient, table)[1]
        try:
            slopes = g(*args)
            if slopes.size != out.size:
                return np.nan
            out[:] = slopes
            return f(*args)
        except Exception:
            return np.nan

    return body


_BODIES = {
    "value": _value,
    "value, fills gradient": _value_fills,
    "value; fills gradient": _value_then_fills,
    "value; returns gradient": _value_then_returns,
    "update": _update,
}


def _unpacker(kinds, guard, *, second=None):
    """An intrinsic: three pointers in, the tuple (x, [second,] *data) out; arrays borrow memory that Python owns.

    `second` is None, "gradient" (as long as x) or "random", the state (4,) of a stream. With `guard` x is read-only: it is the memory of
    the chain, and a density that changes it would move the chain. An update changes x by its nature.
    """
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic
    from numba.np.arrayobj import make_array, populate_array

    vector = types.float64[::1]
    seconds = {None: (), "gradient": (vector,), "random": (types.uint64[::1],)}[second]
    point = vector.copy(readonly=True) if guard and second != "random" else vector
    result = types.Tuple((point, *seconds, *kinds))
    word = ir.IntType(64)

    def generate(context, builder, signature, args):
        words = builder.bitcast(args[2], word.as_pointer())

        def load(place):
            return builder.load(cgutils.gep_inbounds(builder, words, place))

        def array(kind, data, shape):
            made = make_array(kind)(context, builder)
            item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
            strides, step = [], item
            for length in reversed(shape):
                strides.insert(0, step)
                step = builder.mul(step, length)
            shape, strides = cgutils.pack_array(builder, shape), cgutils.pack_array(builder, strides)
            populate_array(made, data=data(made.data.type), shape=shape, strides=strides, itemsize=item, meminfo=None)
            return made._getvalue()

        made, place = [array(point, lambda kind: builder.bitcast(args[0], kind), [load(0)])], 1
        for kind in seconds:
            length = load(0) if second == "gradient" else word(4)
            made.append(array(kind, lambda pointer: builder.bitcast(args[1], pointer), [length]))
        for kind in kinds:
            if isinstance(kind, types.Array):
                address, shape = load(place), [load(place + 1 + axis) for axis in range(kind.ndim)]
                made.append(array(kind, lambda pointer, address=address: builder.inttoptr(address, pointer), shape))
                place += 1 + kind.ndim
            else:
                made.append(builder.bitcast(load(place), ir.DoubleType()) if kind == types.float64 else load(place))
                place += 1
        return context.make_tuple(builder, result, made)

    @intrinsic
    def unpack(typingctx, x, gradient, table):
        return result(x, gradient, table), generate

    return unpack
