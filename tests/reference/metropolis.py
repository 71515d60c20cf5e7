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

    def gradient(self, y):
        """Of `log_density`, inside."""
        x = math.exp(min(y[0], 700.0))
        z = (y[1] - x) / self.sd**2
        return np.array([3.0 - x + z * x, -z])

    def log_density_of(self, x):
        """Of x, without the Jacobian."""
        if x[0] <= 0.0 or x[1] <= self.cut:
            return -math.inf
        return 2.0 * math.log(x[0]) - x[0] - 0.5 * ((x[1] - x[0]) / self.sd) ** 2


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


def slice_sweep(log_density, y, stream, *, widths, most, mistake=None):
    """Each coordinate once: level, stepping out, shrinkage."""
    y = y.copy()
    first = log_density(y)
    for i in range(y.size):

        def along(place, i=i):
            moved = y.copy()
            moved[i] = place
            return log_density(moved)

        here = y[i]
        level = (first if mistake == "stale log density" else along(here)) + math.log(stream.uniform_open())
        left = here - widths[i] * stream.uniform()
        if mistake == "interval begins at the point":
            left = here
        right = left + widths[i]
        to_left = int(most * stream.uniform())
        to_right = most - 1 - to_left
        while to_left > 0 and along(left) > level:
            left, to_left = left - widths[i], to_left - 1
        while to_right > 0 and along(right) > level:
            right, to_right = right + widths[i], to_right - 1
        while True:
            place = left + stream.uniform() * (right - left)
            if along(place) > level:
                break
            if right - left < 1e-12:  # a level from elsewhere may lie above all points
                place = here
                break
            left, right = (place, right) if place < here else (left, place)
        y[i] = place
    return y


def elliptical_step(log_density, y, stream, *, mean, covariance, mistake=None):
    """A point of an ellipse through y, its likelihood above a level."""
    factor, inverse = np.linalg.cholesky(covariance), np.linalg.inv(covariance)
    along = factor @ stream.normal(y.size)

    def log_likelihood(x):
        return log_density(x) + (0.0 if mistake == "normal counted twice" else 0.5 * (x - mean) @ inverse @ (x - mean))

    level = log_likelihood(y) + math.log(stream.uniform_open())
    angle = 2.0 * math.pi * stream.uniform()
    low, high = angle - 2.0 * math.pi, angle
    offset = y - mean if mistake != "mean forgotten" else y
    while True:
        x = y - offset + offset * math.cos(angle) + along * math.sin(angle)
        if log_likelihood(x) > level:
            return x
        low, high = (angle, high) if angle < 0.0 else (low, angle)
        angle = low + stream.uniform() * (high - low)


def stretch_sweep(log_density, walkers, stream, *, a=2.0, mistake=None):
    """Each walker once, along a line through one of the other half."""
    walkers, d = walkers.copy(), walkers.shape[1]
    half = len(walkers) // 2
    for mine, others in ((range(half), range(half, len(walkers))), (range(half, len(walkers)), range(half))):
        shared = None
        for k in mine:
            if shared is None or mistake != "one displacement for all walkers":
                j = others[int(stream.uniform() * len(others))]
                z = (1.0 + (a - 1.0) * stream.uniform()) ** 2 / a
                shared = stream.uniform()
            chance = stream.uniform() if mistake == "one displacement for all walkers" else shared
            proposal = walkers[j] + z * (walkers[k] - walkers[j])
            power = 0 if mistake == "dimension forgotten" else d - 1
            gain = power * math.log(z) + log_density(proposal) - log_density(walkers[k])
            if chance < (math.exp(gain) if gain < 0.0 else 1.0):
                walkers[k] = proposal
    return walkers


def hmc_step(log_density, gradient, y, stream, *, step, length, jitter, mistake=None):
    """A trajectory of leapfrog steps, jittered, taken or refused."""
    factor = 1.0 - jitter + 2.0 * jitter * stream.uniform() if jitter else 1.0
    p, x = stream.normal(y.size), y
    joint = log_density(y) - 0.5 * p @ p
    for _ in range(max(1, math.floor(length * factor + 0.5))):
        p = p + 0.5 * step * gradient(x)
        x = x + step * p
        value = log_density(x)
        p = p + 0.5 * step * gradient(x)
        if value == -math.inf:
            break
    gain = (value if mistake == "kinetic energy forgotten" else value - 0.5 * p @ p) - joint
    if mistake == "always taken" and value > -math.inf:
        gain = 0.0
    return x if accepts(gain, stream) else y


def independence_step(log_density, log_q, x, proposal, stream, *, mistake=None):
    """`proposal`, drawn from q, is taken with probability min(1, w' / w)."""
    gain = log_density(proposal) - log_density(x)
    if mistake != "Hastings ratio forgotten":
        gain -= log_q(proposal) - log_q(x)
    return proposal if accepts(gain, stream) else x
