"""Log-likelihoods, the obvious way."""

import numpy as np


def logistic(coefficients, X, y):
    """Log-likelihood of logistic regression and its gradient (d,)."""
    eta = X @ coefficients
    chance = np.exp(-np.logaddexp(0.0, -eta))
    return float(np.sum(y * eta - np.logaddexp(0.0, eta))), X.T @ (y - chance)
