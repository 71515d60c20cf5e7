"""Burg's method: each reflection coefficient minimises the forward and backward prediction errors together.

The sums run over all sequences, so several short ones share one model; every coefficient is at most 1 in size and the fit is
stationary. Burg (1975), Maximum Entropy Spectral Analysis, Stanford; Haykin, Kesler (1979). This file knows no model.
"""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.estimators.closed_form import closed_form


@dataclass(frozen=True)
class Burg:
    """How to fit by Burg's method (one column only).

    Examples
    --------
    >>> Burg()
    Burg()
    """

    name: ClassVar[str] = "burg"

    def fit(self, steps, *, key=None, first=None):
        """Fit to the deviations of `steps` from their mean.

        Parameters
        ----------
        steps : object
            `order`; `deviations()` gives [(array (n,), weight), ...]; `from_autoregression(coefficients, covariance)` the state, and
            `objective(state)` its log-likelihood.
        key, first : ignored

        Returns
        -------
        state, FitResult
        """
        began = time.perf_counter()
        coefficients, variance = _reflect(steps.deviations(), steps.order)
        state = steps.from_autoregression(coefficients[:, None, None], np.array([[variance]]))
        return state, closed_form(steps.objective(state), time.perf_counter() - began)


def _reflect(series, order):
    """Coefficients (order,) and noise variance."""
    forward = [x for x, _ in series]
    backward = list(forward)
    weights = [weight for _, weight in series]
    power = sum(w * (x @ x) for x, w in zip(forward, weights, strict=True))
    variance = power / sum(w * len(x) for x, w in zip(forward, weights, strict=True))
    coefficients = np.empty(0)
    for _ in range(order):
        forward, backward = [f[1:] for f in forward], [b[:-1] for b in backward]
        above = sum(w * (f @ b) for f, b, w in zip(forward, backward, weights, strict=True))
        below = sum(w * (f @ f + b @ b) for f, b, w in zip(forward, backward, weights, strict=True))
        reflection = 2.0 * above / below if below > 0 else 0.0
        forward, backward = (
            [f - reflection * b for f, b in zip(forward, backward, strict=True)],
            [b - reflection * f for f, b in zip(forward, backward, strict=True)],
        )
        coefficients = np.append(coefficients - reflection * coefficients[::-1], reflection)
        variance *= 1.0 - reflection**2
    return coefficients, variance
