"""Sparse precisions: 100 columns, the same duality gap on both sides."""

import warnings

import numpy as np
from contest import Contest

from statsim.distributions.penalties.graphical_lasso import solve

P, ROWS, GAP = 100, 300, 1e-4


def correlation():
    """Of rows with a sparse precision."""
    from sklearn.datasets import make_sparse_spd_matrix

    covariance = np.linalg.inv(make_sparse_spd_matrix(P, alpha=0.95, random_state=1))
    scale = np.sqrt(np.diagonal(covariance))
    return np.corrcoef(np.random.default_rng(0).multivariate_normal(np.zeros(P), covariance / np.outer(scale, scale), ROWS).T)


def jobs():
    from sklearn.covariance import graphical_lasso

    S = correlation()

    def peer(alpha):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            graphical_lasso(S, alpha, tol=GAP, max_iter=1000)

    for alpha in (0.05, 0.1, 0.2):
        contestants = {"statsim": lambda alpha=alpha: solve(S, alpha, tol=GAP / P), "scikit-learn": lambda alpha=alpha: peer(alpha)}
        yield Contest(f"graphical lasso, {P} columns, penalty {alpha}, gap {GAP:g}", contestants, {"scikit-learn": 1.0}, rounds=3)
