r"""Components numbered alike in all draws: M. Stephens, "Dealing with label switching in mixture models", JRSS B 62 (2000), algorithm 2.

Each draw's components are permuted so that its membership probabilities of some rows are nearest, in Kullback-Leibler divergence, to their mean over
the draws; the mean and the permutations are found in turn, beginning at the last draw.
"""

import numpy as np

from statsim.distributions.covariance import CovarianceKind
from statsim.models.mixture.parameter_rows import join, pooled, split

_FEWEST_ROWS, _MOST_ROWS = 30, 100  # of the data, evenly spaced
_WORK = 4e6  # rows times draws times components
_ROUNDS = 20
_LEAST = 1e-12
_CHUNK = 2**22


def relabelled(values, kind: CovarianceKind, k, X, *, by_weight=False):
    """Rows (m, p) of parameters with their components renumbered.

    Parameters
    ----------
    values : (m, p)
    kind, k
    X : (n, d)
        The data, in the units of the draws.
    by_weight : bool
        Order the components by their mean weights, the largest first, instead of by their means.
    """
    d = X.shape[1]
    weights, means, covariances = split(values, kind, k, d)
    if k > 1:
        wanted = int(np.clip(_WORK / (len(values) * k), _FEWEST_ROWS, _MOST_ROWS))
        used = X[np.unique(np.linspace(0, len(X) - 1, min(len(X), wanted)).astype(int))]
        order = _permutations(_memberships(values, kind, k, used))
        weights, means = _permuted(weights, order), _permuted(means, order)
        covariances = covariances if kind.shared else _permuted(covariances, order)
    by = np.argsort(-weights.mean(axis=0), kind="stable") if by_weight else np.lexsort(np.average(means, axis=0).T[::-1])
    return join(weights[:, by], means[:, by], covariances if kind.shared else covariances[:, by])


def _permuted(parts, order):
    return np.take_along_axis(parts, order.reshape(*order.shape, *[1] * (parts.ndim - 2)), axis=1)


def _memberships(values, kind, k, X):
    """Probability (m, rows, k) of each component under each draw."""
    none, step = np.zeros(X.shape[1], bool), max(1, _CHUNK // (k * len(X)))
    out = np.empty((len(values), len(X), k))
    for start in range(0, len(values), step):
        part = values[start : start + step]
        joint = pooled(part, kind, k, none)._log_joint_active(X, None).reshape(len(X), len(part), k).transpose(1, 0, 2)
        share = np.exp(joint - joint.max(axis=2, keepdims=True))
        out[start : start + step] = share / share.sum(axis=2, keepdims=True)
    return out


def _permutations(memberships):
    """order (m, k): component order[t, c] of draw t is number c."""
    from scipy.optimize import linear_sum_assignment

    m, n, k = memberships.shape
    entropies = (memberships * np.log(np.maximum(memberships, _LEAST))).sum(axis=1)
    centre, order = memberships[-1], None
    for _ in range(_ROUNDS):
        costs = entropies[:, None, :] - np.log(np.maximum(centre, _LEAST)).T @ memberships  # (m, number, component)
        found = np.array([linear_sum_assignment(cost)[1] for cost in costs])
        if order is not None and (found == order).all():
            break
        order = found
        centre = np.take_along_axis(memberships, order[:, None, :], axis=2).mean(axis=0)
    return order
