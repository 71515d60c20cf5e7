"""Small problems on which the principles of a mixture are tested."""

import numpy as np

from statsim.distributions.covariance import covariance_kind
from statsim.distributions.priors import MixturePrior, NormalInverseWishart
from statsim.kernels.streams import seed_block
from statsim.models.mixture.rows import prepare
from statsim.models.mixture.steps import MixtureSteps

KINDS = ("full", "tied", "diag", "spherical")
X = np.array([[0.0, 0.0], [0.5, 1.0], [3.0, 2.5], [2.5, 3.5], [1.5, 1.0], [-0.5, 0.25]])
COMPONENTS = NormalInverseWishart(mean=[1.0, 1.5], mean_precision=0.5, degrees_of_freedom=5.0, scale=[[2.0, 0.5], [0.5, 1.5]])


def two_groups(n=150, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(0, 1, (2 * n // 5, 2)), rng.normal(4, 1, (n - 2 * n // 5, 2))])


def problem(kind, k, X=X):
    """The steps of a mixture of k components on X."""
    return MixtureSteps(prepare(X, None, one_scale=kind == "spherical"), covariance_kind(kind), k)


def sweeps_of(kind, k, method, weights, X=X, components=COMPONENTS):
    """The target of the posterior, its rows, the function that sweeps, first labels and a stream."""
    target = problem(kind, k, X).posterior(MixturePrior(weights, components))
    random = np.empty(4, np.uint64)
    seed_block(np.uint64(7), np.uint64(11), np.uint64(k), random)
    return target, target._rows, target.label_sweeps(method), target.draw_labels(random), random
