"""A graph model given an event: exact candidates for rejection, a target for chains."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError
from statsim.models.graphs.graph import as_form
from statsim.models.graphs.pair_target import PairTarget


class RestrictedGraph:
    """A graph model given that its graph lies in a region; made by `where`.

    It is a target for `statsim.samplers.sampling`, whose draws are rows of zeros and ones, one for each pair; `graphs(draws)` makes them
    graphs. `Rejection()` (the default) is exact; `Gibbs()` runs a chain inside the region for models of independent edges, where
    rejection would hardly accept.
    """

    def __init__(self, model, space, region):
        self.model, self.region, self._space = model, region, space
        self.dim = space.n_pairs
        self.names = space.names()

    def __repr__(self):
        return f"{self.model!r}.where(...)"

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.rejection.rejection import Rejection

        return Rejection()

    def candidates(self, key):
        """The function (block) that rejection asks for candidates: rows (1024, pairs) of graphs, and which lie in the region (1024,)."""
        seed = np.random.SeedSequence([int(word) for word in key])

        def propose(block):
            rows = np.zeros((BLOCK_ROWS, self.dim))
            drawn = self.model._draw(self.model._source, seed, block * BLOCK_ROWS, BLOCK_ROWS, 1)
            for row, (edges, _) in zip(rows, drawn, strict=True):
                row[self._space.numbers(edges)] = 1.0
            return rows, self.region.holds(rows)

        return propose

    def to_target(self):
        """The law inside the region as a target, for chains: Metropolis flips and exchanges of pairs.

        Raises
        ------
        ArgumentError
            For a predicate, and for a model whose edges are not independent.
        """
        if self.region.predicate is not None:
            raise ArgumentError("a predicate of whole graphs is no constraint that a chain could keep; use Rejection(), or edges=, degrees= and connected=")
        if not hasattr(self.model, "_pair_probabilities"):
            raise ArgumentError(f"the edges of {type(self.model).__name__} are not independent, so chains inside constraints are not offered; use Rejection()")
        return PairTarget(self.model._pair_probabilities(), self.names, self.region)

    def shown(self, draws):
        """`draws` as they are."""
        return draws

    def graphs(self, draws, *, as_="sparse"):
        """The draws as a list of graphs, chain after chain.

        Parameters
        ----------
        draws : Draws or array (..., pairs)
        as_ : {"sparse", "edges", "dense", "networkx"}
        """
        rows = np.asarray(getattr(draws, "values", draws)).reshape(-1, self.dim)
        pairs = self.region.pairs
        return [as_form(pairs[row != 0], self._space.n_nodes, directed=self._space.directed, form=as_) for row in rows]
