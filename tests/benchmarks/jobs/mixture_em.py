"""One iteration of EM for a Gaussian mixture."""

import mixtures
import numpy as np
from contest import Contest

N = 100_000
LOG_2PI = np.log(2 * np.pi)


def hand_step(X, weights, means, covariances):
    """A callable that makes one EM step in NumPy with two matrix products on the monomials 1, x_i, x_i x_j (made once)."""
    d = X.shape[1]
    i, j = np.triu_indices(d)
    monomials = np.hstack([np.ones((len(X), 1)), X, X[:, i] * X[:, j]])
    doubled = np.where(i == j, 1.0, 2.0)

    def step():
        precisions = np.linalg.inv(covariances)
        pulled = np.einsum("kij,kj->ki", precisions, means)
        constants = np.log(weights) - 0.5 * (np.linalg.slogdet(covariances)[1] + (means * pulled).sum(axis=1) + d * LOG_2PI)
        coefficients = np.hstack([constants[:, None], pulled, -0.5 * precisions[:, i, j] * doubled])
        log_joint = monomials @ coefficients.T
        top = log_joint.max(axis=1, keepdims=True)
        posterior = np.exp(log_joint - top)
        total = posterior.sum(axis=1, keepdims=True)
        posterior /= total
        moments = posterior.T @ monomials
        mass = moments[:, :1]
        centres, second = moments[:, 1 : d + 1] / mass, np.empty_like(covariances)
        second[:, i, j] = second[:, j, i] = moments[:, d + 1 :] / mass
        second -= centres[:, :, None] * centres[:, None, :]
        return float((top + np.log(total)).sum()), mass[:, 0] / mass.sum(), centres, second

    return step


def our_step(X, covariance_type):
    """A callable that makes one EM step of statsim on X."""
    from statsim.distributions.covariance import covariance_kind
    from statsim.models.mixture.rows import prepare
    from statsim.models.mixture.steps import MixtureState, MixtureSteps

    rows = prepare(X, None, one_scale=False)
    steps = MixtureSteps(rows, covariance_kind(covariance_type), mixtures.N_COMPONENTS)
    weights, means, covariances = mixtures.parameters()
    means, covariances = (means - rows.centre) / rows.scale, covariances / (rows.scale[:, None] * rows.scale)
    if covariance_type == "diag":
        covariances = np.diagonal(covariances, axis1=1, axis2=2).copy()
    state = MixtureState(weights, means, covariances)
    return lambda: steps.em(state)


def sklearn_step(X, covariance_type):
    """A callable that makes one EM step of scikit-learn on X."""
    model = mixtures.sklearn_mixture(covariance_type)

    def step():
        _, log_posterior = model._e_step(X)
        model._m_step(X, log_posterior)

    return step


def jobs():
    X, theta = mixtures.rows(N), mixtures.parameters()
    yield Contest(
        "mixture EM step, 1e5 x 10, 8 full",
        {
            "statsim": our_step(X, "full"),
            "scikit-learn": sklearn_step(X, "full"),
            "NumPy by hand": hand_step(X, *theta),
        },
        {"scikit-learn": 8.0},
    )
    yield Contest(
        "mixture EM step, 1e5 x 10, 8 diagonal",
        {"statsim": our_step(X, "diag"), "scikit-learn": sklearn_step(X, "diag")},
        {"scikit-learn": 5.0},
    )
