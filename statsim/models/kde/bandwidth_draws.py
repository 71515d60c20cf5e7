"""A kernel estimate averaged over draws of its bandwidths: its density, and its rows."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.kernels.streams import fill_uniform, seed_block
from statsim.models.kde.draws import block_fill
from statsim.models.kde.evaluation import Evaluator
from statsim.models.kde.parameters import checked_parameters
from statsim.models.posterior.predictive import mean_log_density

MOST = 64
"""Draws that predictions average over, evenly spaced among all: the error this leaves is far below that of the estimate."""


class BandwidthDraws:
    """The estimate `law`, a `DensityParameters`, under `draws` of its bandwidths."""

    def __init__(self, law, draws):
        self.law, self.draws = law, draws
        rows = draws.values.reshape(-1, draws.dim)
        chosen = np.linspace(0, len(rows) - 1, min(MOST, len(rows))).round().astype(int)
        self.table = np.ascontiguousarray(rows[chosen])
        self._evaluators = None

    def log_density(self, X, *, rtol, num_threads):
        """Log of the mean density (m,) at rows X."""
        if self._evaluators is None:
            law = self.law
            given = {"rows": law.rows, "weights": law.weights, "kernel": law.kernel.name, "columns": law.columns, "boundary": law.boundary, "names": None, "factors": None}
            self._evaluators = {tuple(h): Evaluator(checked_parameters(**given, bandwidth=h)) for h in self.table}

        def one(h, out):
            out[:] = self._evaluators[tuple(h)].log_density(X, rtol=rtol, num_threads=num_threads)

        return mean_log_density(one, self.table, len(X))

    def block_fill(self, key):
        """Fills blocks as `law` does, each row then with its noise rescaled to a bandwidth of its own."""
        plain, ratios = block_fill(self.law, key), self.table / self.law.bandwidth

        def fill(first_block, arrays):
            plain(first_block, arrays)
            rows, labels = arrays[0], arrays[1]
            state, uniforms = np.empty(4, np.uint64), np.empty(len(rows))
            for block in range(len(rows) // BLOCK_ROWS):
                seed_block(~key[0], key[1], np.uint64(first_block + block), state)
                fill_uniform(state, uniforms[block * BLOCK_ROWS : (block + 1) * BLOCK_ROWS])
            centres = self.law.rows[labels]
            rows[:] = centres + (rows - centres) * ratios[(uniforms * len(ratios)).astype(np.int64)]

        return fill
