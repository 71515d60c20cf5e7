"""What models of independent edges offer beyond `GraphModel`: a target over pairs, and tilted proposals for rare events."""

from statsim.models.graphs.graph_model import GraphModel
from statsim.models.graphs.pair_target import PairProposal, PairTarget, tilted_probabilities


class IndependentEdgesGraph(GraphModel):
    """A law of independent edges. A subclass supplies `_pair_probabilities` besides the steps of `GraphModel`."""

    def _pair_probabilities(self):
        """Probability (n_pairs,) of each pair, in the order of their numbers."""
        raise TypeError(f"{type(self).__name__} has no probabilities of pairs")

    def to_target(self):
        """The law over the pairs, coordinates 0 and 1, as a target for `statsim.samplers.sampling`.

        Returns
        -------
        PairTarget
        """
        self._require_fitted()
        return PairTarget(self._pair_probabilities(), self._space().names())

    def tilted(self, odds):
        """A proposal for `Importance`: the same law with the odds of each edge multiplied, so that rare graphs are frequent.

        Parameters
        ----------
        odds : float or array (n_pairs,)
            Above 1 for more edges.

        Returns
        -------
        PairProposal
            With `sample` and `score_samples`, rows of zeros and ones.

        Raises
        ------
        ArgumentError

        Examples
        --------
        >>> from statsim import Importance, sample
        >>> from statsim.metrics.graphs import subgraph_counts
        >>> from statsim.models.graphs.bernoulli_graph import BernoulliGraph
        >>> model = BernoulliGraph.from_parameters(n_nodes=6, p=0.1)
        >>> draws = sample(model, Importance(proposal=model.tilted(4.0), normalized=True), draws=4000, rng=0)
        >>> value, error = draws.probability(lambda rows: subgraph_counts(rows)["triangles"] >= 3)
        >>> 0.0 < value < 0.001
        True
        """
        self._require_fitted()
        return PairProposal(tilted_probabilities(self._pair_probabilities(), odds))
