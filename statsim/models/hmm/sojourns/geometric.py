"""Geometric sojourns: a hidden semi-Markov model with them is a hidden Markov model."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim.kernels.hmm.semi_sojourns import geometric_tables
from statsim.models.hmm.sojourns.sojourn import Sojourn, ended_and_open, out_of_range

_LEAST = 1e-12  # a state that is never seen to end: a bound, so that its likelihood stays finite


@dataclass(frozen=True, eq=False)
class Geometric(Sojourn):
    r"""Geometric law, :math:`P(D = u) = p (1 - p)^{u - 1}`.

    Parameters
    ----------
    probabilities : array (k,), optional
        p of each state, in (0, 1]: of an end after each step.

    Examples
    --------
    >>> Geometric([0.5]).checked().table(3).tolist()
    [[0.5, 0.25, 0.25]]
    """

    probabilities: Any = None

    name: ClassVar[str] = "geometric"

    def settled(self):
        p = self.probabilities
        out_of_range("probabilities", p, ~((p > 0) & (p <= 1)), "above 0 and at most 1")
        return self

    def fill_tables(self, state, log_d, log_s):
        geometric_tables(self.probabilities[state], log_d, log_s)

    def with_means(self, means, max_duration):
        return Geometric(1.0 / np.maximum(means, 1.0))

    def estimate(self, completed, censored):
        ended, still_open = ended_and_open(completed, censored)
        u = np.arange(1, completed.shape[1] + 1)
        ends, steps = ended.sum(axis=1), ended @ u + still_open @ (u - 1)
        p = np.where(steps > 0, ends / np.where(steps > 0, steps, 1.0), self.probabilities)
        return Geometric(np.clip(p, _LEAST, 1.0))

    def pack(self):
        return np.sqrt(self.probabilities)

    def unpack(self, vector):
        p = vector**2
        return Geometric(p) if ((p >= _LEAST) & (p <= 1.0)).all() else None
