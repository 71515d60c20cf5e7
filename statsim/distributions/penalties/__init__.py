"""Penalties as explicit objects: each prints with the fit that used it. Of coefficients: `Ridge`, `Lasso`, `ElasticNet`."""

from statsim.distributions.penalties.elastic_net import ElasticNet, Lasso, Ridge

__all__ = ["ElasticNet", "Lasso", "Ridge"]
