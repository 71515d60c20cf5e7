"""The law of an ARMA series: Harvey's state space form, and coefficients by partial autocorrelations."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.series.lyapunov import stationary_covariance
from statsim.models.series import checked
from statsim.models.series.autoregressive_law import AutoregressiveLaw
from statsim.models.series.linear_gaussian import LinearGaussian


@dataclass(frozen=True, eq=False)
class ArmaLaw:
    r""":math:`y_t = c + \sum_i \phi_i y_{t-i} + e_t + \sum_j \theta_j e_{t-j}`, :math:`e_t \sim N(0, \sigma^2)`: ar (p,), ma (q,), c, sigma^2."""

    ar: np.ndarray
    ma: np.ndarray
    intercept: float
    noise: float

    @property
    def autoregression(self):
        """The AR part on its own."""
        return AutoregressiveLaw(self.ar.reshape(-1, 1, 1), np.array([self.intercept]), np.zeros(1), np.array([[self.noise]]))

    def form(self):
        """`LinearGaussian` with max(p, q + 1) states, begun in the stationary law. Harvey (1989), section 3.3."""
        m = max(len(self.ar), len(self.ma) + 1)
        T, shock, Q, P1 = np.zeros((m, m)), np.zeros(m), np.empty((m, m)), np.empty((m, m))
        T[: len(self.ar), 0] = self.ar
        T[:-1, 1:] += np.eye(m - 1)
        shock[0], shock[1 : len(self.ma) + 1] = 1.0, self.ma
        with np.errstate(over="ignore", invalid="ignore"):
            Q[:] = self.noise * (shock[:, None] * shock)
        if not stationary_covariance(T, Q, P1):
            raise ArgumentError(f"the stationary covariance is beyond doubles: {self.autoregression.root_words()}, noise_variance is {self.noise:g}")
        Z = np.zeros((1, m))
        Z[0, 0] = 1.0
        return LinearGaussian(T, Z, Q, np.zeros((1, 1)), np.zeros(m), self.autoregression.trend[0], np.zeros(m), P1)

    @property
    def symbols(self):
        """(ar, ma, intercept, noise)."""
        return self.ar, self.ma, self.intercept, self.noise


def checked_arma(ar, ma, intercept, noise_variance):
    """`ArmaLaw` from a user's values; `ArgumentError` for an AR part that is not stationary, and a variance that is not positive."""
    noise = checks.real(noise_variance, "noise_variance", minimum=0.0, open_minimum=True)
    intercept = float(checked.array(intercept, "intercept", ()))
    law = ArmaLaw(checked.array(ar, "ar", (None,)), checked.array(ma, "ma", (None,)), intercept, noise)
    if len(law.ar) and not law.autoregression.is_stationary:
        raise ArgumentError(f"ar has no stationary law: {law.autoregression.root_words()}, but it must be below 1 by 1e-10; take differences of the series")
    law.form()  # refuses what overflows
    return law


def from_partial(partial):
    """Coefficients (p,) of a stationary autoregression with partial autocorrelations `partial` in (-1, 1): Levinson's recursion."""
    coefficients = np.empty(0)
    for r in partial:
        coefficients = np.append(coefficients - r * coefficients[::-1], r)
    return coefficients


def to_partial(coefficients):
    """Partial autocorrelations (p,) of stationary coefficients; sizes of 1 or more for others."""
    rest, partial = np.array(coefficients), []
    while len(rest):
        r, rest = rest[-1], rest[:-1]
        partial.append(r)
        if abs(r) >= 1.0:
            return np.array([*partial, *np.ones(len(rest))][::-1])
        rest = (rest + r * rest[::-1]) / (1.0 - r * r)
    return np.array(partial[::-1])
