r"""Maximum likelihood by quasi-Newton steps that never lower the likelihood.

BFGS with backtracking (Nocedal, Wright 2006, Numerical Optimization, chapters 3 and 6). The model supplies coordinates in which the
information is near the identity, so that the first step is nearly Newton's and half the squared gradient is the log-likelihood still to
be gained, in absolute terms: that is the stopping rule. This file knows no model.
"""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.errors import FitError
from statsim.estimators.fit_result import FitResult

_ARMIJO = 1e-4
_HALVINGS = 40
_CURVATURE = 1e-10
_ROUNDING = 1e-13  # of the objective's size: what sums of doubles cannot tell apart


@dataclass(frozen=True)
class LikelihoodAscent:
    """How to climb to the maximum of a likelihood that has one and a gradient.

    Parameters
    ----------
    max_iter : int
    tol : float
        Stop when the log-likelihood still to be gained is below this.

    Examples
    --------
    >>> LikelihoodAscent(tol=1e-6).tol
    1e-06
    """

    max_iter: int = 200
    tol: float = 1e-14

    name: ClassVar[str] = "mle"

    def __post_init__(self):
        checks.integer(self.max_iter, "max_iter", minimum=1)
        checks.real(self.tol, "tol", minimum=0.0, open_minimum=True)

    def fit(self, steps, *, key=None, first=None):
        """Climb from the start that `steps` gives.

        Parameters
        ----------
        steps : object
            `n_coordinates`; `value_and_gradient(vector)` gives the objective less `offset` and its gradient, (-inf, None) outside;
            the start is the zero vector; `from_vector(vector)` gives the state; a gain below `resolution` of the objective's size
            may be promised and not found.
        key, first : ignored

        Returns
        -------
        state, FitResult
        """
        began = time.perf_counter()
        vector, path, converged, reason = self._climb(steps)
        warnings = () if converged else (f"not converged: {reason}; raise max_iter, or use a simpler model",)
        result = FitResult(
            objective=float(path[-1] + steps.offset), path=np.array(path) + steps.offset, converged=converged, reason=reason, n_iter=len(path), n_starts=1, n_agreed=1,
            n_spurious=0, regularised=False, seconds=time.perf_counter() - began, warnings=warnings,
        )  # fmt: skip
        return steps.from_vector(vector), result

    def _climb(self, steps):
        """The best vector, the path of the objective, whether it converged, and why it ended."""
        x = np.zeros(steps.n_coordinates)
        value, gradient = steps.value_and_gradient(x)
        if gradient is None:
            raise FitError("the likelihood has no finite value where the search begins; look for values predicted without error, or use a simpler model")
        inverse, path = np.eye(len(x)), [value]
        for _ in range(self.max_iter):
            if 0.5 * (gradient @ inverse @ gradient) <= self.tol:
                return x, path, True, "the gain still to come is below the tolerance"
            found = _search(steps, x, value, gradient, inverse @ gradient)
            if found is None and (inverse != np.eye(len(x))).any():
                inverse = np.eye(len(x))
                found = _search(steps, x, value, gradient, gradient)
            if found is None:
                return x, path, bool(0.5 * (gradient @ gradient) <= steps.resolution * (1.0 + abs(value))), "the objective rises no more in double precision"
            step, value, after = found
            inverse = _updated(inverse, step, gradient - after)
            x, gradient = x + step, after
            path += [value] if value > path[-1] else []
        return x, path, False, f"max_iter={self.max_iter} steps were made"


def _search(steps, x, value, gradient, direction):
    """The first of the steps 1, 1/2, 1/4, ... along `direction` that gains enough, as (step, value, gradient); None when none does.

    Where the gain promised is lost in the rounding of the objective, a step that halves the gradient is as good.
    """
    slope = gradient @ direction
    length = 1.0
    for _ in range(_HALVINGS):
        reached, after = steps.value_and_gradient(x + length * direction)
        if reached > value and reached >= value + _ARMIJO * length * slope - _ROUNDING * abs(value):
            return length * direction, reached, after
        if length * slope <= 10 * _ROUNDING * (1.0 + abs(value)):
            close = after is not None and reached >= value - _ROUNDING * (1.0 + abs(value))
            return (length * direction, reached, after) if close and after @ after <= 0.25 * (gradient @ gradient) else None
        length *= 0.5
    return None


def _updated(inverse, s, y):
    """The BFGS inverse for the step s over which the gradient of minus the objective rose by y."""
    sy = s @ y
    if not sy > _CURVATURE * np.sqrt((s @ s) * (y @ y)):
        return inverse
    left = np.eye(len(s)) - np.outer(s, y) / sy
    return left @ inverse @ left.T + np.outer(s, s) / sy
