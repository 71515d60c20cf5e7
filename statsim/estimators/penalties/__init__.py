"""Penalties and shrinkage as explicit objects, one file each: `MAP(penalty=...)` takes them."""

from statsim.estimators.penalties.graphical_lasso import GraphicalLasso
from statsim.estimators.penalties.ledoit_wolf import LedoitWolf
from statsim.estimators.penalties.oracle_approximating import OAS

__all__ = ["OAS", "GraphicalLasso", "LedoitWolf"]
