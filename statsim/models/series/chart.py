"""Coordinates around a point of the parameters of an autoregression in which the information is near the identity."""

import numpy as np

from statsim.models.series.point import Point


class Chart:
    r"""The point of a vector u, and gradients by u.

    :math:`A = A_0 + L_0 U R^{-1} / \sqrt n` with the covariance :math:`R R'` of the lags, :math:`\mu = \mu_0 + W u / \sqrt n` with W the scale of the
    mean's error, and :math:`L = L_0 (I + U / \sqrt n)`, lower triangular.
    """

    def __init__(self, point, lag_covariance, count, *, located, sloped, stationary):
        k, p = len(point.location), len(point.coefficients)
        self.point, self.root_n = point, np.sqrt(count)
        self.parts = (k * p * k, k * located, k * sloped, k * (k + 1) // 2)
        self.right = np.linalg.inv(np.linalg.cholesky(lag_covariance)) if p else np.empty((0, 0))
        memory = np.eye(k) - point.coefficients.sum(axis=0) if stationary else np.eye(k)
        self.spread = np.linalg.solve(memory, point.factor)
        self.lower = np.tril_indices(k)
        self.halved = np.where(self.lower[0] == self.lower[1], np.sqrt(0.5), 1.0)

    @property
    def size(self):
        return sum(self.parts)

    def at(self, vector):
        """The point of a vector, or None when its factor is none."""
        start, (k, p) = self.point, (len(self.point.location), len(self.point.coefficients))
        lags, location, slope, triangle = np.split(np.asarray(vector) / self.root_n, np.cumsum(self.parts)[:-1])
        moved = start.factor @ lags.reshape(k, p * k) @ self.right
        coefficients = start.coefficients + moved.reshape(k, p, k).transpose(1, 0, 2)
        relative = np.eye(k)
        relative[self.lower] += self.halved * triangle
        if not (np.diagonal(relative) > 0).all():
            return None
        return Point(
            coefficients,
            start.location + (self.spread @ location if location.size else 0.0),
            start.slope + (self.spread @ slope if slope.size else 0.0),
            start.factor @ relative,
        )

    def pulled(self, gradient):
        """The gradient by u of one by the parts of the point."""
        k, p = len(self.point.location), len(self.point.coefficients)
        flat = gradient.coefficients.transpose(1, 0, 2).reshape(k, p * k)
        lags = self.point.factor.T @ flat @ self.right.T
        triangle = (self.point.factor.T @ gradient.factor)[self.lower] * self.halved
        location = self.spread.T @ gradient.location if self.parts[1] else np.empty(0)
        slope = self.spread.T @ gradient.slope if self.parts[2] else np.empty(0)
        return np.concatenate([lags.ravel(), location, slope, triangle]) / self.root_n
