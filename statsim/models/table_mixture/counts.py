"""The law of a count column within each component: Poisson, negative binomial where the counts vary more, or one value.

The mean is the weighted mean whatever the dispersion. The dispersion is raised by safeguarded Newton steps on its logarithm,
and is kept when a step would lower the log likelihood. Lloyd-Smith (2007), PLoS ONE 2(2): e180; Lawless (1987), Can. J. Stat. 15.
"""

import numpy as np

from statsim.models.table_mixture.parameters import LEAST_DISPERSION, MOST_DISPERSION, POINT, count_log_probability

_LONGEST_STEP = 2.0


def count_law(sums, values, dispersions):
    """Means and dispersions (K,) of one count column.

    Parameters
    ----------
    sums : array (K, u)
        Expected number of rows with each value.
    values : array (u,)
    dispersions : array (K,) or None
        Those before the step; None begins at the moment estimate.
    """
    k = len(sums)
    if len(values) <= 1:
        return np.full(k, float(values[0]) if len(values) else 0.0), np.full(k, POINT)
    x = values.astype(np.float64)
    mass = np.maximum(sums.sum(axis=1), np.finfo(float).tiny)
    means = sums @ x / mass
    excess = (sums * (x - means[:, None]) ** 2).sum(axis=1) / mass - means
    moment = np.clip(excess / np.maximum(means, np.finfo(float).tiny) ** 2, 0.0, MOST_DISPERSION)
    moment[moment < LEAST_DISPERSION] = 0.0
    if dispersions is None:
        return means, moment
    tried = np.where(dispersions > 0, _newton(sums, x, means, dispersions), moment)
    better = _log_likelihood(sums, x, means, tried) > _log_likelihood(sums, x, means, dispersions)
    return means, np.where(better, tried, dispersions)


def _log_likelihood(sums, x, means, dispersions):
    table = count_log_probability(x, means, dispersions)
    return np.where(sums > 0, sums * np.where(sums > 0, table, 0.0), 0.0).sum(axis=1)


def _newton(sums, x, means, dispersions):
    """One Newton step on log a for the components that are over-dispersed; the others keep what they have."""
    from scipy.special import digamma, polygamma

    a = np.clip(dispersions, LEAST_DISPERSION, MOST_DISPERSION)[:, None]
    shape, m = 1.0 / a, means[:, None]
    # derivatives of the log probability in the shape s = 1/a, then the chain rule to log s = -log a
    first = digamma(x + shape) - digamma(shape) + np.log(shape / (shape + m)) + (m - x) / (shape + m)
    second = polygamma(1, x + shape) - polygamma(1, shape) + 1 / shape - 1 / (shape + m) - (m - x) / (shape + m) ** 2
    slope = (sums * first).sum(axis=1) * shape[:, 0]
    curve = (sums * second).sum(axis=1) * shape[:, 0] ** 2 + slope
    step = np.where(curve < 0, -slope / np.where(curve < 0, curve, -1.0), np.sign(slope))
    moved = dispersions * np.exp(-np.clip(step, -_LONGEST_STEP, _LONGEST_STEP))
    return np.where(dispersions > 0, np.where(moved < LEAST_DISPERSION, 0.0, np.minimum(moved, MOST_DISPERSION)), dispersions)
