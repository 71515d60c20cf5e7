"""The stream of one stripe of one graph: graphs and stripes are two words of the counter, so neither can run into the other.

The third word is 1, where `statsim.kernels.streams.seed_block` has 0: rows and graphs under one key share no stream.
"""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.philox import philox4x64
from statsim.kernels.streams import next_uint64

_ZERO, _ONE = np.uint64(0), np.uint64(1)


@kernel
def seed_stripe(key0, key1, graph, stripe, state):
    """Set `state` (4,) to the beginning of the stream of stripe `stripe` of graph number `graph`, all uint64."""
    philox4x64(np.uint64(stripe), np.uint64(graph), _ONE, _ZERO, np.uint64(key0), np.uint64(key1), state)
    state[3] = _ONE
    for _ in range(12):
        next_uint64(state)
