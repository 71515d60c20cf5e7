"""Penalties as explicit objects: each prints with the fit that used it.

Of coefficients: `Ridge`, `Lasso`, `ElasticNet`. Of covariances: `LedoitWolf`, `OAS`, `GraphicalLasso`.
"""

from statsim.distributions.penalties.elastic_net import ElasticNet, Lasso, Ridge
from statsim.distributions.penalties.graphical_lasso import GraphicalLasso
from statsim.distributions.penalties.ledoit_wolf import LedoitWolf
from statsim.distributions.penalties.oracle_approximating import OAS

__all__ = ["ElasticNet", "GraphicalLasso", "Lasso", "LedoitWolf", "OAS", "Ridge"]
