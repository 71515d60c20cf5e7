"""The loop of generalised linear models: least squares again and again, with weights and responses of the state, never falling.

P. J. Green, JRSS B 46 (1984); each step is halved until the objective rises, so the deviance falls from step to step (asserted in the tests).
This file knows no model.
"""

import time

import numpy as np

from statsim.estimators.fit_result import FitResult

_HALVINGS = 40
_TIGHTER = 1e-5  # Newton's steps are quadratic at the end
_ROUNDING = 1e-13  # of the objective's size


def reweight(method, steps, *, key=None, first=None):
    """The maximum of `steps`.

    Parameters
    ----------
    method : MLE
        Loop control: `max_iter`, `tol`.
    steps : statsim.protocols.ReweightingSteps
    key : ignored
    first : array, optional
        Warm start.

    Returns
    -------
    state, FitResult
    """
    began = time.perf_counter()
    vector = steps.first() if first is None else first
    path, converged, reason = [steps.objective(vector)], False, f"max_iter={method.max_iter} steps were made"
    for _ in range(method.max_iter):
        direction, gain = steps.step(vector)
        if gain <= _TIGHTER * method.tol:
            converged, reason = True, "the gain still to come is below the tolerance"
            vector = _last(steps, vector, direction, path[-1])
            break
        found = _halved(steps, vector, direction, path[-1])
        if found is None:
            small = gain <= 1e3 * _ROUNDING * (1.0 + abs(path[-1]))
            converged, reason = small, "the objective rises no more in double precision"
            break
        vector, value = found
        path.append(value)
        if steps.is_running_away(vector):
            reason = "the coefficients grow without bound"
            break
    state = steps.finish(vector, converged)
    warnings = () if converged else (f"not converged: {reason}; raise max_iter, or give the coefficients a prior (method='map')",)
    return state, FitResult(
        objective=float(path[-1]), path=np.array(path), converged=converged, reason=reason, n_iter=len(path) - 1, n_starts=1, n_agreed=1,
        n_spurious=0, regularised=False, seconds=time.perf_counter() - began, warnings=warnings,
    )  # fmt: skip


def _last(steps, vector, direction, value):
    """One step more, whose gain is lost in rounding but which doubles the digits of the vector."""
    return vector + direction if steps.objective(vector + direction) >= value - _ROUNDING * (1.0 + abs(value)) else vector


def _halved(steps, vector, direction, value):
    """The first of the steps 1, 1/2, 1/4, ... that rises, and the value there; None when none does."""
    length = 1.0
    for _ in range(_HALVINGS):
        after = steps.objective(vector + length * direction)
        if after > value:
            return vector + length * direction, after
        length *= 0.5
    return None
