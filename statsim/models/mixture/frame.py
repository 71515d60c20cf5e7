r"""Coordinates in which linear constraints on a Gaussian mixture are bounds.

Equalities are conditioned on exactly and leave fewer coordinates; independent rows of inequalities become coordinates themselves, which
then lie between two numbers; what is left over stays as rows. x = centre + matrix v, and v is a Gaussian mixture again.
"""

from dataclasses import dataclass, replace

import numpy as np

from statsim.distributions.covariance import covariance_kind
from statsim.errors import ArgumentError, ImpossibleConditionError
from statsim.kernels.mixture.truncated import log_interval
from statsim.models.mixture.parameters import MixtureParameters

_TINY = 1e-10


@dataclass(frozen=True)
class Frame:
    """A mixture of v between bounds, and what v stands for.

    Attributes
    ----------
    parameters : MixtureParameters
        Of v (q,).
    centre : (d,), matrix : (d, q), inverse : (q, d)
        x = centre + matrix v and v = inverse (x - centre).
    low, high : (q,)
    rows : (r, q), row_low, row_high : (r,)
        row_low <= rows v <= row_high beside the bounds.
    """

    parameters: MixtureParameters
    centre: np.ndarray
    matrix: np.ndarray
    inverse: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rows: np.ndarray
    row_low: np.ndarray
    row_high: np.ndarray

    @property
    def is_plain(self):
        """True when v is x."""
        return np.array_equal(self.matrix, np.eye(len(self.centre))) and not self.centre.any()

    def holds(self, v):
        """Truth (n,) of the rows of inequalities at v (n, q)."""
        sums = v @ self.rows.T
        return ((sums >= self.row_low) & (sums <= self.row_high)).all(axis=1)

    def rare_first(self):
        """The same with the coordinate least likely to fall between its bounds first: most of the work is then done exactly."""
        p = self.parameters
        sd = np.sqrt(np.diagonal(p.dense, axis1=1, axis2=2))
        logs = np.array([
            np.logaddexp.reduce([np.log(w) + log_interval((self.low[i] - m) / s, (self.high[i] - m) / s)
                                 for w, m, s in zip(p.weights, p.means[:, i], sd[:, i], strict=True) if w > 0])
            for i in range(len(self.low))
        ])  # fmt: skip
        order = np.argsort(logs, kind="stable")
        return replace(
            self, parameters=p.marginal(order), matrix=np.ascontiguousarray(self.matrix[:, order]), inverse=self.inverse[order],
            low=self.low[order], high=self.high[order], rows=self.rows[:, order],
        )  # fmt: skip


def frame_of(parameters, region):
    """The frame of a mixture in a region.

    Raises
    ------
    ArgumentError
        For constant columns.
    ImpossibleConditionError
        When nothing satisfies the constraints.
    """
    if parameters.constant.any():
        columns, free = np.flatnonzero(parameters.constant).tolist(), parameters.active.tolist()
        raise ArgumentError(f"columns {columns} are constant and cannot be restricted; leave them out with model.marginal({free})")
    equal = region.low == region.high
    base = _conditioned(parameters, region.rows[equal], region.low[equal]) if equal.any() else _identity(parameters)
    rows = region.rows[~equal] @ base.matrix
    shift = region.rows[~equal] @ base.centre
    frame = _with_rows(base, *_without_trivial(rows, region.low[~equal] - shift, region.high[~equal] - shift))
    if not (frame.low < frame.high).all():
        i = int(np.argmin(frame.low < frame.high))
        raise ImpossibleConditionError(f"the region is empty: its constraints ask for a number above {frame.low[i]} and below {frame.high[i]}")
    if len(frame.rows):
        interior_point(frame)
    return frame


def _identity(parameters):
    d = parameters.shape[1]
    nothing = np.zeros((0, d)), np.zeros(0), np.zeros(0)
    return Frame(parameters, np.zeros(d), np.eye(d), np.eye(d), np.full(d, -np.inf), np.full(d, np.inf), *nothing)


def _conditioned(parameters, E, e):
    """The frame of the mixture given E x = e: orthonormal coordinates of the plane."""
    d = parameters.shape[1]
    u, s, vt = np.linalg.svd(E)
    m = int((s > _TINY * s[0]).sum())
    along, across = vt[:m], vt[m:]
    place = (u[:, :m].T @ e) / s[:m]
    off = np.abs(E @ (along.T @ place) - e).max()
    if off > 1e-8 * max(1.0, np.abs(e).max()):
        raise ImpossibleConditionError(f"linear: no x satisfies all equalities; the nearest misses one by {off:.3g}")
    if m == d:
        raise ImpossibleConditionError("linear: the equalities leave a single point, nothing can be drawn")
    rotated = _transformed(parameters, np.concatenate([along, across]), np.zeros(d))
    given = rotated.given(np.arange(m), place)
    base = _identity(given)
    return replace(base, centre=along.T @ place, matrix=np.ascontiguousarray(across.T), inverse=np.ascontiguousarray(across))


def _transformed(parameters, B, shift):
    """The mixture of B x + shift, with full covariances."""
    matrices = B @ parameters.dense @ B.T
    matrices = (matrices + matrices.transpose(0, 2, 1)) / 2
    return MixtureParameters(covariance_kind("full"), parameters.weights, parameters.means @ B.T + shift, matrices, np.zeros(len(B), bool))


def _without_trivial(rows, low, high):
    """Rows that still say something; a row of zeros must hold already."""
    trivial = np.abs(rows).max(axis=1, initial=0.0) < _TINY
    bad = trivial & ((low > _TINY) | (high < -_TINY))
    if bad.any():
        raise ImpossibleConditionError("the region is empty: the equalities contradict a bound or an inequality")
    return rows[~trivial], low[~trivial], high[~trivial]


def _with_rows(base, rows, low, high):
    """`base` with inequalities: as bounds where every row is one coordinate, else in coordinates made of independent rows."""
    d = rows.shape[1]
    if ((rows != 0).sum(axis=1) == 1).all():
        return _with_bounds(base, rows, low, high)
    chosen = _independent(rows)
    others = np.setdiff1d(np.arange(len(rows)), chosen)
    B = np.concatenate([rows[chosen], np.linalg.svd(rows[chosen])[2][len(chosen) :]])
    back = np.linalg.inv(B)
    bounds = np.full((2, d), [[-np.inf], [np.inf]])
    bounds[0, : len(chosen)], bounds[1, : len(chosen)] = low[chosen], high[chosen]
    return replace(
        base, parameters=_transformed(base.parameters, B, np.zeros(d)), matrix=base.matrix @ back, inverse=B @ base.inverse,
        low=bounds[0], high=bounds[1], rows=rows[others] @ back, row_low=low[others], row_high=high[others],
    )  # fmt: skip


def _with_bounds(base, rows, low, high):
    lowest, highest = base.low.copy(), base.high.copy()
    for row, below, above in zip(rows, low, high, strict=True):
        i = int(np.flatnonzero(row)[0])
        ends = sorted((below / row[i], above / row[i]))
        lowest[i], highest[i] = max(lowest[i], ends[0]), min(highest[i], ends[1])
    return replace(base, low=lowest, high=highest)


def _independent(rows):
    """Numbers of rows, the first possible, none a combination of the others (Gram-Schmidt)."""
    chosen, basis = [], np.zeros((0, rows.shape[1]))
    for place, row in enumerate(rows):
        rest = row / np.linalg.norm(row)
        for _ in range(2):
            rest = rest - basis.T @ (basis @ rest)
        size = np.linalg.norm(rest)
        if size > 1e-8:
            chosen.append(place)
            basis = np.concatenate([basis, rest[None] / size])
    return np.array(chosen, int)


def interior_point(frame):
    """A point v (q,) well inside the bounds and rows of the frame: the centre of the largest ball (a linear programme).

    Raises
    ------
    ImpossibleConditionError
        When the region is empty or has no inside.
    """
    from scipy.optimize import linprog

    q = len(frame.low)
    A = np.concatenate([np.eye(q), frame.rows])
    low, high = np.concatenate([frame.low, frame.row_low]), np.concatenate([frame.high, frame.row_high])
    size = np.linalg.norm(A, axis=1)
    sides = np.concatenate([np.column_stack([A, size])[np.isfinite(high)], np.column_stack([-A, size])[np.isfinite(low)]])
    limits = np.concatenate([high[np.isfinite(high)], -low[np.isfinite(low)]])
    found = linprog(np.append(np.zeros(q), -1.0), A_ub=sides, b_ub=limits, bounds=[(None, None)] * q + [(0, 1.0)])
    if found.status != 0 or not found.x[-1] > 0:
        raise ImpossibleConditionError("the region is empty: no point satisfies all bounds and linear constraints; loosen one of them")
    return found.x[:q]
