"""Rows in registers inside a kernel, where the number of states or columns is known only when it runs: one compiled form for each that fits.

The length of a tuple is a part of its type, so the choice is between calls; what calls this is compiled once, whatever the numbers.
"""

import numpy as np

from statsim.kernels.hmm.emissions.gaussian_narrow import relative_density_narrow
from statsim.kernels.hmm.forward import forward_kernel
from statsim.kernels.jit import kernel

_TWO, _THREE, _FOUR, _FIVE, _SIX, _SEVEN, _EIGHT = (0.0,) * 2, (0.0,) * 3, (0.0,) * 4, (0.0,) * 5, (0.0,) * 6, (0.0,) * 7, (0.0,) * 8
_TABLE_TWO, _TABLE_THREE, _TABLE_FOUR = (0.0,) * 5, (0.0,) * 9, (0.0,) * 14


@kernel
def forward_in_registers(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status):
    """`statsim.kernels.hmm.forward.forward`, called from a kernel, with the transitions end to end."""
    k = initial.size
    if k == 2:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, _TWO, _TWO)
    elif k == 3:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, _THREE, _THREE)
    elif k == 4:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, _FOUR, _FOUR)
    elif k == 5:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, _FIVE, _FIVE)
    elif k == 6:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, _SIX, _SIX)
    elif k == 7:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, _SEVEN, _SEVEN)
    elif k == 8:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, _EIGHT, _EIGHT)
    else:
        forward_kernel(b, highest, offsets, initial, transition, strict, alpha, scale, log_likelihood, status, np.empty(k), np.empty(k))


@kernel
def relative_density_in_registers(X, means, factors, constants, b, highest):
    """`relative_density_narrow`, called from a kernel, for any number of columns."""
    d = X.shape[1]
    if d == 2:
        relative_density_narrow(X, means, factors, constants, _TWO, _TABLE_TWO, b, highest)
    elif d == 3:
        relative_density_narrow(X, means, factors, constants, _THREE, _TABLE_THREE, b, highest)
    elif d == 4:
        relative_density_narrow(X, means, factors, constants, _FOUR, _TABLE_FOUR, b, highest)
    else:
        relative_density_narrow(X, means, factors, constants, np.empty(d), np.empty(d + d * (d + 1) // 2), b, highest)
