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


_BARE = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options of Numba for a function that only compiled code calls."""
_DEFAULTS = {"error_model": "numpy"}
"""Division by zero is infinite, unless the user's own options say that it raises: far out in warm-up squares of scales underflow."""


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
    CForm; `.address` is valid as long as it lives.
    """
    import numba

    kinds = tuple(numba.typeof(value) for value in data.values)
    key = (form, kinds, tuple(map(id, functions[1:])))
    with LOCK:
        known = known_forms(functions[0])
        if key not in known:
            known[key] = _made(functions, form, kinds), functions[1:]
        return known[key][0]


def known_forms(function):
    """What has been compiled of a Numba function, kept on the function itself: both go together."""
    return function.__dict__.setdefault("_statsim_c_functions", {})


def _made(functions, form, kinds):
    from statsim.samplers.targets.c_form import CForm

    if form == "value; returns gradient":
        functions = (functions[0], _filling(functions[1]))
    seconds = {"value": (None,), "value, fills gradient": ("gradient",), "update": ("random",)}.get(form, (None, "gradient"))
    calls = [(_compiled(function, second, kinds), second) for function, second in zip(functions, seconds, strict=True)]
    if form != "update":
        _check_number(functions[0], calls[0][0].signature.return_type)
    return CForm(calls[::-1], returns=form != "update")  # the gradient first: the value is the answer


def _filling(gradient):
    """A Numba function `fills(x, out, *data)` from one that returns the gradient."""
    import numba

    @numba.njit(error_model="numpy")
    def fills(x, out, *data):
        slopes = gradient(x, *data)
        if slopes.size != out.size:
            raise ValueError("the gradient has another length than x")
        out[:] = slopes

    return fills


def _compiled(function, second, kinds):
    """Numba's compile result for `function(x, [second,] *data)`.

    Arguments are read-only unless the function was compiled beforehand for writable ones: x is the memory of the chain, and a density that
    changes it would move the chain. An update changes x by its nature.

    Raises
    ------
    ArgumentError
    """
    import numba

    fixed = not getattr(function, "_can_compile", True)
    vector = numba.types.float64[::1]
    point = vector if fixed or second == "random" else vector.copy(readonly=True)
    if fixed:
        kinds = tuple(kind.copy(readonly=False) if isinstance(kind, numba.types.Array) else kind for kind in kinds)
    seconds = {None: (), "gradient": (vector,), "random": (numba.types.uint64[::1],)}[second]
    signature = (point, *seconds, *kinds)
    slim = _forwarding(function) if fixed else _slim(function)
    try:
        folded = tuple(slim._compiler.fold_argument_types(signature, {})[1])  # defaults and *data
        slim.compile(folded)
    except (numba.core.errors.NumbaError, RuntimeError, TypeError) as error:
        raise _compile_error(function, kinds, error, writes="modify readonly" in str(error)) from error
    except AttributeError as error:  # Numba's own, at `x -= ...` on a read-only x
        raise _compile_error(function, kinds, error, writes=True) from error
    return slim.overloads[folded]


def _slim(function):
    """The function without the wrapper that Python would call it through: a tenth of a second less to compile.

    What its user has cached on disk is taken as it is.
    """
    import numba
    from numba.core.caching import NullCache

    if not isinstance(function._cache, NullCache):
        return function
    options = {name: value for name, value in function.targetoptions.items() if name != "nopython"}
    return numba.njit(**{**_DEFAULTS, **options, **_BARE})(function.py_func)


def _forwarding(function):
    """A Numba function that converts its arguments to those that `function` was compiled for, and calls it."""
    import numba

    @numba.njit(**_BARE)
    def forward(x, *rest):
        return function(x, *rest)

    return forward


def _check_number(function, kind):
    import numba

    if not isinstance(kind, (numba.types.Number, numba.types.Boolean)) or isinstance(kind, numba.types.Complex):
        raise ArgumentError(f"{function.__name__} returns {kind}; a log density must return one float")


def _compile_error(function, kinds, error, *, writes):
    """What to say of a function that does not compile."""
    if writes:
        return ArgumentError(f"{function.__name__} writes to x or to its data, which are read-only; work on a copy: x = x.copy()")
    shown = ", ".join(["x float64 (dim,)", *map(str, kinds)])
    return ArgumentError(
        f"{function.__name__} does not compile for the arguments ({shown}): {str(error).strip()[:600]}\n"
        f"Check it by calling it on a point; a plain Python function works too, slower"
    )
