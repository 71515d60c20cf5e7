"""The posterior of a multivariate normal law under its conjugate prior: A. Gelman et al., Bayesian Data Analysis (2013), section 3.6."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim.distributions.priors import NormalInverseWishart
from statsim.errors import ArgumentError, ArgumentTypeError

_FEW = 0.01  # of a row: what the default prior mean counts as


@dataclass(frozen=True)
class Conjugate:
    """Complete rows X (n, d), with their weights or None."""

    X: np.ndarray
    weights_given: Any

    @cached_property
    def weights(self):
        """(n,)."""
        return np.ones(len(self.X)) if self.weights_given is None else self.weights_given

    @cached_property
    def moments(self):
        """Mean (d,) and sum of squares and products about it (d, d)."""
        if np.isnan(self.X).any():
            raise ArgumentError("a prior needs complete rows, and X has missing values; fit with method='mle' (missing='mar'), or drop those rows")
        X, weights = self.X[self.weights > 0], self.weights[self.weights > 0]
        mean = X[0] + weights @ (X - X[0]) / weights.sum()
        scatter = (weights[:, None] * (X - mean)).T @ (X - mean)
        return mean, (scatter + scatter.T) / 2

    def checked(self, prior):
        """`prior`, or the default one: about the mean of the rows, and the scale of two rows more than columns with their variances and no correlation."""
        mean, scatter = self.moments
        if prior is None:
            variances = np.diagonal(scatter) / self.weights.sum()
            if not (variances > 0).all():
                bad = int(np.flatnonzero(~(variances > 0))[0])
                raise ArgumentError(f"column {bad} is constant: its variance has no posterior on a scale of its own; leave it out, or give prior=")
            return NormalInverseWishart(mean=mean, mean_precision=_FEW, degrees_of_freedom=len(mean) + 2.0, scale=np.diag(variances))
        if not isinstance(prior, NormalInverseWishart):
            raise ArgumentTypeError(f"prior must be statsim.priors.NormalInverseWishart, got {prior!r:.200}")
        if prior.dim != len(mean):
            raise ArgumentError(f"the prior is of {prior.dim} columns, and X has {len(mean)}")
        return prior

    def updated(self, prior):
        """The posterior."""
        return prior.updated(float(self.weights.sum()), *self.moments)

    def posterior(self, prior):
        """It as a target that `Exact()` draws."""
        return ExactPosterior(prior, self.updated(prior))


def parameter_names(d):
    """mean[j] and covariance[i,j], row after row."""
    return (*(f"mean[{j}]" for j in range(d)), *(f"covariance[{i},{j}]" for i in range(d) for j in range(d)))


class ExactPosterior:
    """Means and covariances given the rows."""

    def __init__(self, prior, law):
        self.prior, self.law, self.names = prior, law, parameter_names(law.dim)

    def exact_draws(self, n, key):
        """Independent draws (n, d + d^2)."""
        means, covariances = self.law.draws(n, key)
        return np.concatenate([means, covariances.reshape(n, -1)], axis=1)

    def default_method(self):
        """Independent draws."""
        from statsim.samplers.exact import Exact

        return Exact()

    def shown(self, draws):
        """As they are."""
        return draws
