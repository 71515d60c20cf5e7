"""Negative binomial sojourns: from many short ones and a few long (size below 1) over geometric (1) to Poisson (infinity)."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim.kernels.hmm.semi_sojourns import negative_binomial_tables
from statsim.models.hmm.sojourns.sojourn import Sojourn, ended_and_open, out_of_range

_SIZES = (1e-3, 1e5)  # in fits: beyond the larger one the law is Poisson
_MEANS = (1e-6, 1e7)  # of D - 1, in fits
_DIFFERENCE = 1e-4
_NEWTON_STEPS, _HALVINGS = 2, 12


@dataclass(frozen=True, eq=False)
class ShiftedNegativeBinomial(Sojourn):
    r"""Negative binomial law of the steps after the first, :math:`P(D = u) = \binom{u + r - 2}{u - 1} p^r (1 - p)^{u - 1}`.

    Parameters
    ----------
    sizes : array (k,), optional
        r > 0 of each state, not only whole numbers. A fit keeps it within 0.001 and 100,000, where the law is as good as Poisson.
    probabilities : array (k,), optional
        p in (0, 1] of each state; the mean sojourn is :math:`1 + r (1 - p) / p`. As `scipy.stats.nbinom` takes them.

    Examples
    --------
    >>> law = ShiftedNegativeBinomial(sizes=[1.0], probabilities=[0.5]).checked()  # geometric
    >>> law.table(3).round(12).tolist()
    [[0.5, 0.25, 0.25]]
    """

    sizes: Any = None
    probabilities: Any = None

    name: ClassVar[str] = "negative_binomial"

    def settled(self):
        p = self.probabilities
        out_of_range("sizes", self.sizes, ~(self.sizes > 0), "above 0")
        out_of_range("probabilities", p, ~((p > 0) & (p <= 1)), "above 0 and at most 1")
        return self

    def fill_tables(self, state, log_d, log_s):
        negative_binomial_tables(self.sizes[state], self.probabilities[state], log_d, log_s)

    def with_means(self, means, max_duration):
        return _law(np.maximum(means, 1.05) - 1.0, np.full(len(means), 2.0))

    def estimate(self, completed, censored):
        """Damped Newton steps in log mean and log size: the expected log-likelihood rises, if not to its top (generalised EM)."""
        ended, still_open = ended_and_open(completed, censored)
        place = np.log(np.column_stack([self._means, self.sizes]))
        for state in range(len(place)):
            if ended[state].sum() + still_open[state].sum() > 0:
                place[state] = _raised(place[state], ended[state], still_open[state])
        return _law(*np.exp(place.T))

    @property
    def _means(self):
        """Of D - 1 (k,)."""
        return np.clip(self.sizes * (1.0 - self.probabilities) / self.probabilities, *_MEANS)

    def pack(self):
        return np.concatenate([np.sqrt(self._means), 1.0 / (1.0 + self.sizes)])

    def unpack(self, vector):
        k = len(vector) // 2
        means, shares = vector[:k] ** 2, vector[k:]
        if not ((means >= _MEANS[0]) & (means <= _MEANS[1]) & (shares > 0) & (shares < 1)).all():
            return None
        return _law(means, np.clip(1.0 / shares - 1.0, *_SIZES))


def _law(means, sizes):
    return ShiftedNegativeBinomial(sizes, sizes / (sizes + means))


def _raised(place, ended, still_open):
    """A place (log mean, log size) of larger expected log-likelihood, or the same one."""
    log_d, log_s = np.empty(len(ended)), np.empty(len(ended))

    def value(at):
        mean, size = np.exp(at)
        negative_binomial_tables(size, size / (size + mean), log_d, log_s)
        return float(ended @ log_d + still_open @ log_s)

    best = value(place)
    for _ in range(_NEWTON_STEPS):
        step = _newton_step(value, place, best)
        for _ in range(_HALVINGS):
            there = np.clip(place + step, np.log([_MEANS[0], _SIZES[0]]), np.log([_MEANS[1], _SIZES[1]]))
            found = value(there)
            if found > best:
                place, best = there, found
                break
            step *= 0.5
        else:
            return place
    return place


def _newton_step(value, place, centre):
    """Newton's step by differences, uphill whatever the curvature, at most 1 in each coordinate."""
    h = _DIFFERENCE
    e, f = np.array([h, 0.0]), np.array([0.0, h])
    plus, minus = np.array([value(place + e), value(place + f)]), np.array([value(place - e), value(place - f)])
    corner = value(place + e + f) - plus.sum() + centre
    gradient = (plus - minus) / (2 * h)
    curvature = np.diag((plus - 2 * centre + minus) / h**2)
    curvature[0, 1] = curvature[1, 0] = corner / h**2
    values, vectors = np.linalg.eigh(curvature)
    sharpness = np.maximum(np.abs(values), 1e-6 * np.abs(values).max() + 1e-12)
    step = vectors @ ((vectors.T @ gradient) / sharpness)
    return step / max(1.0, np.abs(step).max())
