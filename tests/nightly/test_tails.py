"""A thousand million normals: tail counts, and the same from many interleaved blocks."""

import math
import os

import numpy as np

from statsim import rng as rngs
from statsim import testing
from statsim.blocks import map_chunks
from statsim.kernels.jit import kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])
LIMITS = np.array([3.0, 4.0, 5.0, 6.0])
CHUNKS, PER_BLOCK, BLOCKS = 1000, 10_000, 100


@kernel
def _count(key0, key1, first, blocks, per_block, limits, low, high):
    state = np.empty(4, np.uint64)
    for b in range(blocks):
        seed_block(key0, key1, np.uint64(first + b), state)
        for _ in range(per_block):
            z = standard_normal(state)
            for i in range(limits.size):
                low[i] += z < -limits[i]
                high[i] += z > limits[i]


def test_tail_counts():
    key = rngs.stream_key(ENTROPY, rngs.Purpose.TEST)

    def chunk(index):
        low, high = np.zeros(4, np.int64), np.zeros(4, np.int64)
        _count(key[0], key[1], index * BLOCKS, BLOCKS, PER_BLOCK, LIMITS, low, high)
        return low, high

    parts = map_chunks(chunk, CHUNKS)
    n = CHUNKS * BLOCKS * PER_BLOCK
    low, high = (np.sum([part[side] for part in parts], axis=0) for side in (0, 1))
    for limit, below, above in zip(LIMITS, low, high, strict=True):
        p = math.erfc(limit / math.sqrt(2.0))
        print(f"beyond {limit:g}: {below + above} of {n}, expected {n * p:.1f}; {below} below, {above} above")
        testing.assert_probability(int(below + above), n, p)
        testing.assert_probability(int(below), n, p / 2)
