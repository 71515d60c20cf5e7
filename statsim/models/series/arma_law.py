"""The law of an ARMA series: Harvey's state space form, and coefficients by partial autocorrelations."""

from dataclasses import dataclass, replace

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.series.lyapunov import stationary_covariance
from statsim.models.series import checked
from statsim.models.series.autoregressive_law import AutoregressiveLaw
from statsim.models.series.linear_gaussian import LinearGaussian


@dataclass(frozen=True, eq=False)
class ArmaLaw:
    r""":math:`y_t = c + \delta t + \sum_i \phi_i y_{t-i} + e_t + \sum_j \theta_j e_{t-j}`, :math:`e_t \sim N(0, \sigma^2)`, t = 1, 2, ...

    Attributes
    ----------
    ar, ma : ndarray (p,), (q,)
    intercept, slope, noise : float
        c, delta and sigma^2.
    initial : ndarray (p,) or None
        Values before the first step, the oldest first, with shocks of zero; None is the stationary law.
    """

    ar: np.ndarray
    ma: np.ndarray
    intercept: float
    noise: float
    slope: float = 0.0
    initial: np.ndarray | None = None

    @property
    def autoregression(self):
        """The AR part on its own."""
        return AutoregressiveLaw(self.ar.reshape(-1, 1, 1), np.array([self.intercept]), np.array([self.slope]), np.array([[self.noise]]))

    def form(self):
        """`LinearGaussian` with max(p, q + 1) states, and where there is a slope the time. Harvey (1989), section 3.3."""
        m = max(len(self.ar), len(self.ma) + 1)
        T, shock, Q = np.zeros((m, m)), np.zeros(m), np.empty((m, m))
        T[: len(self.ar), 0] = self.ar
        T[:-1, 1:] += np.eye(m - 1)
        shock[0], shock[1 : len(self.ma) + 1] = 1.0, self.ma
        with np.errstate(over="ignore", invalid="ignore"):
            Q[:] = self.noise * (shock[:, None] * shock)
        return self._stationary_form(T, Q) if self.initial is None else self._form_after_values(T, Q)

    def _stationary_form(self, T, Q):
        """The states are deviations from the mean a + b t."""
        m, P1 = len(T), np.empty(T.shape)
        if not stationary_covariance(T, Q, P1):
            raise ArgumentError(f"the stationary covariance is beyond doubles: {self.autoregression.root_words()}, noise_variance is {self.noise:g}")
        level, slope = self.autoregression.trend
        Z = np.eye(m)[:1]
        form = LinearGaussian(T, Z, Q, np.zeros((1, 1)), np.zeros(m), level, np.zeros(m), P1)
        return form if self.slope == 0.0 else _with_time(form, np.zeros(m), slope, first=1.0)

    def _form_after_values(self, T, Q):
        """The states hold what past values and shocks add to the values to come; the intercept and the slope enter each value's own."""
        m, past = len(T), self.initial[::-1]
        first, own = np.zeros(m), np.eye(m)[0]
        for i in range(len(self.ar)):
            first[i] = sum(self.ar[k] * past[k - i] for k in range(i, len(self.ar)))
        first[0] += self.intercept + self.slope
        form = LinearGaussian(T, np.eye(m)[:1], Q, np.zeros((1, 1)), self.intercept * own, np.zeros(1), first, Q)
        return form if self.slope == 0.0 else _with_time(form, self.slope * own, np.zeros(1), first=2.0)


def _with_time(form, moved, seen, *, first):
    """`form` with one state more, the time from `first` on, that adds `moved` (m,) times itself to the next states and `seen` (1,) to the value."""
    m = len(form.transition)
    wide = {name: np.pad(getattr(form, name), ((0, 1), (0, 1))) for name in ("transition", "state_covariance", "initial_covariance")}
    wide["transition"][:m, m], wide["transition"][m, m] = moved, 1.0
    return replace(
        form, **wide, observation=np.append(form.observation, seen[:, None], axis=1), state_intercept=np.append(form.state_intercept, 1.0),
        initial_mean=np.append(form.initial_mean, first),
    )  # fmt: skip


def checked_arma(*, ar, ma, intercept, noise_variance, slope=0.0, initial=None):
    """`ArmaLaw` from a user's values; `ArgumentError` for an AR part that is not stationary without `initial`, and a variance that is not positive."""
    noise = checks.real(noise_variance, "noise_variance", minimum=0.0, open_minimum=True)
    intercept, slope = float(checked.array(intercept, "intercept", ())), float(checked.array(slope, "slope", ()))
    ar, ma = checked.array(ar, "ar", (None,)), checked.array(ma, "ma", (None,))
    initial = None if initial is None else checked.array(initial, "initial", (len(ar),))
    law = ArmaLaw(ar, ma, intercept, noise, slope, initial)
    if initial is None and len(ar) and not law.autoregression.is_stationary:
        raise ArgumentError(
            f"ar has no stationary law: {law.autoregression.root_words()}, but it must be below 1 by 1e-10; take differences of the series, or pass initial= "
            f"with the {len(ar)} value(s) before the first step"
        )
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
