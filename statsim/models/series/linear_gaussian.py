"""The parameters of a linear Gaussian state space model, and filtering, smoothing and drawing with them."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.series.kalman import kalman_filter
from statsim.kernels.series.products import add_congruence
from statsim.kernels.series.semidefinite import congruence_scale, rounded_factor
from statsim.kernels.series.smoother import draw_states, smooth
from statsim.kernels.series.state_space import fill_state_space
from statsim.models.series import checked
from statsim.models.series.diffuse_beginning import Beginning
from statsim.models.series.state_laws import Filtered, Smoothed, sure_value

_KEPT = 6  # covariances and gains that a smoother keeps for each step


@dataclass(frozen=True, eq=False)
class LinearGaussian:
    """Symbols of `statsim.kernels.series.kalman`: T, Z, Q, H, c, d, a1, P1; and P_infinity of `statsim.kernels.series.diffuse`, or None."""

    transition: np.ndarray
    observation: np.ndarray
    state_covariance: np.ndarray
    observation_covariance: np.ndarray
    state_intercept: np.ndarray
    observation_intercept: np.ndarray
    initial_mean: np.ndarray
    initial_covariance: np.ndarray
    initial_diffuse: np.ndarray | None = None

    @property
    def shape(self):
        """Columns of the observation and of the state, (k, m)."""
        return self.observation.shape

    @property
    def symbols(self):
        """T, Z, Q, H, c, d, a1, P1."""
        return (
            self.transition, self.observation, self.state_covariance, self.observation_covariance,
            self.state_intercept, self.observation_intercept, self.initial_mean, self.initial_covariance,
        )  # fmt: skip

    @cached_property
    def factors(self):
        """Lower factors of the covariances of state noise, observation noise and first state."""
        return (
            checked.root(self.state_covariance, "state_covariance"),
            checked.root(self.observation_covariance, "observation_covariance"),
            checked.root(self.initial_covariance, "initial_covariance"),
        )

    def require_proper(self, what):
        """Refuse a first state of infinite variance."""
        if self.initial_diffuse is not None:
            raise ArgumentError(
                f"the first state has infinite variance (initial_diffuse), so {what} have no law; take the law of what follows a history that "
                f"determines the states, given(history), or give initial_covariance instead"
            )

    def rescaled(self, scale, shift):
        """The model of values times `scale` (k,) plus `shift` (k,)."""
        return replace(
            self, observation=self.observation * scale[:, None], observation_covariance=self.observation_covariance * scale[:, None] * scale,
            observation_intercept=self.observation_intercept * scale + shift,
        )  # fmt: skip

    def fill(self, key, first, offsets, rows, states):
        """Draw whole sequences."""
        T, Z, _, _, c, d, a1, _ = self.symbols
        state_factor, noise_factor, start_factor = self.factors
        fill_state_space(key, first, offsets, T, Z, state_factor, noise_factor, c, d, a1, start_factor, rows, states)

    def filtered(self, values, *, keep=True):
        """`Filtered` of one sequence (n, k), NaN where missing; without `keep` the last covariances only.

        Raises
        ------
        ArgumentError
            When some values are predicted without error, so that they have no density.
        """
        (n, k), m = values.shape, len(self.initial_mean)
        slots = n if keep else 0
        needed = 8 * slots * _KEPT * m * m
        checks.memory(needed, None, what=f"the covariances of {m} state(s) at {n} steps", remedy="use a shorter sequence, or fewer states or lags")
        if self.initial_diffuse is not None:
            return Beginning.of(self, values).followed(keep=keep)
        result = Filtered(
            np.empty((n + 1, m)), np.empty((slots + 1, m, m)), np.empty((n, m)), np.empty((slots, m, m)),
            np.empty((slots, m, k)), np.empty((slots, k, k)), np.empty((n, k)), np.empty(n),
        )
        bad = kalman_filter(
            np.ascontiguousarray(values), *self.symbols, result.means, result.covariances, result.filtered_means,
            result.filtered_covariances, result.gains, result.precisions, result.innovations, result.densities,
        )  # fmt: skip
        if bad >= 0:
            raise sure_value(bad)
        return result

    def smoothed(self, values):
        """`Smoothed` of one sequence, and its `Filtered`."""
        if self.initial_diffuse is not None:
            return Beginning.of(self, values).smoothed()
        known = self.filtered(values)
        return self.smoothed_back(values, known)[0], known

    def smoothed_back(self, values, known):
        """`Smoothed` from `Filtered`, and r and N of the step before the first."""
        n, m = known.filtered_means.shape
        result = Smoothed(np.empty((n, m)), np.empty((n, m, m)), np.empty((max(n - 1, 0), m, m)))
        before = smooth(
            np.ascontiguousarray(values), self.transition, self.observation, self.observation_intercept, known.means, known.covariances,
            known.filtered_means, known.filtered_covariances, known.gains, known.precisions, result.means, result.covariances, result.lagged,
        )  # fmt: skip
        return result, before

    def state_draws(self, values, key, count):
        """Draws (count, n, m) of the states given the values."""
        known = self.filtered(values)
        T, Z, _, _, c, d, a1, _ = self.symbols
        draws = np.empty((count, *known.filtered_means.shape))
        draw_states(
            key, 0, np.ascontiguousarray(values), T, Z, c, d, a1, self.factors, known.filtered_covariances, known.gains, known.precisions, draws
        )
        return draws

    def innovations(self, sequences):
        """Standardised one-step-ahead residuals (n_steps, k) of `Sequences`, NaN where missing."""
        return np.concatenate([self.filtered(part, keep=False).innovations for part in _parts(sequences)])

    def log_likelihoods(self, sequences):
        """Log density (n_sequences,) of `Sequences`."""
        return np.array([self.filtered(part, keep=False).densities.sum() for part in _parts(sequences)])

    def after(self, history):
        """The model of what follows `history`: it begins with the law of the next state."""
        if self.initial_diffuse is not None:
            return Beginning.of(self, history).after()
        known = self.filtered(history)
        T, Q, scale = self.transition, self.state_covariance, np.empty(len(self.initial_mean))
        congruence_scale(T, known.filtered_covariances[-1], Q, scale)
        factor, covariance = np.empty(Q.shape), np.zeros(Q.shape)
        rounded_factor(known.covariances[-1], scale, factor)
        add_congruence(factor, np.eye(len(scale)), np.empty(Q.shape), covariance)  # a covariance to the last bit, whatever rounding did
        return replace(self, initial_mean=known.means[-1], initial_covariance=covariance)

    def forecast(self, steps):
        """Means (steps, k) and covariances (steps, k, k) of the first steps: those of the values, all of them missing."""
        k, _ = self.shape
        self.require_proper("forecasts")
        known = self.filtered(np.full((steps, k), np.nan))
        states, spread = known.means[:-1], known.covariances[:-1]
        means = self.observation_intercept + states @ self.observation.T
        covariances = self.observation @ spread @ self.observation.T + self.observation_covariance
        return means, (covariances + np.swapaxes(covariances, 1, 2)) / 2


def _parts(sequences):
    """The sequences of `Sequences`, one by one."""
    for a, b in zip(sequences.offsets[:-1], sequences.offsets[1:], strict=True):
        yield sequences.values[a:b]
