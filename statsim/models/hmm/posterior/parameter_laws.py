"""The laws that draws of the parameters stand for: what predictions, scores, plug-in values and files need of a posterior."""

from functools import lru_cache

import numpy as np

from statsim.kernels.streams import seed_block
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.models.hmm.passes import Law
from statsim.models.hmm.posterior.chain_layout import chain_layout
from statsim.models.hmm.posterior.layouts import layout_of

_PICKS = np.uint64(1) << np.uint64(62)  # blocks of a stream that no sequence has
_KEPT = 512  # laws of draws kept at hand


class ParameterLaws:
    """Points (dim,) of a `ParameterTarget` as laws.

    Parameters
    ----------
    template : Emission
        With its structure settled (number of categories).
    k, d : int
        States and columns.
    topology, start
        As `HiddenMarkovModel` has them.
    """

    def __init__(self, template, k, d, topology, start):
        self.topology, self.start = topology, start
        self.chain = chain_layout(topology, start, k)
        self.emission = layout_of(template)(template, k, d, len(self.chain.names))
        self.names = (*self.chain.names, *self.emission.names)

    def law(self, x):
        """The `Law` at a point."""
        return Law(self.chain.chain(x), self.emission.law(x))

    def mean_law(self, rows):
        """The `Law` of the posterior means over draws `rows` (n, dim): of probabilities, means, covariances, rates."""
        return Law(self.chain.chain(rows.mean(axis=0)), self.emission.mean_law(rows))

    def predictive_fill(self, key, rows, fill_under):
        """`_sequence_fill` of a model, each sequence under a draw of `rows` (n, dim); `fill_under(key, law)` is that of one law."""
        fill_of = lru_cache(_KEPT)(lambda place: fill_under(key, self.law(rows[place])))

        def fill(first, offsets, arrays):
            random = np.empty(4, np.uint64)
            for i in range(len(offsets) - 1):
                seed_block(key[0], key[1], np.uint64(first + i) + _PICKS, random)
                a, b = int(offsets[i]), int(offsets[i + 1])
                fill_of(int(integer_below(random, len(rows))))(first + i, np.array([0, b - a], np.int64), tuple(array[a:b] for array in arrays))

        return fill
