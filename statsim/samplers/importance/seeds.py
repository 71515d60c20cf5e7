"""Seeds of the parts of one call: a model that draws a proposal, the runs and stages of a sampler."""

import numpy as np

from statsim import rng as rngs


def part_seed(seed, *path):
    """A SeedSequence (what models and `part_random` take) for the part `path` of the call that `seed` names."""
    return np.random.SeedSequence([int(word) for word in rngs.stream_key(seed, rngs.Purpose.SAMPLER, *path)])


def part_random(seed, *path, block=0):
    """State (4,) uint64 of the stream of block `block` of the part `path`."""
    from statsim.kernels.streams import seed_block

    key, state = rngs.stream_key(seed, rngs.Purpose.SAMPLER, *path), np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(block), state)
    return state
