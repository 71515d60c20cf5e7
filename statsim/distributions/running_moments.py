r"""Weighted means and sums of squares of rows that come in parts.

Parts are merged pairwise about their own means: T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the sample variance:
analysis and recommendations", The American Statistician 37 (1983), equation 2.1. The merged mean is held as a centre, one of the rows, and a
small difference from it, so that rows whose mean is :math:`10^9` times their spread keep the digits of their spread.
"""

import numpy as np


class RunningMoments:
    """Sum of weights, mean and sums of squares and products about the mean of all rows added so far.

    Attributes
    ----------
    weight : float
    centre : ndarray (d,) or None
        The first row.
    difference : ndarray (d,)
        Mean less centre.
    scatter : ndarray (d, d)
    moves : ndarray (d,) of bool
        Columns in which two rows of positive weight differ.
    """

    def __init__(self):
        self.weight = 0.0
        self.centre = None

    @property
    def mean(self):
        """Weighted mean (d,)."""
        return self.centre + self.difference

    def add(self, X, weights):
        """Take in rows X (m, d) with weights (m,); those of weight 0 are no rows."""
        kept = weights > 0
        if not kept.all():
            X, weights = X[kept], weights[kept]
        if not len(X):
            return
        if self.centre is None:
            d = X.shape[1]
            self.centre, self.difference = X[0].copy(), np.zeros(d)
            self.scatter, self.moves = np.zeros((d, d)), np.zeros(d, bool)
        self.moves |= (X != self.centre).any(axis=0)
        shifted, weight = X - self.centre, float(weights.sum())
        mean = weights @ shifted / weight
        shifted -= mean
        rest = weights @ shifted / weight  # what rounding left of the mean: the corrected two-pass algorithm
        scatter = np.einsum("ni,nj->ij", weights[:, None] * shifted, shifted, optimize=True) - weight * np.outer(rest, rest)
        self._merge(weight, mean + rest, scatter)

    def _merge(self, weight, mean, scatter):
        total = self.weight + weight
        gap = mean - self.difference
        self.scatter += scatter + np.outer(gap, gap) * (self.weight * (weight / total))
        self.difference = self.difference + gap * (weight / total)
        self.weight = total

    def covariance(self):
        """Scatter over weight (d, d), symmetric, with exact zeros in the columns that do not move."""
        covariance = (self.scatter + self.scatter.T) / (2 * self.weight)
        covariance[~self.moves], covariance[:, ~self.moves] = 0.0, 0.0
        return covariance
