r"""A target's log density and slope in unconstrained reals, with the log-Jacobian of the transform or without it.

Without it the maximum is that of the density of the parameters themselves; with it, the density that a law of the reals stands for. Where the target has
no gradient, central differences stand for it (Nocedal, Wright 2006, section 8.1).
"""

import numpy as np

STEP = 6e-6
"""Of central differences, in units in which the curvature is of order one: the cube root of the unit roundoff."""


class TargetSlope:
    """Values and gradients of `target` in its reals; `jacobian` says whether the log-Jacobian is part of the value."""

    def __init__(self, target, *, jacobian):
        self.target, self.jacobian = target, jacobian
        self.dim = target.unconstrained_dim
        self.context = target.context()

    def value(self, y):
        """The value at y (dim,), minus infinity outside the support.

        Raises
        ------
        TargetError
            Where the target is wrong, with the point.
        """
        return self._checked(self._call(y, np.empty(self.dim), False), y)

    def value_and_gradient(self, y, steps=None):
        """Value and gradient; `steps` (dim, k) are the directions of differences where there is no gradient (default: the axes)."""
        if not self.target.has_gradient:
            return self._by_differences(y, steps)
        gradient = np.empty(self.dim)
        value = self._checked(self._call(y, gradient, True), y)
        if not np.isfinite(value):
            return -np.inf, None
        if not self.jacobian:
            value, gradient = self._without_jacobian(y, value, gradient)
        if not np.isfinite(gradient).all():
            raise self.target.error_at(self.target.constrain(y))
        return value, gradient

    def _checked(self, value, y):
        if np.isnan(value):
            raise self.target.error_at(self.target.constrain(y))
        return value if value > -np.inf else -np.inf

    def _call(self, y, gradient, with_gradient):
        from statsim.kernels.targets.evaluate import value_at

        y = np.ascontiguousarray(y, np.float64)
        value = float(value_at(self.context, y, gradient, with_gradient))
        if with_gradient or self.jacobian or not np.isfinite(value):
            return value
        return value - self._log_jacobian(y)[0]

    def _log_jacobian(self, y):
        """The log-Jacobian at y, and its gradient."""
        from statsim.kernels.targets.transforms import constrain, pull_back

        blocks, low, high = self.context[3:6]
        if not len(blocks):
            return 0.0, np.zeros(self.dim)
        x, slopes = np.empty(self.target.dim), np.empty(self.dim)
        value = constrain(blocks, low, high, y, x)
        pull_back(blocks, low, high, y, x, np.zeros(self.target.dim), slopes)
        return value, slopes

    def _without_jacobian(self, y, value, gradient):
        log_jacobian, slopes = self._log_jacobian(np.ascontiguousarray(y, np.float64))
        return value - log_jacobian, gradient - slopes

    def _by_differences(self, y, steps):
        value = self.value(y)
        if not np.isfinite(value):
            return -np.inf, None
        steps = np.eye(self.dim) if steps is None else steps
        slopes = [(self.value(y + STEP * step) - self.value(y - STEP * step)) / (2 * STEP) for step in steps.T]
        return (value, np.linalg.solve(steps.T, slopes)) if np.isfinite(slopes).all() else (-np.inf, None)

    def hessian(self, y, steps=None):
        """Second derivatives at y along the columns of `steps`, (k, k): central differences of the gradient, or of values where there is none; NaN at an edge."""
        steps = np.eye(self.dim) if steps is None else steps
        if not self.target.has_gradient:
            return self._hessian_of_values(y, steps)
        rows = []
        for step in steps.T:
            (_, after), (_, before) = self.value_and_gradient(y + 10 * STEP * step), self.value_and_gradient(y - 10 * STEP * step)
            rows.append(np.full(steps.shape[1], np.nan) if after is None or before is None else steps.T @ (after - before) / (20 * STEP))
        return (np.array(rows) + np.array(rows).T) / 2

    def _hessian_of_values(self, y, steps, h=2e-4):
        """Second differences; h is the fourth root of the unit roundoff."""
        k = steps.shape[1]
        out = np.empty((k, k))
        for i in range(k):
            for j in range(i + 1):
                a, b = h * steps[:, i], h * steps[:, j]
                corners = self.value(y + a + b) - self.value(y + a - b) - self.value(y - a + b) + self.value(y - a - b)
                out[i, j] = out[j, i] = corners / (4 * h * h) if np.isfinite(corners) else np.nan
        return out
