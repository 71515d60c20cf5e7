"""Maximum pseudo-likelihood of an exponential family of graphs: a logistic regression of each pair on what its edge adds (Strauss, Ikeda 1990)."""

import numpy as np

from statsim.errors import FitError

_MAX_ITER = 100


def maximum_pseudo_likelihood(statistics):
    """Coefficients (q,) of a `GraphStatistics`.

    Raises
    ------
    FitError
        When the changes separate edges from pairs without one, or say the same twice.
    """
    rows, inverse = np.unique(_design(statistics), axis=0, return_inverse=True)
    design, there = rows[:, :-1], rows[:, -1]
    counts = np.bincount(inverse.ravel(), minlength=len(rows)).astype(np.float64)
    theta, value = np.zeros(design.shape[1]), -np.inf
    for _ in range(_MAX_ITER):
        value, gradient, information = _sums(design, there, counts, theta)
        if np.linalg.matrix_rank(information) < len(theta) or np.abs(theta).max() > 500:
            raise FitError(
                f"the pseudo-likelihood has no single maximum for the terms {statistics.terms}: they separate edges from the other pairs, or say the same "
                f"twice; use fewer terms"
            )
        step = np.linalg.solve(information, gradient)
        if step @ gradient < 1e-14 * (1.0 + abs(value)):
            break
        scale = 1.0
        while _sums(design, there, counts, theta + scale * step)[0] < value and scale > 1e-6:
            scale /= 2
        theta = theta + scale * step
    return theta


def _design(statistics):
    """What each pair's edge adds, with whether it is there in the last column: (N, q + 1)."""
    return np.column_stack(statistics.changes())


def _sums(design, there, counts, theta):
    eta = design @ theta
    p = 1.0 / (1.0 + np.exp(-np.clip(eta, -700, 700)))
    value = float(np.sum(counts * (there * eta - np.logaddexp(0.0, eta))))
    gradient = design.T @ (counts * (there - p))
    return value, gradient, (design * (counts * p * (1.0 - p))[:, None]).T @ design
