"""C functions from plain Python functions: they take the GIL for each call, and keep what was raised."""

import numpy as np

from statsim.kernels.targets.call import PROTOTYPE
from statsim.samplers.chains.interruption import is_stopped

_interruptions = []  # what must not be lost: Ctrl-C in the middle of a callback, which C cannot pass on


def raise_interruption():
    """Raise what interrupted a callback, where something did."""
    if _interruptions:
        raise _interruptions.pop()


def c_callback(function, dim, data):
    """A C function that calls `function(x, gradient)` (gradient filled in place) and returns its value.

    What `function` raises becomes NaN, which the sampler stops at; the point is then evaluated again to say why. A run that
    is told to stop gets NaN at once.
    """
    import ctypes

    vector = ctypes.c_double * dim

    def call(x, gradient, table):
        if is_stopped():
            return np.nan
        try:
            point = np.frombuffer(vector.from_address(x)).copy()  # it may be kept
            slopes = np.full(dim, np.nan)
            value = float(function(point, slopes))
            np.frombuffer(vector.from_address(gradient))[:] = slopes
            return value
        except Exception:
            return np.nan
        except BaseException as raised:
            _interruptions.append(raised)
            return np.nan

    return PROTOTYPE(call)


def c_update(function, dim, data):
    """A C function that calls `function(x, random, *data)`, which changes x (dim,) and the state `random` (4,) in place.

    What `function` raises becomes NaN.
    """
    import ctypes

    vector, words = ctypes.c_double * dim, ctypes.c_uint64 * 4

    def call(x, random, table):
        try:
            place, stream = np.frombuffer(vector.from_address(x)), np.frombuffer(words.from_address(random), np.uint64)
            point, state = place.copy(), stream.copy()  # they may be kept
            function(point, state, *data)
            place[:], stream[:] = point, state
        except Exception:
            return np.nan
        except BaseException as raised:
            _interruptions.append(raised)
            return np.nan
        return 0.0

    return PROTOTYPE(call)


def address_of(callback):
    """Address of a ctypes callback; valid as long as the callback lives."""
    import ctypes

    return ctypes.cast(callback, ctypes.c_void_p).value
