"""The log-likelihood (or posterior) of a law in coordinates that are easy to climb in.

Parameters with bounds are taken on the scale of their links (logarithm, logit), and the reals are turned and stretched so that the
curvature at the start is the unit matrix: the first quasi-Newton step is Newton's. No Jacobian: the maximum is that of the parameters themselves.
"""

import numpy as np

from statsim.errors import FitError, TargetError
from statsim.models.laws.law_target import LawTarget, no_prior

_STEP = 1e-5
_EDGE = 1e-3


class Slope:
    """The objective of the law `kind` on `data` under independent priors, None meaning none; the start is the zero vector."""

    def __init__(self, kind, data, prior):
        self.target = LawTarget(kind, data, no_prior(kind) if prior is None else prior)
        self.low, self.high = self.target.bounds
        self.origin = self.target.unconstrain(self._inside(kind._start(data.stand_ins())[kind._is_free()]))
        self._check_start(kind)
        self.stretch = self._stretch()

    def _inside(self, start):
        """The start moved off the bounds, where a climb cannot begin."""
        low, high = self.low, self.high
        reach = np.where(np.isfinite(low) & np.isfinite(high), _EDGE * (high - low), _EDGE)
        start = np.where(start > low, start, low + reach)
        start = np.where(start < high, start, high - reach)
        both = np.isfinite(low) & np.isfinite(high)
        return np.where(both, np.clip(start, low + reach, high - reach), start)

    def _check_start(self, kind):
        value, _ = self._in_reals(self.origin)
        if not np.isfinite(value):
            start = ", ".join(f"{name}={number:.4g}" for name, number in zip(kind.parameter_names, self.target.constrain(self.origin), strict=True))
            raise FitError(f"the climb of {type(kind).__name__} cannot begin: the data have probability 0 to double precision at {start}; look for values that lie far from the others, or are all alike")

    def parameters(self, vector):
        """The parameters (p,) at a vector."""
        return self.target.constrain(self.origin + self.stretch @ vector)

    def value_and_gradient(self, vector):
        """Objective and gradient; minus infinity and None where a parameter has reached a bound in doubles."""
        value, gradient = self._in_reals(self.origin + self.stretch @ vector)
        return (value, None) if gradient is None else (value, self.stretch.T @ gradient)

    def _in_reals(self, y):
        x = self.target.constrain(y)
        if not (np.isfinite(x).all() and (x > self.low).all() and (x < self.high).all()):
            return -np.inf, None
        try:
            value, gradient = self.target.value_and_gradient(x)
        except TargetError:  # so far out that the sums are no numbers
            return -np.inf, None
        return (value, gradient * self._steps(x)) if np.isfinite(value) else (-np.inf, None)

    def _steps(self, x):
        """dx/dy of each coordinate: `statsim.kernels.targets.transforms`."""
        below, above = np.isfinite(self.low), np.isfinite(self.high)
        to_low, to_high = np.where(below, x - np.where(below, self.low, 0.0), 1.0), np.where(above, np.where(above, self.high, 0.0) - x, 1.0)
        return to_low * to_high / np.where(below & above, to_low + to_high, 1.0)

    def _stretch(self):
        """The inverse root of minus the Hessian at the start; of its diagonal where it is not positive definite."""
        p = len(self.origin)
        hessian = np.empty((p, p))
        for i in range(p):
            step = np.eye(p)[i] * _STEP
            (_, after), (_, before) = self._in_reals(self.origin + step), self._in_reals(self.origin - step)
            hessian[i] = 0.0 if after is None or before is None else (before - after) / (2 * _STEP)
        hessian = (hessian + hessian.T) / 2
        values, vectors = np.linalg.eigh(hessian)
        if not values.min() > 1e-8 * values.max() or not values.max() > 0:
            sizes = np.abs(np.diagonal(hessian))
            return np.diag(1 / np.sqrt(np.where(sizes > 0, sizes, 1.0)))
        return vectors / np.sqrt(values)
