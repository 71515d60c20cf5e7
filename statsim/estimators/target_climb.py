"""To a maximum of a target: quasi-Newton ascents, each in coordinates in which the curvature at its start is the unit matrix.

Three stages at most: where the first ends, the curvature is that of the maximum, and the next is Newton's. A maximum is one only where the
curvature is negative in all directions; what is flat is said.
"""

from dataclasses import dataclass, replace

import numpy as np

from statsim.estimators.fit_result import FitResult
from statsim.estimators.likelihood_ascent import LikelihoodAscent

_STAGES = 3
_NEWTON = 0.3  # curvature this near to the unit matrix at the end of a stage: its last steps were Newton's
_FLATTEST = 1e-8  # of the largest curvature: below it a direction tells nothing


@dataclass(frozen=True)
class Maximum:
    """Where a climb ended: reals y, the value there, minus the inverse of the curvature (None where it is not negative definite), and the account."""

    y: np.ndarray
    value: float
    covariance: np.ndarray | None
    result: FitResult


@dataclass(frozen=True)
class _Stage:
    """The steps that `LikelihoodAscent` asks for, about `origin`."""

    slope: object
    origin: np.ndarray
    stretch: np.ndarray
    offset: float

    resolution = 1e-9

    @property
    def n_coordinates(self):
        return len(self.origin)

    def value_and_gradient(self, vector):
        value, gradient = self.slope.value_and_gradient(self.origin + self.stretch @ vector, self.stretch)
        return (value, None) if gradient is None else (value - self.offset, self.stretch.T @ gradient)

    def from_vector(self, vector):
        return self.origin + self.stretch @ vector


def climb_target(slope, start, *, max_iter, tol):
    """Climb from the reals `start`.

    Parameters
    ----------
    slope : TargetSlope
    start : array (dim,)
    max_iter : int
        Of each of the three stages.
    tol : float
        The value still to be gained at the end, in all.

    Returns
    -------
    Maximum, or None where the target is minus infinity at the start.
    """
    value = slope.value(start)
    if not np.isfinite(value):
        return None
    y, path, n_iter = np.array(start, float), [value], 0
    stretch = _stretch(slope.hessian(y))[0]
    for _ in range(_STAGES):
        y, result = LikelihoodAscent(max_iter=max_iter, tol=tol).fit(_Stage(slope, y, stretch, value))
        value, n_iter = result.objective, n_iter + result.n_iter
        path += [step for step in result.path if step > path[-1]]
        hessian = slope.hessian(y, stretch)
        turn, is_maximum = _stretch(hessian)
        stretch = stretch @ turn
        if result.converged and is_maximum and np.abs(hessian + np.eye(len(y))).max() < _NEWTON:
            break
    covariance = stretch @ stretch.T if is_maximum else None
    y = _last(slope, y, value, stretch) if is_maximum else y
    return Maximum(y, value, covariance, _judged(result, path, n_iter, is_maximum))


def _last(slope, y, value, stretch):
    """One Newton step more, whose gain is lost in rounding but which doubles the digits of y."""
    gradient = slope.value_and_gradient(y, stretch)[1]
    moved = y if gradient is None else y + stretch @ (stretch.T @ gradient)
    return moved if slope.value(moved) >= value - 1e-13 * (1.0 + abs(value)) else y


def _judged(result, path, n_iter, is_maximum):
    """The account of all stages."""
    warnings = result.warnings
    if not is_maximum:
        warnings = (*warnings, "the log density is flat or not bounded in some direction where the climb ended: the parameters are not told by it; add a prior, or fix a parameter")
    return replace(result, objective=float(path[-1]), path=np.array(path), n_iter=n_iter, converged=result.converged and is_maximum, warnings=warnings)


def _stretch(hessian):
    """A root of minus the inverse of `hessian`, directions of wrong sign or none taken at their size, and whether there are none of those."""
    p = len(hessian)
    if not np.isfinite(hessian).all():
        return np.eye(p), False
    values, vectors = np.linalg.eigh(-hessian)
    largest = np.abs(values).max()
    if not largest > 0:
        return np.eye(p), False
    return vectors / np.sqrt(np.maximum(np.abs(values), _FLATTEST * largest)), bool(values.min() > _FLATTEST * largest)
