"""Simulation-based calibration: Talts, Betancourt, Simpson, Vehtari, Gelman (2018), arXiv:1804.06788.

Parameters are drawn from the prior, data from the parameters; the rank of the truth among draws from the posterior is uniform, and so is
that of the log-likelihood of the data (Modrak et al. 2023, Bayesian Analysis), without which a sampler that returns the prior passes.
"""

import math

import numba
import numpy as np

from statsim.samplers.sampling import sample
from statsim.samplers.supports import Positive, Real
from statsim.samplers.targets.target import Target
from statsim.testing.follows import judge_follows
from statsim.testing.mean import judge_mean
from statsim.testing.verdict import ALPHA, settle, together

QUANTITIES = ("mu", "tau", "log-likelihood")
OBSERVATIONS, KEPT, THIN = 8, 99, 6


@numba.njit
def _log_posterior(x, out, y):
    """mu ~ Normal(0, 1), tau ~ half-Normal(1), y ~ Normal(mu, tau)."""
    mu, tau = x[0], x[1]
    value = -0.5 * (mu * mu + tau * tau) - y.size * math.log(tau)
    out[0], out[1] = -mu, -tau - y.size / tau
    for i in range(y.size):
        z = (y[i] - mu) / tau
        value -= 0.5 * z * z
        out[0] += z / tau
        out[1] += z * z / tau
    return value


POSTERIOR = Target(value_and_gradient=_log_posterior, dim=2, data=[np.zeros(OBSERVATIONS)], support=[Real(), Positive()])


def prior(rng, n):
    """Draws (n, 2) of (mu, tau)."""
    return np.column_stack([rng.normal(size=n), np.abs(rng.normal(size=n))])


def log_likelihood(x, y):
    """Of y at each row of x (n, 2)."""
    return -len(y) * np.log(x[:, 1]) - 0.5 * np.sum((y - x[:, :1]) ** 2, axis=1) / x[:, 1] ** 2


def chain_draws(method, *, warmup=400):
    """A function (y, rng) -> draws (KEPT, 2) of one chain of `method`, thinned."""

    def draw(y, rng):
        draws = sample(POSTERIOR.with_data(y), method, chains=1, warmup=warmup, draws=KEPT * THIN, rng=rng, diagnose=False)
        return draws.values[0, ::THIN]

    return draw


def ranks(draw, replications, rng):
    """Ranks (replications, 3) of the truth among draws, spread evenly over [0, 1]."""
    found = np.empty((replications, len(QUANTITIES)))
    for row in found:
        truth = prior(rng, 1)
        y = rng.normal(truth[0, 0], truth[0, 1], size=OBSERVATIONS)
        draws = draw(y, rng)
        below = [*(draws < truth).sum(axis=0), (log_likelihood(draws, y) < log_likelihood(truth, y)).sum()]
        row[:] = (np.array(below) + rng.random(len(below))) / (KEPT + 1)
    return found


def assert_calibrated(found, *, alpha=ALPHA, quantities=QUANTITIES):
    """Assert that the ranks of `quantities` are uniform: distribution function, mean and spread of each at a share of alpha."""
    share, verdicts = alpha / (3 * len(quantities)), []
    for name in quantities:
        u = found[:, QUANTITIES.index(name)]

        def uniform(x, name=name):
            return np.clip(x, 0.0, 1.0)

        uniform.__name__ = f"of the ranks of {name}"
        verdicts += [
            judge_follows(u, uniform, alpha=share),
            judge_mean(u, 0.5, sd=math.sqrt(1 / 12), bounds=(0.0, 1.0), alpha=share),
            judge_mean((u - 0.5) ** 2, 1 / 12, sd=math.sqrt(1 / 180), bounds=(0.0, 0.25), alpha=share),
        ]
    return settle(together("uniform ranks", verdicts, alpha))
