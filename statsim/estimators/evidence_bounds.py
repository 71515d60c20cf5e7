r"""Lower bounds of the log evidence by fresh draws of an approximation, each with its Monte Carlo error.

The mean of the log weights is the evidence lower bound; the mean of the log of means of K weights is the importance-weighted bound, nearer to the log evidence
and below it for every K (Y. Burda, R. Grosse, R. Salakhutdinov, ICLR 2016, equation 8).
"""

import math
from dataclasses import dataclass

import numpy as np

GROUP = 20
"""Weights of a group of the importance-weighted bound."""


@dataclass(frozen=True)
class EvidenceBounds:
    """What draws say of the log evidence.

    Attributes
    ----------
    elbo, elbo_error : float
        Evidence lower bound and its standard error.
    importance_weighted, importance_weighted_error : float
        The bound of groups of `group` weights and its standard error.
    group : int
    """

    elbo: float
    elbo_error: float
    importance_weighted: float
    importance_weighted_error: float
    group: int = GROUP


def evidence_bounds(log_weights, *, group=GROUP):
    """`EvidenceBounds` of independent log weights (n,), complete ones.

    Examples
    --------
    >>> bounds = evidence_bounds(np.full(100, -3.0))
    >>> bounds.elbo, round(bounds.importance_weighted, 12)
    (-3.0, -3.0)
    """
    n = len(log_weights) // group * group
    grouped = np.asarray(log_weights, float)[:n].reshape(-1, group)
    top = grouped.max(axis=1)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        means = np.where(np.isfinite(top), safe + np.log(np.exp(grouped - safe[:, None]).mean(axis=1)), -np.inf)
    return EvidenceBounds(*_mean_and_error(np.asarray(log_weights, float)), *_mean_and_error(means), group)


def _mean_and_error(values):
    if not np.isfinite(values).all():
        return -math.inf, math.nan
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan
