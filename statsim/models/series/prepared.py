"""Sequences made ready for a fit: columns centred and scaled by powers of two, time by a unit of its own."""

from dataclasses import dataclass, replace

import numpy as np

from statsim.errors import FitError
from statsim.kernels.series.units import column_ranges, standardise
from statsim.models.series.autoregressive_law import AutoregressiveLaw
from statsim.models.series.gaps import filled

_LARGEST_EXPONENT = 480  # squares of values, and those times a few powers of ten, stay normal doubles


@dataclass(frozen=True, eq=False)
class Prepared:
    """What the steps of a fit compute on; see the module docstring.

    Attributes
    ----------
    values : ndarray (n_steps, k)
        (data - centre) / scale, NaN where missing.
    offsets : ndarray (n_sequences + 1,)
    weights : ndarray (n_sequences,)
    centre, scale : ndarray (k,)
    origin, unit : float
        Time is (t - origin) / unit.
    history : ndarray (p, k), or (0, k) for the stationary start
    """

    values: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    origin: float
    unit: float
    history: np.ndarray

    def parts(self):
        """The sequences, as a list of arrays."""
        return [self.values[a:b] for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]

    def law_in_data_units(self, law):
        """`law`, of standardised values, for the data."""
        s = self.scale
        coefficients = law.coefficients * s[:, None] / s
        intercept = s * law.intercept + self.centre - np.einsum("pij,j->i", coefficients, self.centre)
        initial = None if law.initial is None else law.initial * s + self.centre
        return AutoregressiveLaw(coefficients, intercept, s * law.slope, law.noise * s[:, None] * s, initial)

    def log_scale_total(self):
        """What the log-likelihood of all known values loses by the change of units."""
        log_scale = np.log(self.scale)
        if not np.isnan(self.values.sum()):
            return float(self.weights @ np.diff(self.offsets) * log_scale.sum())
        known = np.add.reduceat(~np.isnan(self.values) @ log_scale, self.offsets[:-1])
        return float(self.weights @ known)

    def chosen(self, which):
        """The sequences numbered `which`."""
        steps = np.repeat(np.isin(np.arange(len(self.weights)), which), np.diff(self.offsets))
        offsets = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[which])]).astype(np.int64)
        return replace(self, values=np.ascontiguousarray(self.values[steps]), offsets=offsets, weights=self.weights[which])

    def filled(self):
        """The same with missing values between known ones interpolated: where a search may begin."""
        return replace(self, values=np.concatenate([filled(part) for part in self.parts()]))


def prepare(sequences, weights, *, centred, timed, initial):
    """`Prepared` from `Sequences`; `timed` where the trend has a slope.

    Raises
    ------
    FitError
        For a column that is constant or has no values.
    """
    used = weights > 0
    lengths = sequences.lengths
    values = sequences.values[np.repeat(used, lengths)] if not used.all() else sequences.values
    lengths, weights = lengths[used], weights[used]
    known = np.concatenate([values, initial]) if initial is not None else values
    centre, scale = _units(known, centred)
    longest = int(lengths.max())
    unit = 2.0 ** np.ceil(np.log2(max(longest / 2, 1.0))) if timed else 1.0
    history = np.empty((0, values.shape[1])) if initial is None else (initial - centre) / scale
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    standard = np.empty(values.shape)
    standardise(values, centre, scale, standard)
    return Prepared(
        standard, offsets, weights.astype(np.float64), centre, scale,
        float(longest // 2) if timed else 0.0, float(unit), np.ascontiguousarray(history),
    )  # fmt: skip


def _units(values, centred):
    """Centre (zero unless `centred`) and scale (k,), a power of two near the spread."""
    k = values.shape[1]
    low, high, mean, counts = np.empty(k), np.empty(k), np.empty(k), np.empty(k, np.int64)
    column_ranges(values, low, high, mean, counts)
    if not counts.all():
        raise FitError(f"column {counts.argmin()} has no values at all; leave it out")
    constant = np.flatnonzero(low == high)
    if constant.size:
        raise FitError(
            f"column {constant[0]} is the constant {low[constant[0]]!s}: its noise variance is zero and it has no density; leave it out"
        )
    with np.errstate(over="ignore"):
        reach = np.maximum(high - mean, mean - low) if centred else np.maximum(np.abs(low), np.abs(high))
    scale = 2.0 ** np.round(np.log2(np.minimum(reach, 2.0**1000)))
    far = np.flatnonzero(np.abs(np.log2(scale)) > _LARGEST_EXPONENT)
    if far.size:
        raise FitError(f"column {far[0]} has values of size {reach[far[0]]:g}, whose variance is beyond doubles; change its unit")
    return (mean if centred else np.zeros(len(mean))), scale
