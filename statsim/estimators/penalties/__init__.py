"""Penalties and shrinkage as explicit objects: `MAP(penalty=...)` takes them. Of coefficients: `Ridge`, `Lasso`, `ElasticNet`; of covariances the others."""

from statsim.distributions.penalties import ElasticNet, Lasso, Ridge
from statsim.estimators.penalties.graphical_lasso import GraphicalLasso
from statsim.estimators.penalties.ledoit_wolf import LedoitWolf
from statsim.estimators.penalties.oracle_approximating import OAS

__all__ = ["OAS", "ElasticNet", "GraphicalLasso", "Lasso", "LedoitWolf", "Ridge"]
