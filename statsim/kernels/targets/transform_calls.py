"""The transforms as C functions: called by address, they are compiled once and not again into every sampler.

`frame` is a table of words: the addresses of `constrain`, `pull_back` and `is_inside` themselves, those of the arrays blocks,
low and high, of two rows of working memory (x and its gradient), and the counts of blocks, of y and of x.
"""

import ctypes
import threading

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.targets.call import PROTOTYPE, SIGNATURE
from statsim.kernels.targets.transforms import constrain, is_inside, pull_back

CONSTRAIN, PULL_BACK, INSIDE, BLOCKS, LOW, HIGH, X, GRADIENT_X, N_BLOCKS, N_Y, N_X = range(11)


@intrinsic
def _pointer(typingctx, address):
    from numba.core import cgutils

    def generate(context, builder, signature, args):
        return builder.inttoptr(args[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


def _interpreted_array(address, size, dtype):
    return np.frombuffer((ctypes.c_char * (8 * size)).from_address(int(address)), dtype)


if numba.config.DISABLE_JIT:

    def _numbers(address, size):
        return _interpreted_array(address, size, np.float64)

    def _words(address, size):
        return _interpreted_array(address, size, np.int64)

    def _numbers_at(pointer, size):
        return _interpreted_array(pointer, size, np.float64)

    def _words_at(pointer, size):
        return _interpreted_array(pointer, size, np.int64)

else:

    @inlined
    def _numbers(address, size):
        return numba.carray(_pointer(address), (size,), np.float64)

    @inlined
    def _words(address, size):
        return numba.carray(_pointer(address), (size,), np.int64)

    @inlined
    def _numbers_at(pointer, size):
        return numba.carray(pointer, (size,), np.float64)

    @inlined
    def _words_at(pointer, size):
        return numba.carray(pointer, (size,), np.int64)


@inlined
def _tables(words):
    """blocks, low, high of a frame."""
    blocks = _words(words[BLOCKS], 5 * words[N_BLOCKS]).reshape((words[N_BLOCKS], 5))
    return blocks, _numbers(words[LOW], words[N_X]), _numbers(words[HIGH], words[N_X])


@kernel
def _constrain(y, x, frame):
    words = _words_at(frame, 11)
    blocks, low, high = _tables(words)
    return constrain(blocks, low, high, _numbers_at(y, words[N_Y]), _numbers_at(x, words[N_X]))


@kernel
def _pull_back(y, gradient, frame):
    words = _words_at(frame, 11)
    blocks, low, high = _tables(words)
    x, gradient_x = _numbers(words[X], words[N_X]), _numbers(words[GRADIENT_X], words[N_X])
    pull_back(blocks, low, high, _numbers_at(y, words[N_Y]), x, gradient_x, _numbers_at(gradient, words[N_Y]))
    return 0.0


@kernel
def _is_inside(x, unused, frame):
    words = _words_at(frame, 11)
    blocks, low, high = _tables(words)
    return 1.0 if is_inside(blocks, low, high, _numbers_at(x, words[N_X])) else 0.0


_made = {}
_LOCK = threading.Lock()


def _address(function):
    """Address of a kernel as a C function, compiled or taken from the cache when first asked for."""
    with _LOCK:
        if function not in _made:
            _made[function] = _interpreted(function) if numba.config.DISABLE_JIT else _compiled(function)
    return _made[function][0]


def _interpreted(function):
    """Address of a plain function as a C callback, and what keeps it valid."""
    callback = PROTOTYPE(function)
    return ctypes.cast(callback, ctypes.c_void_p).value, callback


def _compiled(function):
    """Address of a compiled kernel's C form, and what keeps it valid."""
    function.compile(SIGNATURE)
    compiled = function.overloads[SIGNATURE.args]
    return compiled.library.get_pointer_to_function(compiled.fndesc.llvm_cfunc_wrapper_name), compiled


def transform_frame(blocks, low, high, n_y, scratch):
    """The frame of these tables (none for x = y), with working memory `scratch` (2, n_x); the arrays must outlive it."""
    if not len(blocks):
        return np.zeros(11, np.int64)
    addresses = [_address(function) for function in (_constrain, _pull_back, _is_inside)]
    arrays = [array.ctypes.data for array in (blocks, low, high, scratch[0], scratch[1])]
    return np.array([*addresses, *arrays, len(blocks), n_y, scratch.shape[1]], np.int64)
