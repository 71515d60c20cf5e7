"""The values that a law is fitted to: seen exactly, known to lie between two ends, or seen only inside a window."""

from dataclasses import dataclass, field

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError

_NONE = np.empty(0)
_CODES = ("none", "left", "right", "interval")


@dataclass(frozen=True)
class Observations:
    """Different values (n,) or rows (n, k), rising, with the weight of each: equal rows are one row, whatever the law.

    Attributes
    ----------
    values, weights : ndarray
        What was seen exactly.
    low, high, between_weights : ndarray (m,)
        Censored rows: the ends between which each lies, both included, infinite where there is none.
    window : (float, float) or None
        Ends of the truncation: only rows between them, both included, could be seen.
    """

    values: np.ndarray
    weights: np.ndarray
    low: np.ndarray = field(default_factory=lambda: _NONE)
    high: np.ndarray = field(default_factory=lambda: _NONE)
    between_weights: np.ndarray = field(default_factory=lambda: _NONE)
    window: tuple | None = None

    @property
    def is_whole(self):
        """True when nothing is censored or truncated."""
        return not len(self.low) and self.window is None

    @property
    def is_right_censored(self):
        """True when nothing but censoring from above stands between these and whole ones."""
        return self.window is None and bool(np.isposinf(self.high).all())

    @property
    def total_weight(self):
        """Sum of the weights of what was seen exactly: the number of rows where none were given."""
        return float(self.weights.sum())

    @property
    def all_weight(self):
        """Sum of all weights."""
        return self.total_weight + float(self.between_weights.sum())

    @property
    def mean(self):
        """Weighted mean; exact shifts of the data shift it."""
        centre = self.values[len(self.values) // 2]
        return float(centre + self.weights @ (self.values - centre) / self.weights.sum())

    @property
    def squares(self):
        """Weighted sum of squares about the mean."""
        return float(self.weights @ np.square(self.values - self.mean))

    def quantile(self, q):
        """The smallest value with at least the share `q` of the weight at or below it, the mean of two where the share is exact."""
        sums = np.cumsum(self.weights)
        wanted = q * sums[-1]
        first = int(np.searchsorted(sums, wanted * (1 - 1e-14)))
        exact = abs(sums[first] - wanted) <= 1e-14 * sums[-1] and first + 1 < len(sums)
        return float(0.5 * (self.values[first] + self.values[first + 1]) if exact else self.values[first])

    def mapped(self, function):
        """The same with a rising function of each number."""
        window = None if self.window is None else tuple(float(function(end)) for end in self.window)
        return Observations(function(self.values), self.weights, function(self.low), function(self.high), self.between_weights, window)

    def stand_ins(self):
        """Whole observations in place of censored ones, for a climb to start at: the end that is known, or the middle of two."""
        if self.is_whole:
            return self
        both = np.isfinite(self.low) & np.isfinite(self.high)
        known = np.where(np.isfinite(self.low), self.low, self.high)
        middle = np.where(both, 0.5 * (np.where(both, self.low, 0.0) + np.where(both, self.high, 0.0)), known)
        return _distinct(np.concatenate([self.values, middle]), np.concatenate([self.weights, self.between_weights]))


def as_values(X, name="X"):
    """X as (n,) float64: a vector, or a matrix of one column."""
    array = np.asarray(X)
    array = array[:, None] if array.ndim == 1 else array
    table = checks.data_matrix(array, name)
    if table.shape[1] != 1:
        raise ArgumentError(
            f"{name} has {table.shape[1]} columns, and a law of one number takes a vector (n,) or one column; fit each column by itself, or use "
            f"MultivariateNormal or GaussianMixture"
        )
    return np.ascontiguousarray(table[:, 0])


def observed(values, sample_weight, *, censoring=None, upper=None, truncation=None):
    """`Observations` of checked values (n,) or rows (n, k), with weights or None."""
    weights = checks.sample_weights(sample_weight, len(values))
    weights = np.ones(len(values)) if weights is None else weights
    window = _window(truncation, values)
    if censoring is None:
        if upper is not None:
            raise ArgumentError("upper is read for rows with censoring 'interval'; give censoring too")
        exact = _distinct(values, weights)
        return Observations(exact.values, exact.weights, window=window)
    codes = _codes(censoring, len(values))
    low, high = _ends(values, codes, upper)
    if window is not None:  # a row that was seen lies in the window, whatever else is known of it
        low, high = np.maximum(low, window[0]), np.minimum(high, window[1])
    exact, between = codes == "none", (codes != "none") & (weights > 0)
    whole = _distinct(values[exact], weights[exact])
    ends, inverse = np.unique(np.column_stack([low[between], high[between]]), axis=0, return_inverse=True)
    sums = np.bincount(inverse.ravel(), weights=weights[between], minlength=len(ends))
    return Observations(whole.values, whole.weights, np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]), sums, window)


def _distinct(values, weights):
    kept = weights > 0
    distinct, inverse = np.unique(values[kept], axis=0, return_inverse=True)
    return Observations(np.ascontiguousarray(distinct), np.bincount(inverse.ravel(), weights=weights[kept], minlength=len(distinct)).astype(float))


def _codes(censoring, n):
    codes = np.asarray(censoring)
    if codes.shape != (n,) or codes.dtype.kind not in "US":
        if codes.dtype.kind != "O" or codes.shape != (n,):
            raise ArgumentTypeError(f"censoring must be one of {_CODES} for each of the {n} rows, got {type(censoring).__name__} of shape {codes.shape} and dtype {codes.dtype}")
    codes = codes.astype(str)
    strange = np.flatnonzero(~np.isin(codes, _CODES))
    if strange.size:
        raise ArgumentError(f"censoring[{strange[0]}] must be one of {', '.join(map(repr, _CODES))}, got {str(codes[strange[0]])!r}")
    return codes


def _ends(values, codes, upper):
    """Ends (low, high) of each row."""
    low, high = np.where(codes == "left", -np.inf, values), np.where(codes == "right", np.inf, values)
    rows = codes == "interval"
    if not rows.any():
        return low, high
    if upper is None:
        raise ArgumentError(f"censoring[{int(np.argmax(rows))}] is 'interval': give upper, the other end of each interval (its other rows are not read)")
    ends = np.asarray(upper, float)
    if ends.shape != values.shape:
        raise ArgumentError(f"upper must be of the length of X, {values.shape}, got shape {ends.shape}")
    wrong = np.flatnonzero(rows & ~(ends > values))
    if wrong.size:
        raise ArgumentError(f"upper[{wrong[0]}] must lie above X[{wrong[0]}] = {values[wrong[0]]:g}, got {ends[wrong[0]]:g}; a value that is known has censoring 'none'")
    return low, np.where(rows, ends, high)


def _window(truncation, values):
    """(low, high) with infinities for None; None where there is no truncation."""
    if truncation is None:
        return None
    if not isinstance(truncation, (tuple, list)) or len(truncation) != 2:
        raise ArgumentTypeError(f"truncation must be (low, high), either of them None, got {truncation!r:.80}")
    low, high = (sign * np.inf if end is None else checks.real(end, "truncation") for end, sign in zip(truncation, (-1, 1), strict=True))
    if not low < high:
        raise ArgumentError(f"truncation must have low below high, got {truncation!r}")
    outside = np.flatnonzero((values < low) | (values > high))
    if outside.size:
        raise ArgumentError(f"X[{outside[0]}] = {values[outside[0]]:g} lies outside truncation={truncation!r}, where nothing could be seen; leave such rows out, or use censoring")
    return (low, high) if np.isfinite([low, high]).any() else None
