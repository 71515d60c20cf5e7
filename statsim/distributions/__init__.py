"""Laws with a closed form: kinds of covariance, and priors."""

from statsim.distributions import priors

__all__ = ["priors"]
