"""The M step of maximum likelihood: what EM of a Gaussian mixture puts in the place of its parameters."""

import numpy as np

from statsim.estimators.climb import DegenerateError

_LEAST_SHARE = 1e-12


class MaximumLikelihood:
    """Weighted moments, and nothing added to the log-likelihood.

    A rule (this, `HighestDensity`, `MeanField`) says what takes the place of the log weights in the E step, what is added to the log-likelihood, and
    what state follows from the moments. `settles` is True where the objective is bounded and no optimum is spurious.
    """

    criterion = "log-likelihood"
    prior = None
    settles = False
    offset = 0.0

    def log_weights(self, state):
        """Log of the factor (k,) of each component's density."""
        return np.log(state.weights)

    def added(self, state):
        """What the objective has beside the log-likelihood."""
        return 0.0

    def update(self, kind, state, zeroth, means, central):
        """Weights, means and covariances that maximise the objective; `central` are the second moments about `means` (k, d)."""
        if not zeroth.min() > _LEAST_SHARE * zeroth.sum():
            raise DegenerateError("a component lost all its rows")
        return zeroth / zeroth.sum(), means, kind.estimate(zeroth, central, means.shape[1])
