"""Laws with a closed form: kinds of covariance, priors, penalties."""

from statsim.distributions import penalties, priors

__all__ = ["penalties", "priors"]
