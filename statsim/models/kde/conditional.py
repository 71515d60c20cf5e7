r"""Other laws made from an estimate, exactly: those of some columns, and those given the values of others.

With product kernels a datum's weight is multiplied by its kernel at the values given. With a Gaussian matrix H each kernel is conditioned like the normal law it
is: :math:`y_A + H_{AB} H_{BB}^{-1} (v - y_B)` with :math:`H_{AA} - H_{AB} H_{BB}^{-1} H_{BA}`. So is :math:`(1 - r^2)^{k/2}`, Pearson's type II (Johnson 1987, Multivariate Statistical
Simulation, section 6.2): a marginal law has k larger by one for each column left out, and a conditional one the same k and the bandwidth times :math:`\sqrt{1 - r_B^2}`, row by row.
"""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, ImpossibleConditionError
from statsim.models.kde.columns import Categorical, Interval
from statsim.models.kde.shapes import pearson_kernel


def marginal_law(law, columns):
    """The law of `columns` (m,), in that order."""
    _require_closed(law)
    kernel = law.kernel if law.kernel.power is None or not law.is_full else pearson_kernel(law.kernel.power + law.shape[1] - len(columns))
    kept = replace(
        law, kernel=kernel, rows=np.ascontiguousarray(law.rows[:, columns]), bandwidth=_part(law, columns), columns=tuple(law.columns[j] for j in columns)
    )
    if not law.is_renormalised:
        return kept
    others = np.setdiff1d(np.arange(law.shape[1]), columns)
    weights = law.weights * law.inside[:, others].prod(axis=1)
    return replace(kept, weights=weights / weights.sum())


def conditional_law(law, columns, values):
    """The law of the other columns where `columns` (m,) have `values` (m,).

    Raises
    ------
    ImpossibleConditionError
        When no kernel reaches the values.
    """
    _require_closed(law)
    free = np.setdiff1d(np.arange(law.shape[1]), columns)
    known = _given(law, columns)
    logs = (_pearson_terms(known, values, free.size) if law.is_full and law.kernel.power is not None else _log_terms(known, values)) + np.log(law.weights)
    top = logs.max()
    if not top > -np.inf:
        raise ImpossibleConditionError("no kernel reaches these values, their density is zero under the estimate; use values nearer to the data, or kernel='gaussian'")
    weights = np.exp(logs - top)
    keep = np.flatnonzero(weights > 0)
    rows = law.rows[:, free]
    if law.is_full:
        slope = law.bandwidth[np.ix_(free, columns)] @ np.linalg.inv(law.bandwidth[np.ix_(columns, columns)])
        rows = rows + (values - law.rows[:, columns]) @ slope.T
        matrix = law.bandwidth[np.ix_(free, free)] - slope @ law.bandwidth[np.ix_(columns, free)]
        bandwidth = (matrix + matrix.T) / 2
        if law.kernel.power is not None:
            left = np.sqrt(np.maximum(1 - _squares(known, values), 0.0))
            law = replace(law, factors=np.where(left > 0, left, 1.0) / law.scales)  # rows that do not reach the values are dropped below
    else:
        bandwidth = law.bandwidth[free]
    rest = replace(law, rows=np.ascontiguousarray(rows), bandwidth=bandwidth, columns=tuple(law.columns[j] for j in free))
    return rest.selected(keep, weights)


def _require_closed(law):
    if law.is_full and law.kernel.name in ("triangular", "exponential"):
        raise ArgumentError(
            f"radial kernel={law.kernel.name!r} with a bandwidth matrix: with fewer columns it is a kernel of another shape, which has no closed form; use kernel='gaussian', 'epanechnikov', "
            f"'biweight' or 'tophat', or bandwidth_type='diag'"
        )


def _part(law, columns):
    return law.bandwidth[np.ix_(columns, columns)] if law.is_full else law.bandwidth[columns]


def _given(law, columns):
    """The law of `columns` as far as it concerns terms of single rows: no normalisation."""
    return replace(law, rows=law.rows[:, columns], bandwidth=_part(law, columns), columns=tuple(law.columns[j] for j in columns))


def _squares(law, x):
    """Squared distance (n,) of one point x (m,) from each row, in bandwidths."""
    return ((law.working(x[None])[0] - law.data) ** 2).sum(axis=1) * law.scales**2


def _pearson_terms(law, x, n_free):
    """`_log_terms` for a radial Pearson kernel that has `n_free` columns more."""
    with np.errstate(divide="ignore"):
        return law.n_measured * np.log(law.scales) + 0.5 * (law.kernel.power + n_free) * np.log(np.maximum(1 - _squares(law, x), 0.0))


def _log_terms(law, x):
    """Log of each row's kernel (n,) at one point x (m,), up to a constant."""
    z, s = law.working(x[None])[0], law.scales
    total = law.n_measured * np.log(s)
    if law.is_full:
        return total - 0.5 * _squares(law, x)
    for j, kind in enumerate(law.columns):
        total = total + (_level_terms(law, j, z[j]) if isinstance(kind, Categorical) else _column_terms(law, j, kind, z[j], x[j]))
    return total


def _level_terms(law, j, level):
    other = law.bandwidth[j] / (len(law.columns[j].values) - 1)
    with np.errstate(divide="ignore"):
        return np.log(np.where(law.data[:, j] == level, 1 - law.bandwidth[j], other))


def _column_terms(law, j, kind, z, x):
    if isinstance(kind, Interval) and not kind.low <= x <= kind.high:
        return np.full(len(law.rows), -np.inf)
    signs, shifts = law.images(j)
    u = (z - (signs[:, None] * law.data[:, j] + shifts[:, None])) * law.scales
    if law.kernel.name in ("gaussian", "exponential"):
        exponents = -0.5 * u * u if law.kernel.name == "gaussian" else -np.abs(u)
        return np.logaddexp.reduce(exponents, axis=0)
    with np.errstate(divide="ignore"):
        return np.log(law.kernel.density(u).sum(axis=0))
