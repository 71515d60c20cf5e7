"""Rows' moments and a conjugate prior's together: A. Gelman et al., Bayesian Data Analysis (2013), section 3.6."""

import numpy as np


def absorbed(prior, kind, zeroth, means, central):
    """Posterior means (k, d) and sums of squares (k, d, d) or (k, 1, d) of components with the given weights, means and central moments.

    The prior's own scale is added in full to each component, or a k-th of it where they share one covariance.
    """
    normal = prior.normal
    k, d = means.shape
    share = 1.0 / k if kind.shared else 1.0
    gap = means - normal.mean
    pull = normal.mean_precision / (normal.mean_precision + zeroth)
    weight = pull * zeroth
    if kind.diagonal:
        sums = central + share * np.diagonal(normal.scale) + (weight[:, None] * gap**2)[:, None, :]
    else:
        sums = central[:, :d, :d] + share * normal.scale + weight[:, None, None] * gap[:, :, None] * gap[:, None, :]
    return means - pull[:, None] * gap, sums
