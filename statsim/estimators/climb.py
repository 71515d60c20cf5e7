r"""One run of EM to a local maximum, accelerated and never falling.

EM with squared extrapolation, SQUAREM scheme S3 (Varadhan, Roland 2008, Scandinavian Journal of Statistics 35): from two
EM steps :math:`r = \theta_1 - \theta_0`, :math:`v = \theta_2 - 2\theta_1 + \theta_0` jump to
:math:`\theta_0 - 2 a r + a^2 v`, :math:`a = -|r| / |v|`. A jump that is not a valid state, or lowers the objective, is
replaced by the plain step. The run stops when the gain still to come, judged by Aitken's geometric rule, is below the tolerance.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.protocols import Steps

_ROUNDING = 1e-10  # of the objective's size: a fall below this is rounding, above it a broken step


class DegenerateError(Exception):
    """A state whose likelihood cannot be computed: an empty component or a singular covariance."""


@dataclass(frozen=True)
class Run:
    """Where a run of EM ended: `state` with objective `path[-1]`."""

    state: Any
    path: np.ndarray
    converged: bool
    reason: str
    n_iter: int

    @property
    def objective(self):
        return self.path[-1]


def climb(steps: Steps, state, *, max_iter, tol, distance):
    """Run EM from `state`.

    Parameters
    ----------
    steps : statsim.protocols.Steps
    state : object
    max_iter : int
        EM steps at most.
    tol : float
        Stop when the gain still to come, per unit of weight, is below this ...
    distance : float
        ... and the coordinates still have less than this to go.

    Returns
    -------
    Run

    Raises
    ------
    DegenerateError
        When the run leads to a degenerate state.
    """
    value, after = steps.em(state)
    path, n_iter, settled = [value], 1, False
    while n_iter < max_iter:
        next_value, beyond = steps.em(after)
        n_iter += 1
        if next_value <= value:
            return Run(state, np.array(path), *_standstill(value, next_value, steps.rounding), n_iter)
        path.append(next_value)
        start, first, second = steps.pack(state), steps.pack(after), steps.pack(beyond)
        gain, to_go = _still_to_come(first - start, second - first, next_value - value)
        settled = gain <= tol * steps.total_weight
        if settled and to_go <= distance:
            return Run(after, np.array(path), True, "the gain still to come is below the tolerance", n_iter)
        (state, value, after), used = _jump(steps, start, first, second, next_value, (after, next_value, beyond))
        n_iter += used
        if value > path[-1]:
            path.append(value)
    drift = "; the objective has settled, the parameters still drift along a flat ridge" if settled else ""
    return Run(state, np.array(path), False, f"max_iter={max_iter} EM steps were made{drift}", n_iter)


def _standstill(value, next_value, rounding):
    """Converged and why, for a step that did not raise the objective."""
    if value - next_value <= max(_ROUNDING * (1.0 + abs(value)), rounding):
        return True, "the objective rises no more in double precision"
    return False, "an EM step lowered the objective"


def _still_to_come(r, s, gain):
    """Aitken's estimates of the gain and of the distance to the limit, from two successive steps r and s."""
    size, next_size = math.sqrt(r @ r), math.sqrt(s @ s)
    rate = min(next_size / size, 0.9999) if size > 0 else 0.0
    return gain * rate**2 / (1 - rate**2), next_size * rate / (1 - rate)


def _jump(steps, start, first, second, floor, plain):
    """The extrapolated (state, objective, state after it) or the plain one, and the number of EM steps used."""
    r, v = first - start, second - 2 * first + start
    length = math.sqrt(r @ r) / max(math.sqrt(v @ v), 1e-300)
    if length > 1.0:
        state = steps.unpack(start + 2 * length * r + length**2 * v)
        if state is not None:
            try:
                value, after = steps.em(state)
            except DegenerateError:
                return plain, 1
            if value >= floor:
                return (state, value, after), 1
            return plain, 1
    return plain, 0
