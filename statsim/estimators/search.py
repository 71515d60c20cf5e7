"""The loop of a problem with many optima: EM from many starts.

Many short runs find the optima, the best few are polished (Biernacki, Celeux, Govaert 2003, CSDA 41). The likelihood of a
mixture is unbounded, so an optimum is taken only when the model finds no defect in it: a component of a few rows, or one
that has shrunk towards a point or a plane, is spurious (McLachlan, Peel 2000, section 3.10). This file knows no model.
"""

import time
from dataclasses import replace

import numpy as np

from statsim.errors import FitError
from statsim.estimators.climb import DegenerateError, climb
from statsim.estimators.fit_result import FitResult
from statsim.protocols import SearchSteps

_SHORT_TOL = 1e-6
_INDEPENDENT = 0.4  # of the starts; the others move a component of the best optimum so far
_MIDDLE_TOL = 1e-7
_CROWDED_STARTS = 10  # where the rows hardly suffice: so many starts, all ending in a defect, and the search is given up
_SAME = 1e-4  # per unit of weight: runs closer than this have found the same optimum
_FINAL_DISTANCE = 1e-8
_TRIAL_STEPS = 25
_POLISH_STEPS = 5  # times `short_iter`: enough to rank the optima; on a flat ridge the winner alone goes on to `max_iter`
_REPEAT = 1e-6  # per unit of weight: polished runs closer than this end alike


def search(method, steps: SearchSteps, *, key, first=None):
    """Find the best state that `steps` has no objection to.

    Parameters
    ----------
    method : MLE
        Loop control.
    steps : statsim.protocols.SearchSteps
        What the model supplies.
    key : ndarray (2,), uint64
        Key of the streams of the starts.
    first : state, optional
        Warm start: the only start.

    Returns
    -------
    state, FitResult

    Raises
    ------
    FitError
        When no start leads to a usable state.
    """
    began = time.perf_counter()
    n_spurious = 0
    for level, bounded in enumerate(steps.levels()):
        attempt = _Search(method, bounded, key, first)
        run = attempt.best()
        n_spurious += attempt.n_spurious
        if run is not None:
            result = attempt.result(run, bounded.offset)
            result = replace(result, n_spurious=n_spurious, seconds=time.perf_counter() - began)
            return run.state, (_with_bound(result, bounded) if level or bounded.bound else result)
    raise FitError(f"all {n_spurious} starts ended in a defect, the last: {attempt.last_defect}; {steps.remedy}")


def _with_bound(result, steps):
    message = (
        f"eigenvalues were bounded below at {steps.bound:g} of the data's variance: without the bound {steps.bound_reason}"
    )
    return replace(result, regularised=True, warnings=(*result.warnings, message))


class _Search:
    """Short runs and polishing of one problem."""

    def __init__(self, method, steps, key, first):
        self.method, self.steps, self.key, self.first = method, steps, key, first
        self.n_spurious, self.n_starts, self.n_agreed, self.last_defect = 0, 0, 0, "none"
        self.reached = set()

    def best(self):
        """The best polished run without a defect, or None."""
        method, steps = self.method, self.steps
        if self.first is not None or steps.is_simple:
            state = steps.start(0, "kmeans", self.key) if self.first is None else self.first
            self.n_starts = self.n_agreed = 1
            run = self._attempt(steps, state, method.max_iter, method.tol, _FINAL_DISTANCE)
            return run
        reduced = steps.reduced(method.max_rows, self.key)
        runs = self._short_runs(reduced)
        if reduced is not steps:
            return self._best_of_many_rows(_different(runs, _SAME * reduced.total_weight))
        runs = [_joined(run, longer) for run in _different(runs, 1e-9 * steps.total_weight) if (longer := self._polish(run))]
        return self._finish(runs)

    def _polish(self, run):
        """`run` taken further, or None once enough different optima were polished."""
        if len(self.reached) >= self.method.n_polish:
            return None
        most = min(self.method.max_iter, _POLISH_STEPS * self.method.short_iter)
        longer = self._attempt(self.steps, run.state, most, _MIDDLE_TOL, np.inf)
        if longer is not None:
            self.reached.add(round(longer.objective / (_SAME * self.steps.total_weight)))
        return longer

    def _best_of_many_rows(self, runs):
        """A few EM steps on all the rows for the best runs of the subsample; only the winner goes on from there."""
        method, begun = self.method, []
        for run in runs:
            if len(begun) < method.n_polish:
                begun.append(self._attempt(self.steps, run.state, min(_TRIAL_STEPS, method.max_iter), _MIDDLE_TOL, np.inf))
        return self._finish([run for run in begun if run is not None])

    def _finish(self, runs):
        """The best of `runs` taken to the final tolerance; the next optimum where that ends in a defect, None after the last."""
        failed = np.inf
        for run in sorted(runs, key=lambda run: -run.objective):
            if failed - run.objective <= _REPEAT * self.steps.total_weight:
                continue
            last = self._attempt(self.steps, run.state, self.method.max_iter, self.method.tol, _FINAL_DISTANCE)
            if last is not None:
                return _joined(run, last)
            failed = run.objective
        return None

    def _attempt(self, steps, state, max_iter, tol, distance):
        """A run without a defect, or None."""
        try:
            run = climb(steps, state, max_iter=max_iter, tol=tol, distance=distance)
            defect = steps.defect(run.state)
        except DegenerateError as error:
            run, defect = None, str(error)
        if defect is None:
            return run
        self._count(defect)
        return None

    def _short_runs(self, steps):
        """Short runs without a defect, the best first: independent starts, then moves from the best so far."""
        method, runs = self.method, []
        independent = max(1, round(_INDEPENDENT * method.n_init))
        self.n_starts = method.n_init
        for index in range(method.n_init):
            if not runs and steps.is_crowded and index >= _CROWDED_STARTS:
                self.n_starts = index
                break
            try:
                state = self._start(steps, index, runs[0].state if runs and index >= independent else None)
            except DegenerateError as error:
                self._count(str(error))
                continue
            run = self._attempt(steps, state, method.short_iter, _SHORT_TOL, np.inf)
            if run is not None:
                runs.append(run)
                runs.sort(key=lambda run: -run.objective)
        if runs:
            limit = runs[0].objective - _SAME * steps.total_weight
            self.n_agreed = sum(bool(run.objective >= limit) for run in runs)
        return runs

    def _start(self, steps, index, best):
        if best is None:
            return steps.start(index, _init(self.method.init, index), self.key)
        return steps.moved(best, index, self.key)

    def _count(self, defect):
        self.n_spurious += 1
        self.last_defect = defect

    def result(self, run, offset):
        warnings = () if run.converged else (f"not converged: {run.reason}; raise max_iter, or use fewer components",)
        return FitResult(
            objective=float(run.objective + offset),
            path=run.path + offset,
            converged=run.converged,
            reason=run.reason,
            n_iter=run.n_iter,
            n_starts=self.n_starts,
            n_agreed=self.n_agreed,
            n_spurious=self.n_spurious,
            regularised=False,
            seconds=0.0,
            warnings=warnings,
        )


def _different(runs, distance):
    """Those of `runs`, sorted from the best, that differ from the one before by more than `distance` in the objective."""
    kept = []
    for run in runs:
        if not kept or kept[-1].objective - run.objective > distance:
            kept.append(run)
    return kept


def _joined(before, after):
    """`after`, which went on where `before` ended, with the path of both."""
    path = np.concatenate([before.path, after.path[after.path > before.path[-1]]])
    return replace(after, path=path, n_iter=before.n_iter + after.n_iter)


def _init(init, index):
    return ("kmeans", "kmeans++", "random")[index % 3] if init == "mixed" else init
