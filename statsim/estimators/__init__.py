

from statsim.estimators import penalties

__all__ = ["penalties"]
