"""The steps of EM for a linear Gaussian state space model. Shumway, Stoffer (1982), Journal of Time Series Analysis 3."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError
from statsim.estimators.climb import DegenerateError
from statsim.models.series import checked
from statsim.models.series.state_space_sums import sums_of

PARAMETERS = (
    "transition", "observation", "state_covariance", "observation_covariance", "state_intercept", "observation_intercept",
    "initial_mean", "initial_covariance",
)  # fmt: skip
COVARIANCES = ("state_covariance", "observation_covariance", "initial_covariance")


class StateSpaceSteps:
    """The problem of estimating the parameters named in `free`, those in `diagonal` without correlations."""

    rounding = 0.0

    def __init__(self, parts, weights, first, free, diagonal, offset=0.0):
        self.parts, self.weights, self.free, self.diagonal, self.offset = parts, weights, free, diagonal, offset
        self.first = replace(first, **{name: np.diag(np.diagonal(getattr(first, name))) for name in diagonal if name in free})
        self.total_weight = float(sum(w * len(part) for part, w in zip(parts, weights, strict=True)))

    def start(self):
        """Where EM begins."""
        return self.first

    def em(self, model):
        """Log-likelihood at `model`, and the model after one EM step."""
        total, objective = None, 0.0
        for part, weight in zip(self.parts, self.weights, strict=True):
            try:
                sums, density = sums_of(model, part, weight)
            except ArgumentError as error:
                raise DegenerateError(str(error)) from error
            total, objective = sums if total is None else total.plus(sums), objective + density
        if not np.isfinite(objective):
            raise DegenerateError("the log-likelihood is not finite")
        return objective, self._maximised(model, total)

    def _maximised(self, model, s):
        changes = {}
        if s.moves > 0:
            c, T = self._regressed(model.state_intercept, model.transition, "state_intercept", "transition", s.across, s.earlier)
            changes |= {"state_intercept": c, "transition": T}
            if "state_covariance" in self.free:
                changes["state_covariance"] = self._spread("state_covariance", s.later, s.across, s.earlier, c, T, s.moves)
        d, Z = self._regressed(
            model.observation_intercept, model.observation, "observation_intercept", "observation", s.crossed, s.states
        )
        changes |= {"observation_intercept": d, "observation": Z}
        if "observation_covariance" in self.free:
            changes["observation_covariance"] = self._spread("observation_covariance", s.values, s.crossed, s.states, d, Z, s.steps)
        return replace(model, **changes, **self._first_state(model, s))

    def _regressed(self, offset, slopes, offset_name, slopes_name, across, products):
        """The intercept and slopes that are free, estimated; the others as they are."""
        if offset_name in self.free and slopes_name in self.free:
            both = across @ np.linalg.pinv(products, hermitian=True)
            return both[:, 0], both[:, 1:]
        if slopes_name in self.free:
            right = across[:, 1:] - offset[:, None] * products[0, 1:]
            return offset, right @ np.linalg.pinv(products[1:, 1:], hermitian=True)
        if offset_name in self.free:
            return (across[:, 0] - slopes @ products[1:, 0]) / products[0, 0], slopes
        return offset, slopes

    def _spread(self, name, later, across, products, offset, slopes, count):
        """Mean product of residuals, (k, k)."""
        both = np.concatenate([offset[:, None], slopes], axis=1)
        half = across @ both.T
        matrix = (later - half - half.T + both @ products @ both.T) / count
        return self._shaped(name, matrix)

    def _shaped(self, name, matrix):
        return np.diag(np.maximum(np.diagonal(matrix), 0.0)) if name in self.diagonal else (matrix + matrix.T) / 2

    def _first_state(self, model, s):
        mean = s.first[0, 1:] / s.sequences if "initial_mean" in self.free else model.initial_mean
        if "initial_covariance" not in self.free:
            return {"initial_mean": mean}
        half = np.outer(mean, s.first[0, 1:])
        matrix = (s.first[1:, 1:] - half - half.T) / s.sequences + np.outer(mean, mean)
        return {"initial_mean": mean, "initial_covariance": self._shaped("initial_covariance", matrix)}

    # ------------------------------------------------------------ coordinates

    def pack(self, model):
        """The free parameters as a vector, covariances by their lower factors."""
        parts = []
        for name in self._names():
            value = getattr(model, name)
            if name not in COVARIANCES:
                parts.append(value.ravel())
            elif name in self.diagonal:
                parts.append(np.sqrt(np.diagonal(value)))
            else:
                parts.append(_root(value)[np.tril_indices(len(value))])
        return np.concatenate(parts)

    def unpack(self, vector):
        """The model of a vector."""
        changes, at = {}, 0
        for name in self._names():
            old = getattr(self.first, name)
            if name not in COVARIANCES:
                size = old.size
                changes[name] = vector[at : at + size].reshape(old.shape)
            elif name in self.diagonal:
                size = len(old)
                changes[name] = np.diag(vector[at : at + size] ** 2)
            else:
                size, factor = len(old) * (len(old) + 1) // 2, np.zeros(old.shape)
                factor[np.tril_indices(len(old))] = vector[at : at + size]
                square = factor @ factor.T
                changes[name] = (square + square.T) / 2
            at += size
        return replace(self.first, **changes)

    def _names(self):
        return [name for name in PARAMETERS if name in self.free]


def _root(matrix):
    try:
        return checked.root(matrix, "a covariance")
    except ArgumentError as error:
        raise DegenerateError(str(error)) from error
