r"""Ends of bootstrap intervals and their Monte Carlo errors.

An end is the quantile of b replications at a level :math:`\alpha`. It errs as the empirical distribution does, by
:math:`\sqrt{\alpha (1 - \alpha) / b}` in probability; with BCa the level itself depends on the share :math:`p_0` of replications below the estimate, and the two
errors are correlated: :math:`(\alpha (1 - \alpha) + g^2 p_0 (1 - p_0) - 2 g (\min(\alpha, p_0) - \alpha p_0)) / b` with :math:`g = d \alpha / d p_0`.
"""

from statistics import NormalDist

import numpy as np

_NORMAL = NormalDist()


def percentile_ends(replications, level):
    """(low, high, error of low, error of high, note)."""
    ordered, levels = np.sort(replications), (0.5 - level / 2, 0.5 + level / 2)
    ends = [float(np.quantile(ordered, a)) for a in levels]
    return (*ends, *(_spread(ordered, a, a * (1 - a)) for a in levels), "")


def bca_ends(replications, estimate, jackknife, level):
    """(low, high, error of low, error of high, note); percentiles where all replications lie on one side of the estimate."""
    ordered = np.sort(replications)
    p0 = float(np.mean(replications < estimate) + np.mean(replications <= estimate)) / 2
    if not 0 < p0 < 1:
        return (*percentile_ends(replications, level)[:4], "all replications lie on one side of the estimate: percentiles, not BCa")
    a = acceleration(jackknife)
    wanted = (0.5 - level / 2, 0.5 + level / 2)
    levels = [bca_level(p0, a, one) for one in wanted]
    ends = [float(np.quantile(ordered, one)) for one in levels]
    errors = [_spread(ordered, moved, _variance(p0, a, one, moved)) for one, moved in zip(wanted, levels, strict=True)]
    return (*ends, *errors, "")


def acceleration(jackknife):
    """A sixth of the skewness of the influences: sum U^3 / (6 (sum U^2)^1.5)."""
    influence = jackknife.mean() - jackknife
    size = np.sum(influence**2) ** 1.5
    return float(np.sum(influence**3) / (6 * size)) if size > 0 else 0.0


def bca_level(p0, a, wanted):
    """The level of the quantile that stands for `wanted`."""
    z0, z = _NORMAL.inv_cdf(p0), _NORMAL.inv_cdf(wanted)
    return _NORMAL.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))


def _variance(p0, a, wanted, level):
    """Of the end in probability, times the number of replications."""
    h = 1e-4 * p0 * (1 - p0)
    g = (bca_level(p0 + h, a, wanted) - bca_level(p0 - h, a, wanted)) / (2 * h)
    return level * (1 - level) + g**2 * p0 * (1 - p0) - 2 * g * (min(level, p0) - level * p0)


def _spread(ordered, level, variance):
    """Standard error of the quantile: half the distance between those one standard error of the level to each side."""
    reach = np.sqrt(max(variance, 0.0) / len(ordered))
    low, high = np.quantile(ordered, np.clip([level - reach, level + reach], 0.0, 1.0))
    return float((high - low) / 2)
