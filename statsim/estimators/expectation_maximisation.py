"""EM from one start: the loop of `statsim.estimators.climb` and its account. This file knows no model."""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.errors import FitError
from statsim.estimators.climb import DegenerateError, climb
from statsim.estimators.fit_result import FitResult


@dataclass(frozen=True)
class EM:
    """How to climb a likelihood by EM with squared extrapolation from the one start that the model gives.

    Parameters
    ----------
    max_iter : int
        EM steps at most.
    tol : float
        Stop when the log-likelihood still to be gained is below `tol` per step.

    Examples
    --------
    >>> EM(tol=1e-6).max_iter
    2000
    """

    max_iter: int = 2000
    tol: float = 1e-9

    name: ClassVar[str] = "mle"

    def __post_init__(self):
        checks.integer(self.max_iter, "max_iter", minimum=1)
        checks.real(self.tol, "tol", minimum=0.0, open_minimum=True)

    def fit(self, steps, *, key=None, first=None):
        """Climb from `steps.start()`.

        Parameters
        ----------
        steps : statsim.protocols.Steps
            With `start()`, and `offset`, what the objective lacks.
        key, first : ignored

        Returns
        -------
        state, FitResult

        Raises
        ------
        FitError
            When the likelihood cannot be computed where the climb leads.
        """
        began = time.perf_counter()
        try:
            run = climb(steps, steps.start(), max_iter=self.max_iter, tol=self.tol, distance=np.inf)
        except DegenerateError as error:
            raise FitError(f"EM led to parameters without a likelihood: {error}") from error
        warnings = () if run.converged else (f"not converged: {run.reason}; raise max_iter, or estimate fewer parameters",)
        result = FitResult(
            objective=float(run.objective + steps.offset), path=run.path + steps.offset, converged=run.converged, reason=run.reason, n_iter=run.n_iter, n_starts=1,
            n_agreed=1, n_spurious=0, regularised=False, seconds=time.perf_counter() - began, warnings=warnings,
        )  # fmt: skip
        return run.state, result
