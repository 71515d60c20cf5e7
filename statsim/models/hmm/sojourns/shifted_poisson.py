"""Poisson sojourns."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim.kernels.hmm.semi_sojourns import poisson_tables
from statsim.models.hmm.sojourns.sojourn import Sojourn, ended_and_open, out_of_range


@dataclass(frozen=True, eq=False)
class ShiftedPoisson(Sojourn):
    r"""Poisson law of the steps after the first, :math:`D - 1 \sim \mathrm{Poisson}(\lambda)`.

    Parameters
    ----------
    rates : array (k,), optional
        :math:`\lambda \ge 0` of each state; the mean sojourn is :math:`1 + \lambda`.

    Examples
    --------
    >>> ShiftedPoisson([0.0]).checked().table(3).tolist()
    [[1.0, 0.0, 0.0]]
    """

    rates: Any = None

    name: ClassVar[str] = "poisson"

    def settled(self):
        out_of_range("rates", self.rates, ~(self.rates >= 0), "at least 0")
        return self

    def fill_tables(self, state, log_d, log_s):
        poisson_tables(self.rates[state], log_d, log_s)

    def with_means(self, means, max_duration):
        return ShiftedPoisson(np.maximum(means, 1.05) - 1.0)

    def estimate(self, completed, censored):
        """One step of EM, with the rest of what was cut off as missing: E(X | X >= m) = rate P(X >= m - 1) / P(X >= m)."""
        ended, still_open = ended_and_open(completed, censored)
        D = completed.shape[1]
        _, log_s = self.log_tables(D)
        with np.errstate(invalid="ignore"):
            growth = np.exp(np.hstack([np.zeros((len(log_s), 1)), log_s[:, :-1] - log_s[:, 1:]]))
        expected = self.rates[:, None] * growth
        total = (ended + still_open).sum(axis=1)
        sums = ended @ np.arange(D) + np.where(still_open > 0, still_open * expected, 0.0).sum(axis=1)
        return ShiftedPoisson(np.where(total > 0, sums / np.where(total > 0, total, 1.0), self.rates))

    def pack(self):
        return np.sqrt(self.rates)

    def unpack(self, vector):
        return ShiftedPoisson(vector**2) if np.isfinite(vector).all() and (np.abs(vector) < 1e6).all() else None
