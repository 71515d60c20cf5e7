"""Standard exponential variates by inversion: minus the logarithm of an open uniform (Devroye 1986, section II.2)."""

from statsim.kernels.elementary import log
from statsim.kernels.jit import inlined
from statsim.kernels.streams import uniform_open


@inlined
def standard_exponential(state):
    """A draw from the density exp(-x), x > 0; at most 53 log 2, since the smallest uniform is 2**-53."""
    return -log(uniform_open(state))
