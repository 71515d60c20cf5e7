"""The loop of a prior that prefers few components: EM from too many, each of which goes when the prior leaves it no weight.

M. Figueiredo, A. Jain, "Unsupervised learning of finite mixture models", IEEE TPAMI 24 (2002). This file knows no model.
"""

import time

import numpy as np

from statsim.errors import FitError
from statsim.estimators.climb import DegenerateError, climb
from statsim.estimators.fit_result import FitResult

_STARTS = 10
_SAME = 1e-4
_DISTANCE = 1e-8
_INITS = ("kmeans", "kmeans++", "random")


class VanishedError(DegenerateError):
    """Some components have lost their weight; `remains` is what the steps need to go on without them."""

    def __init__(self, remains):
        super().__init__("a component lost its weight to the prior")
        self.remains = remains


def thin(method, steps, *, key, first=None):
    """The best state that is reached, with as many components as are left.

    Parameters
    ----------
    method : MLE
        Loop control; at most 10 starts are made.
    steps : statsim.protocols.SearchSteps
        With `remaining(remains)`, the steps and the state without the components that went, and `standing(state)`, which compares states
        with different numbers of components, `without_weakest(state)`, what remains when the smallest component goes, and
        `descends`, True where one after another is to go and the best number is taken.
    key : ndarray (2,), uint64
    first : state, optional
        The only start.

    Returns
    -------
    state, FitResult
        The path is that since the last component went: the objectives of different numbers of components lie on no one climb.

    Raises
    ------
    FitError
        When no start leads to a usable state.
    """
    began, runs, failure = time.perf_counter(), [], None
    n_starts = 1 if first is not None else min(method.n_init, _STARTS)
    for index in range(n_starts):
        try:
            init = _INITS[index % 3] if method.init == "mixed" else method.init
            runs.append(_run(method, steps, steps.start(index, init, key) if first is None else first))
        except DegenerateError as error:
            failure = error
    if not runs:
        raise FitError(f"all {n_starts} starts ended in a defect, the last: {failure}; {steps.remedy}")
    values, runs = zip(*runs, strict=True)
    best = runs[int(np.argmax(values))]
    agreed = sum(bool(value >= max(values) - _SAME * steps.total_weight) for value in values)
    return best.state, FitResult(
        objective=float(best.objective + steps.offset), path=best.path + steps.offset, converged=best.converged, reason=best.reason, n_iter=best.n_iter,
        n_starts=n_starts, n_agreed=agreed, n_spurious=n_starts - len(runs), regularised=False, seconds=time.perf_counter() - began,
        warnings=() if best.converged else (f"not converged: {best.reason}; raise max_iter",),
    )  # fmt: skip


def _run(method, steps, state):
    """(standing, run) of the best stop on the way from `state`, begun anew with the others whenever a component goes."""
    stops = []
    while True:
        try:
            run = climb(steps, state, max_iter=method.max_iter, tol=method.tol, distance=_DISTANCE)
        except VanishedError as vanished:
            steps, state = steps.remaining(vanished.remains)
            continue
        sound = steps.defect(run.state) is None
        if sound:
            stops.append((steps.standing(run.state), run))
        if sound and not (steps.descends and steps.k > 1):
            return max(stops, key=lambda stop: stop[0])
        steps, state = steps.remaining(steps.without_weakest(run.state))  # a spurious component is a small one
