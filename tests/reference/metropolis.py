"""Slow twins of the Metropolis family: the papers' steps in plain Python over the same words, right or with one mistake.

`log_density` is that of the unconstrained point; each `step` returns the next point. `mistake` names what is left out, for tests that
have to notice it.
"""

import math

import numpy as np

from statsim.kernels import streams
from statsim.kernels.variates import normal


class Stream:
    """The words of a state (4,) as variates."""

    def __init__(self, seed):
        self.state = np.empty(4, np.uint64)
        streams.seed_block(np.uint64(seed), np.uint64(0), np.uint64(0), self.state)

    def uniform(self):
        return streams.uniform(self.state)

    def uniform_open(self):
        return streams.uniform_open(self.state)

    def normal(self, d):
        return np.array([normal.standard_normal(self.state) for _ in range(d)])


class Skewed:
    """x_0 gamma of shape 3, x_1 normal about x_0 with sd 1/2 and cut below at 1: constrained, skewed, with an edge inside.

    The unconstrained point is (log x_0, x_1).
    """

    dim, sd, cut = 2, 0.5, 1.0

    def draw(self, n, rng):
        """Exact draws of x (n, 2)."""
        x = np.column_stack([rng.gamma(3.0, size=3 * n), np.empty(3 * n)])
        x[:, 1] = x[:, 0] + self.sd * rng.standard_normal(3 * n)
        x = x[x[:, 1] > self.cut]
        assert len(x) >= n
        return x[:n]

    def log_density_of_rows(self, x):
        return 2.0 * np.log(x[:, 0]) - x[:, 0] - 0.5 * ((x[:, 1] - x[:, 0]) / self.sd) ** 2

    def unconstrained(self, x):
        return np.column_stack([np.log(x[:, 0]), x[:, 1]])

    def log_density(self, y):
        """Of the unconstrained point, with the log-Jacobian."""
        if y[1] <= self.cut or y[0] > 700:
            return -math.inf
        x = math.exp(y[0])
        return 3.0 * y[0] - x - 0.5 * ((y[1] - x) / self.sd) ** 2


def changes(law, before, after):
    """What must average to zero when a transition leaves the law unchanged: changes (n, 6) of moments, log density and tails.

    Paired differences: the noise of the exact draws cancels where the chain stayed.
    """

    def features(x):
        log_density = law.log_density_of_rows(x)
        return np.column_stack([x[:, 0], x[:, 1], x[:, 0] ** 2, x[:, 0] * x[:, 1], log_density, x[:, 1] < 2.0])

    return features(after) - features(before)


def accepts(gain, stream):
    return stream.uniform() < (math.exp(gain) if gain < 0.0 else 1.0)


def random_walk_step(log_density, y, stream, *, scale, factor, mistake=None):
    """y' = y + scale L z, accepted with probability min(1, p(y') / p(y))."""
    proposal = y + scale * (factor @ stream.normal(y.size))
    gain = log_density(proposal) - log_density(y)
    if mistake == "ratio upside down":
        gain = -gain
    if mistake == "edge forgotten" and proposal[1] <= Skewed.cut:
        gain = 0.0
    return proposal if accepts(gain, stream) else y
