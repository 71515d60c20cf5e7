"""Philox4x64-10, the counter-based generator that gives every block its seed.

Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11, section 3.3.
Ten rounds of two 64 x 64 -> 128 bit products and a key that grows by a Weyl step; a bijection of the counter for each key.
"""

import numpy as np

from statsim.kernels.bits import multiply_high
from statsim.kernels.jit import kernel

_M0 = np.uint64(0xD2E7470EE14C6C93)
_M1 = np.uint64(0xCA5A826395121157)
_W0 = np.uint64(0x9E3779B97F4A7C15)  # golden ratio
_W1 = np.uint64(0xBB67AE8584CAA73B)  # sqrt(3) - 1


@kernel
def philox4x64(counter0, counter1, counter2, counter3, key0, key1, out):
    """Write the four words of one counter under one key into `out` (4,), all uint64."""
    c0, c1, c2, c3 = counter0, counter1, counter2, counter3
    k0, k1 = key0, key1
    for _ in range(10):
        high0, low0 = multiply_high(_M0, c0), _M0 * c0
        high1, low1 = multiply_high(_M1, c2), _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 += _W0
        k1 += _W1
    out[0], out[1], out[2], out[3] = c0, c1, c2, c3
