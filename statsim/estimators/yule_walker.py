r"""The Yule-Walker equations: the coefficients that reproduce the first autocovariances.

With divisor n the sample autocovariances :math:`\Gamma_h` are a positive definite sequence, so that the solution of
:math:`\sum_j A_j \Gamma_{h - j} = \Gamma_h`, h = 1..p, is stationary whatever the data. Lütkepohl (2005), section 3.3.4; Whittle (1963), Biometrika 50.
This file knows no model.
"""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import FitError
from statsim.estimators.closed_form import closed_form


@dataclass(frozen=True)
class YuleWalker:
    """How to fit by the Yule-Walker equations.

    Examples
    --------
    >>> YuleWalker()
    YuleWalker()
    """

    name: ClassVar[str] = "yule-walker"

    def fit(self, steps, *, key=None, first=None):
        """Solve the equations for the autocovariances of `steps`.

        Parameters
        ----------
        steps : object
            `autocovariances()` gives E[y_t y_{t-h}'] (p + 1, k, k); `from_autoregression(coefficients, covariance)` the state, and
            `objective(state)` its log-likelihood.
        key, first : ignored

        Returns
        -------
        state, FitResult

        Raises
        ------
        FitError
            When the autocovariances are singular.
        """
        began = time.perf_counter()
        gamma = steps.autocovariances()
        coefficients, noise = _solve(gamma)
        state = steps.from_autoregression(coefficients, noise)
        return state, closed_form(steps.objective(state), time.perf_counter() - began)


def _solve(gamma):
    """Coefficients (p, k, k) and noise covariance (k, k)."""
    p, k = len(gamma) - 1, gamma.shape[1]
    if p == 0:
        return np.empty((0, k, k)), gamma[0]
    toeplitz = np.empty((p, k, p, k))
    for i in range(p):
        for j in range(p):
            toeplitz[i, :, j] = gamma[j - i] if j >= i else gamma[i - j].T
    right = np.concatenate(list(gamma[1:]), axis=1)
    try:
        flat = np.linalg.solve(toeplitz.reshape(p * k, p * k).T, right.T).T
    except np.linalg.LinAlgError as error:
        raise FitError("the autocovariances are singular: a column is a linear function of the others; leave it out") from error
    coefficients = np.ascontiguousarray(flat.reshape(k, p, k).transpose(1, 0, 2))
    noise = gamma[0] - np.einsum("pij,pkj->ik", coefficients, gamma[1:])
    return coefficients, (noise + noise.T) / 2
