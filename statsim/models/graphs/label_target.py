"""The law of the labels of a block model given a graph, as a target that `Gibbs()` samples."""

import numpy as np

from statsim.kernels.graphs.block_posterior import labels_log_density, labels_update, tables_of
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.samplers.gibbs.conditional import Conditional
from statsim.samplers.targets.target import Target


class LabelTarget(Target):
    """P(labels | graph) up to a constant; coordinate i is the label of node i. Chains start at labels drawn uniformly."""

    def __init__(self, graph, parameters):
        K = parameters.n_blocks
        self._K = K
        log_alpha, W, V = np.empty(K), np.empty((K, K)), np.empty((K, K))
        tables_of(parameters.weights, parameters.probabilities, False, log_alpha, W, V)
        out = graph.neighbours()
        into = graph.neighbours(incoming=True) if graph.directed else out
        own = np.zeros(graph.n_nodes)
        own[graph.edges[graph.edges[:, 0] == graph.edges[:, 1], 0]] = 1.0
        data = (*out, *into, int(graph.directed), own, int(parameters.loops), np.ones((2, graph.n_nodes)), log_alpha, W, V)
        names = tuple(f"label[{i}]" for i in range(graph.n_nodes))
        super().__init__(labels_log_density, dim=graph.n_nodes, data=data, names=names)

    def draw_start(self, random):
        """Labels drawn uniformly."""
        return np.array([float(integer_below(random, self._K)) for _ in range(self.dim)])

    def conditionals(self):
        """What `Gibbs()` runs: each label in turn given the others."""
        return (Conditional(labels_update),)

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.gibbs.gibbs import Gibbs

        return Gibbs()
