r"""An estimate that holds no row of the data: groups of rows, each replaced by its mean.

Microaggregation (Domingo-Ferrer, Mateo-Sanz 2002, IEEE Transactions on Knowledge and Data Engineering 14) by a kd-tree. A group is split at the median of its widest column as long as
both halves keep an effective number of rows of at least `min_count`; rows with different categories are never in one group. What the means lose of the variance is
given back to the bandwidth, :math:`h^2 + v / (\mu_2 F)`, F the mean squared factor of an adaptive estimate, so that mean and variance of the estimate stay as they were in columns that may be any
number. This is no differential privacy: group means are exact, and say more to someone who knows the other rows of a group.
"""

import warnings
from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, DataWarning
from statsim.models.kde.columns import Categorical, Circular


def private_law(law, min_count):
    """The law of group means.

    Raises
    ------
    ArgumentError
        When no group of `min_count` rows can be made.
    """
    groups, lost = [], 0
    for members in _same_categories(law):
        found = _split(law, members, min_count)
        groups += found
        lost += 0 if found else len(members)
    if not groups:
        raise ArgumentError(f"min_count={min_count} is more than the rows can give: no group of {len(law.rows)} rows (with their weights and categories) is as large; use a smaller min_count")
    if lost:
        warnings.warn(f"{lost} of {len(law.rows)} rows have a combination of categories that fewer than {min_count} rows share; they are left out", DataWarning, stacklevel=3)
    return _grouped(law, groups, min_count)


def _same_categories(law):
    """Row numbers of each combination of categories."""
    columns = [j for j, kind in enumerate(law.columns) if isinstance(kind, Categorical)]
    if not columns:
        return [np.arange(len(law.rows))]
    _, which = np.unique(law.rows[:, columns], axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable")
    return np.split(order, np.cumsum(np.bincount(which.ravel()))[:-1])


def _split(law, members, min_count):
    """Groups of `members`, none with an effective number below `min_count`; nothing when they are too few."""
    if _effective(law.weights[members]) < min_count:
        return []
    done, waiting = [], [members]
    while waiting:
        group = waiting.pop()
        halves = _halves(law, group)
        if halves is None or min(_effective(law.weights[half]) for half in halves) < min_count:
            done.append(group)
        else:
            waiting += halves
    return done


def _effective(weights):
    """Kish's effective number: the count where weights are equal, less where a few rows dominate."""
    return weights.sum() ** 2 / (weights**2).sum() * (1 + 1e-9)


def _halves(law, group):
    if len(group) < 2:
        return None
    values = law.data[group]
    widest = int(np.argmax(values.max(axis=0) - values.min(axis=0)))
    order = np.lexsort((*values.T[::-1], values[:, widest]))
    return [group[order[: len(group) // 2]], group[order[len(group) // 2 :]]]


def _grouped(law, groups, min_count):
    sizes = np.array([len(group) for group in groups])
    members, starts = np.concatenate(groups), np.concatenate([[0], np.cumsum(sizes)[:-1]])
    w, rows = law.weights[members], law.rows[members]
    mass = np.add.reduceat(w, starts)
    first = np.repeat(rows[starts], sizes, axis=0)
    apart = _nearest_turn(law, rows - first)  # about a row of the group: exact where all are equal, and right on a circle
    shift = np.add.reduceat(apart * w[:, None], starts, axis=0) / mass[:, None]
    rest = apart - np.repeat(shift, sizes, axis=0)
    within = (rest * w[:, None]).T @ rest / mass.sum()
    factors = None if law.factors is None else np.sqrt(np.add.reduceat(law.factors[members] ** 2 * w, starts) / mass)
    mean_square = 1.0 if factors is None else float(mass @ factors**2 / mass.sum())
    return replace(
        law, rows=_wrapped(law, rows[starts] + shift), weights=mass / mass.sum(), bandwidth=_widened(law, within / mean_square), factors=factors, min_count=min_count
    )


def _nearest_turn(law, difference):
    for j, kind in enumerate(law.columns):
        if isinstance(kind, Circular):
            difference[:, j] -= kind.period * np.round(difference[:, j] / kind.period)
    return difference


def _wrapped(law, rows):
    for j, kind in enumerate(law.columns):
        if isinstance(kind, Circular):
            rows[:, j] -= kind.period * np.floor((rows[:, j] - kind.low) / kind.period)
            rows[rows[:, j] >= kind.high, j] = kind.low
    return rows


def _widened(law, within):
    """The bandwidth with the variance within groups added."""
    if law.is_full:
        return law.bandwidth + within / _radial_variance(law)
    h = np.sqrt(law.bandwidth**2 + np.diagonal(within) / law.kernel.variance)
    return np.array([old if isinstance(kind, Categorical) else new for kind, old, new in zip(law.columns, law.bandwidth, h, strict=True)])


def _radial_variance(law):
    """The variance along an axis of the unit radial kernel."""
    d, power = law.shape[1], law.kernel.power
    if power is not None:
        return 1 / (d + 2 + power)
    return {"gaussian": 1.0, "triangular": (d + 1) / ((d + 2) * (d + 3)), "exponential": d + 1.0}[law.kernel.name]
