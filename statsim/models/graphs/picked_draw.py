"""Which draw of the parameters a graph of a data set is made under."""

import numpy as np

from statsim.kernels.streams import fill_uniform, seed_block

_PATH = 2  # of the stream of the choice: edges have none, labels 1


def picked_draw(streams, graph, n_draws):
    """Number of the draw, 0 to n_draws - 1, of graph number `graph`; the only one costs no random number."""
    if n_draws == 1:
        return 0
    key, state, uniforms = streams.key(_PATH), np.empty(4, np.uint64), np.empty(1)
    seed_block(key[0], key[1], np.uint64(graph), state)
    fill_uniform(state, uniforms)
    return int(uniforms[0] * n_draws)
