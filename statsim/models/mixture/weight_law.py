"""Laws of the weights of a mixture: Dirichlet, and sticks with independent beta shares (D. Blei, M. Jordan, Bayesian Analysis 1, 2006)."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DirichletWeights:
    """Dirichlet with `shapes` (k,)."""

    shapes: np.ndarray

    def expected_logs(self):
        """E log of each weight (k,)."""
        from scipy.special import digamma

        return digamma(self.shapes) - digamma(self.shapes.sum())

    def mean(self):
        """E of each weight (k,)."""
        return self.shapes / self.shapes.sum()

    def divergence(self, other):
        """Kullback-Leibler divergence of `other` from this law."""
        return _log_gammas(self.shapes, other.shapes) + float((self.shapes - other.shapes) @ self.expected_logs())

    def log_ratio(self, other, weights):
        """Log density of `other` over this one's (m,) at weights (m, k)."""
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(weights), -1e300)
        return logs @ (other.shapes - self.shapes) - _log_gammas(self.shapes, other.shapes)

    def tables(self):
        """Shapes and sticks for `fill_parameters`."""
        return self.shapes, np.zeros((0, 2))


@dataclass(frozen=True)
class StickWeights:
    """Weight c is the share V_c ~ Beta(first[c], second[c]) of what the weights before it leave; the last has the rest."""

    first: np.ndarray
    second: np.ndarray

    def _expected_log_shares(self):
        from scipy.special import digamma

        both = digamma(self.first + self.second)
        return digamma(self.first) - both, digamma(self.second) - both

    def expected_logs(self):
        """E log of each weight (k,)."""
        taken, left = self._expected_log_shares()
        return np.concatenate([taken, [0.0]]) + np.concatenate([[0.0], np.cumsum(left)])

    def mean(self):
        """E of each weight (k,)."""
        share = self.first / (self.first + self.second)
        return np.concatenate([share, [1.0]]) * np.concatenate([[1.0], np.cumprod(1.0 - share)])

    def divergence(self, other):
        """Kullback-Leibler divergence of `other` from this law."""
        taken, left = self._expected_log_shares()
        return float((self.first - other.first) @ taken + (self.second - other.second) @ left + sum(_log_gammas(*pair) for pair in self._pairs(other)))

    def log_ratio(self, other, weights):
        """Log density of `other` over this one's (m,) at weights (m, k), in the shares."""
        rest = 1.0 - np.cumsum(weights, axis=1)[:, :-1]
        before = np.concatenate([np.ones((len(weights), 1)), rest[:, :-1]], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            taken, left = np.log(weights[:, :-1] / before), np.log(np.maximum(rest, 0.0) / before)
        terms = np.nan_to_num(taken, neginf=-1e300) @ (other.first - self.first) + np.nan_to_num(left, neginf=-1e300) @ (other.second - self.second)
        return terms - sum(_log_gammas(*pair) for pair in self._pairs(other))

    def _pairs(self, other):
        return zip(np.column_stack([self.first, self.second]), np.column_stack([other.first, other.second]), strict=True)

    def tables(self):
        """Shapes and sticks for `fill_parameters`."""
        return np.ones(len(self.first) + 1), np.column_stack([self.first, self.second])


def _log_gammas(own, other):
    """log B(other) - log B(own), B the multivariate beta function."""
    from scipy.special import gammaln

    return float(gammaln(own.sum()) - gammaln(own).sum() - gammaln(other.sum()) + gammaln(other).sum())
