"""The loop of a density of any form: the best of climbs from several starts, and how many agree on it."""

from dataclasses import replace

from statsim.errors import FitError

STARTS = 8
"""Climbs at most; a method with fewer starts (`n_init`) makes those."""

_TIGHTER = 1e-5  # a climb is quadratic at its end, so it goes on until its gain is below this times `tol`, in all
_SAME = 1e-3  # of a log density: climbs that end nearer than this have found the same maximum


def climbs(method, steps, *, key, first=None):
    """The best maximum of `steps`.

    Parameters
    ----------
    method : MLE
        Loop control: `n_init`, `max_iter`, `tol`.
    steps : statsim.protocols.ClimbsSteps
    key : ndarray (2,), uint64
    first : array, optional
        The only start.

    Returns
    -------
    Maximum, FitResult

    Raises
    ------
    FitError
        When the density is minus infinity at all starts.
    """
    starts = steps.starts(min(method.n_init, STARTS), key) if first is None else [first]
    reached = [steps.climb(start, max_iter=method.max_iter, tol=_TIGHTER * method.tol) for start in starts]
    found = [one for one in reached if one is not None]
    if not found:
        raise FitError(f"the log density is minus infinity at all {len(starts)} starts; give initial=, a point of the support where it is finite")
    best = max(found, key=lambda one: (one.result.converged, one.value) if one.value < float("inf") else (False, one.value))
    highest = max(one.value for one in found)
    agreed = sum(abs(one.value - best.value) <= _SAME for one in found)
    seconds = sum(one.result.seconds for one in found)
    result = replace(best.result, n_starts=len(starts), n_agreed=agreed, seconds=seconds)
    if highest > best.value + _SAME:
        message = f"a climb that did not converge went higher, to {highest:.6g}: the log density may have no maximum; add a prior, or narrow the support"
        result = replace(result, warnings=(*result.warnings, message))
    return best, result
