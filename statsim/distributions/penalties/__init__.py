"""Penalties as explicit objects, subtracted from a log-likelihood by `MAP(penalty=...)`: each prints with the fit that used it.

Of coefficients: `Ridge`, `Lasso`, `ElasticNet`. Of covariances: `LedoitWolf`, `OAS`, `GraphicalLasso`. Of a mixture: `Entropy`, `MessageLength`, `SparsePrecisions`.

A penalty of a mixture has one of three forms. `value(weights, covariances)` with `update_weights(counts, weights)`, the weights that raise the
counts' log-likelihood less the penalty above that of the present ones. `value(weights, covariances)` with `shrink(covariance, weight)`, the covariance of
a component of that many rows which maximises its likelihood less the penalty. `length(total, weights, n_parameters)` with `deduction(n_parameters)`,
the rows that are taken off each component before the weights are made.
"""

from statsim.distributions.penalties.elastic_net import ElasticNet, Lasso, Ridge
from statsim.distributions.penalties.entropy import Entropy
from statsim.distributions.penalties.graphical_lasso import GraphicalLasso
from statsim.distributions.penalties.ledoit_wolf import LedoitWolf
from statsim.distributions.penalties.message_length import MessageLength
from statsim.distributions.penalties.oracle_approximating import OAS
from statsim.distributions.penalties.sparse_precisions import SparsePrecisions

__all__ = ["ElasticNet", "Entropy", "GraphicalLasso", "Lasso", "LedoitWolf", "MessageLength", "OAS", "Ridge", "SparsePrecisions"]
