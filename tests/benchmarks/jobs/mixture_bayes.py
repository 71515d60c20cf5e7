"""One iteration of variational Bayes of a Gaussian mixture, and label updates of the collapsed Gibbs sampler."""

import time

import mixtures
import numpy as np
from contest import Contest, Limit

N, LABELS = 100_000, 10_000


def our_step(X):
    """A callable that makes one variational step of statsim on X, on one thread."""
    from statsim.distributions.covariance import covariance_kind
    from statsim.models.mixture.rows import prepare
    from statsim.models.mixture.steps import MixtureState, MixtureSteps

    rows = prepare(X, None, one_scale=False)
    steps = MixtureSteps(rows, covariance_kind("full"), mixtures.N_COMPONENTS).variational(None)
    weights, means, covariances = mixtures.parameters()
    state = MixtureState(weights, (means - rows.centre) / rows.scale, covariances / (rows.scale[:, None] * rows.scale))
    return lambda: steps.em(state)


def sklearn_step(X):
    """A callable that makes one step of scikit-learn's BayesianGaussianMixture on X, its bound included."""
    from sklearn.mixture import BayesianGaussianMixture

    model = BayesianGaussianMixture(n_components=mixtures.N_COMPONENTS, max_iter=1, init_params="random_from_data", random_state=0)
    model.set_params(tol=1e6).fit(X)

    def step():
        norm, log_share = model._e_step(X)
        model._m_step(X, log_share)
        model._compute_lower_bound(log_share, norm)

    return step


def seconds_of_a_million_labels():
    """Seconds that a million label updates take: 1e4 rows, 2 columns, 4 components."""
    from statsim.distributions.covariance import covariance_kind
    from statsim.kernels.streams import seed_block
    from statsim.models.mixture.rows import prepare
    from statsim.models.mixture.steps import MixtureSteps
    from statsim.samplers.gibbs.collapsed_gibbs import CollapsedGibbs

    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(5 * j, 1, (LABELS // 4, 2)) * [1, (-1) ** j] for j in range(4)])
    target = MixtureSteps(prepare(X, None, one_scale=False), covariance_kind("full"), 4).posterior(None)
    random = np.empty(4, np.uint64)
    seed_block(np.uint64(1), np.uint64(2), np.uint64(0), random)
    labels, sweep = target.draw_labels(random), target.label_sweeps(CollapsedGibbs())
    values, stats = np.empty((10, target.dim)), np.empty((10, 2))
    sweep(random, labels, values, stats)
    begin = time.thread_time()
    sweep(random, labels, values, stats)
    return (time.thread_time() - begin) * 1e6 / (10 * LABELS)


def jobs():
    X = mixtures.rows(N)
    yield Contest(
        "mixture VB step, 1e5 x 10, 8 full", {"statsim": our_step(X), "scikit-learn": sklearn_step(X)}, {"scikit-learn": 8.0}, rounds=5,
    )  # fmt: skip
    yield Limit("collapsed Gibbs, 1e6 labels of 1e4 x 2, 4 full", seconds_of_a_million_labels, 1.0)
