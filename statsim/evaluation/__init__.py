"""Models against data: criteria, comparison of fitted models, and selection among candidates."""

from statsim.evaluation import criteria

__all__ = ["criteria"]
