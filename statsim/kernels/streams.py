"""A block's own stream: Philox4x64-10 names it, SFC64 runs it.

Philox maps (key, block) to four words. Three of them seed Doty-Humphrey's SFC64 (PractRand 0.93, 2014), with its counter
at 1 and twelve steps thrown away as its author prescribes; its period is at least 2^64, and a block uses a few thousand words.
The state is `state : uint64 (4,)`, advanced in place. Why this pair: docs/decisions/0001-streams.md.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.philox import philox4x64

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_U3, _U11, _U12, _U24, _U40 = np.uint64(3), np.uint64(11), np.uint64(12), np.uint64(24), np.uint64(40)


@inlined
def next_uint64(state):
    """Next 64 random bits of `state` (4,) uint64."""
    word = state[0] + state[1] + state[3]
    state[3] += _ONE
    state[0] = state[1] ^ (state[1] >> _U11)
    state[1] = state[2] + (state[2] << _U3)
    state[2] = ((state[2] << _U24) | (state[2] >> _U40)) + word
    return word


@kernel
def seed_block(key0, key1, block, state):
    """Set `state` (4,) to the beginning of the stream of block number `block` under the key (key0, key1), all uint64."""
    philox4x64(np.uint64(block), _ZERO, _ZERO, _ZERO, np.uint64(key0), np.uint64(key1), state)
    state[3] = _ONE
    for _ in range(12):
        next_uint64(state)


@inlined
def uniform(state):
    r"""A double in [0, 1): the 53 high bits of a word times :math:`2^{-53}`; never 1."""
    return np.float64(np.int64(next_uint64(state) >> _U11)) * 2.0**-53


@inlined
def uniform_open(state):
    r"""A double in (0, 1), symmetric about 1/2, for use under a logarithm: (52 high bits + 1/2) times :math:`2^{-52}`."""
    return (np.float64(np.int64(next_uint64(state) >> _U12)) + 0.5) * 2.0**-52


@kernel
def fill_uniform(state, out):
    """Fill `out` (n,) with uniforms in [0, 1)."""
    for i in range(out.size):
        out[i] = uniform(state)


@kernel
def fill_uint64(state, out):
    """Fill `out` (n,) uint64 with raw words."""
    for i in range(out.size):
        out[i] = next_uint64(state)
