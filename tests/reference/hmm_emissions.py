"""Slow, obvious twins of emission laws: one step and one state at a time, with SciPy's laws."""

import itertools
import math

import numpy as np
from scipy import stats
from scipy.special import logsumexp


def log_densities(law, values, offsets):
    """Log density (n, k) of each step given each state and, for laws that look back, the steps before."""
    one, k = _STEPS[law.name], law.shape[0]
    starts = np.repeat(offsets[:-1], np.diff(offsets))
    return np.array([[one(law, c, values, t, int(starts[t])) for c in range(k)] for t in range(len(values))])


def _poisson(law, c, values, t, start):
    return sum(stats.poisson(rate).logpmf(x) for x, rate in zip(values[t], law.rates[c], strict=True) if not np.isnan(x))


def _negative_binomial(law, c, values, t, start):
    total = 0.0
    for x, mean, dispersion in zip(values[t], law.means[c], law.dispersions[c], strict=True):
        if not np.isnan(x):
            count = stats.poisson(mean) if dispersion == 0 else stats.nbinom(1 / dispersion, 1 / (1 + dispersion * mean))
            total += count.logpmf(x)
    return total


def _bernoulli(law, c, values, t, start):
    return sum(stats.bernoulli(p).logpmf(x) for x, p in zip(values[t], law.probabilities[c], strict=True) if not np.isnan(x))


def _categorical(law, c, values, t, start):
    x = values[t, 0]
    with np.errstate(divide="ignore"):
        return 0.0 if np.isnan(x) else np.log(law.probabilities[c, int(x)])


def _multinomial(law, c, values, t, start):
    """The sum over all counts that may hide behind NaN."""
    x = values[t]
    hidden = np.flatnonzero(np.isnan(x))
    trials = int(x.sum()) if not hidden.size else law.n_trials
    terms = []
    for guess in itertools.product(range(trials + 1), repeat=len(hidden)):
        full = x.copy()
        full[hidden] = guess
        if full.sum() == trials:
            terms.append(stats.multinomial(trials, law.probabilities[c]).logpmf(full))
    return logsumexp(terms)


def _normal(mean, covariance, x):
    seen = ~np.isnan(x)
    return stats.multivariate_normal(mean[seen], covariance[np.ix_(seen, seen)]).logpdf(x[seen]) if seen.any() else 0.0


def covariance_of(law, covariances, c, i=0):
    """Covariance matrix (d, d) number i of the covariances of state c."""
    d = law.shape[1]
    return {
        "full": lambda: covariances[i],
        "tied": lambda: covariances,
        "diag": lambda: np.diag(covariances[i]),
        "spherical": lambda: covariances[i] * np.eye(d),
    }[law.covariance_type]()


def _gaussian(law, c, values, t, start):
    return _normal(law.means[c], covariance_of(law, law.covariances, c, c), values[t])


def _mixture(law, c, values, t, start):
    terms = [
        (math.log(w) if w > 0 else -math.inf) + _normal(law.means[c, i], covariance_of(law, law.covariances[c], c, i), values[t])
        for i, w in enumerate(law.weights[c])
    ]
    return logsumexp(terms)


def _autoregressive(law, c, values, t, start):
    mean = law.means[c].copy()
    for lag in range(1, law.order + 1):
        if t - lag >= start:
            mean = mean + law.coefficients[c, lag - 1] * (values[t - lag] - law.means[c])
    return _normal(mean, covariance_of(law, law.covariances, c, c), values[t])


_STEPS = {
    "poisson": _poisson,
    "negative_binomial": _negative_binomial,
    "bernoulli": _bernoulli,
    "categorical": _categorical,
    "multinomial": _multinomial,
    "gaussian": _gaussian,
    "mixture_of_gaussians": _mixture,
    "autoregressive": _autoregressive,
}
