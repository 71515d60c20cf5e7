"""Variational EM from several starts: memberships and parameters in turn, the lower bound of the evidence never falling.

M. Jordan, Z. Ghahramani, T. Jaakkola, L. Saul, "An introduction to variational methods for graphical models", Machine Learning 37 (1999).
This file knows no model.
"""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.estimators.fit_result import FitResult

_ROUNDING = 1e-9
_SAME = 1e-6
_SWEEPS = 3  # of the memberships between two steps of the parameters


@dataclass(frozen=True)
class VariationalEM:
    """How to fit a model of latent labels by variational EM.

    Parameters
    ----------
    n_init : int
        Starts; the best bound is taken.
    max_iter : int
        Iterations of one start.
    tol : float
        A start has converged when no membership moves by more and the bound gains less than this, relative to its size.

    Examples
    --------
    >>> VariationalEM(n_init=20).n_init
    20
    """

    n_init: int = 8
    max_iter: int = 500
    tol: float = 1e-7

    name: ClassVar[str] = "vem"

    def __post_init__(self):
        for name in ("n_init", "max_iter"):
            checks.integer(getattr(self, name), name, minimum=1)
        checks.real(self.tol, "tol", minimum=0.0, open_minimum=True)

    def fit(self, steps, *, key, first=None):
        """The best state found, and the account of the search.

        Parameters
        ----------
        steps : object
            With `start(index, key)`, `iterate(state, sweeps)` returning a state and the largest change of a membership, and `bound(state)`.
        key : ndarray (2,), uint64
        first : state, optional
            The only start.

        Returns
        -------
        state, FitResult
        """
        began = time.perf_counter()
        runs = [self._climb(steps, steps.start(index, key)) for index in range(self.n_init)] if first is None else [self._climb(steps, first)]
        best = max(runs, key=lambda run: run[1][-1])
        agreed = sum(run[1][-1] >= best[1][-1] - _SAME * (1.0 + abs(best[1][-1])) for run in runs)
        state, path, converged = best
        reason = "memberships and bound have settled" if converged else f"max_iter={self.max_iter} iterations were made"
        return state, FitResult(
            objective=float(path[-1]), path=np.array(path), converged=converged, reason=reason, n_iter=len(path) - 1, n_starts=len(runs),
            n_agreed=int(agreed), n_spurious=0, regularised=False, seconds=time.perf_counter() - began,
            warnings=() if converged else (f"not converged: {reason}; raise max_iter",),
        )  # fmt: skip

    def _climb(self, steps, state):
        path = [steps.bound(state)]
        for _ in range(self.max_iter):
            state, change = steps.iterate(state, _SWEEPS)
            path.append(steps.bound(state))
            if change < 1e-4 and path[-1] - path[-2] <= self.tol * (1.0 + abs(path[-1])):
                return state, path, True
        return state, path, False
