"""Maximum likelihood for rows that come in batches: a search on a sample of them, then exact EM in passes over all.

A pass is one E step: the moments of the batches, taken about the means of the step, add up, so no digit is lost and the split into batches does
not matter. The search is that of rows in memory, on at most `SAMPLE_ROWS` rows.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statsim.errors import ArgumentError, FitError
from statsim.kernels.mixture.density import TILE
from statsim.kernels.mixture.em import pack_tiles
from statsim.models.mixture.fit import finished, point_mass, standardised
from statsim.models.mixture.rows import MixtureRows, prepare
from statsim.models.mixture.steps import MixtureSteps, tile_sums
from statsim.models.mixture.survey import Survey

SAMPLE_ROWS = 20_000


@dataclass(frozen=True)
class StreamedSums:
    """The sums of an E step over `Batches`, in the units of `rows`."""

    batches: Any
    rows: MixtureRows
    total_weight: float
    counting: bool = False

    @property
    def offset(self):
        """What the log-likelihood in standard units lacks to be in the data's units."""
        return -self.total_weight * float(np.log(self.rows.scale).sum())

    def counted(self):
        """The same with each row counted once."""
        return replace(self, counting=True)

    def sums(self, means, factors, constants):
        """Objective and moments of one pass."""
        totals = None
        for X, weights in self.batches.chunks():
            X, weights = heavy(X, weights)
            tiles = tiles_of(self.rows, X, np.ones(len(X)) if self.counting else weights)
            part = tile_sums(*tiles, means, factors, constants)
            totals = part if totals is None else tuple(total + one for total, one in zip(totals, part, strict=True))
        return totals


def heavy(X, weights):
    """The rows of positive weight: others are no rows, however far out they lie."""
    kept = weights > 0
    return (X, weights) if kept.all() else (X[kept], weights[kept])


def tiles_of(rows, X, weights):
    """Rows X (m, d) of the data as the tiles of the EM kernel, in the units of `rows`."""
    values = np.ascontiguousarray((X[:, rows.columns] - rows.centre) / rows.scale)
    n_tiles = -(-len(values) // TILE)
    tiles, tile_weights = np.empty((n_tiles, values.shape[1], TILE)), np.empty((n_tiles, TILE))
    pack_tiles(values, np.ascontiguousarray(weights), tiles, tile_weights)
    return tiles, tile_weights


def fit_streamed(batches, *, kind, k, method, key, first=None):
    """Fit a mixture to `Batches`; see `statsim.models.mixture.fit.fit_mixture` for the other arguments, the results and the errors."""
    batches.require_passes(f"EM (method={method.name!r})")
    survey = Survey(sample_size(method, k), key).add_all(batches.chunks())
    check_counts(survey, k)
    rows = sampled_rows(survey, kind, k)
    if not rows.columns.size:
        return point_mass(rows, kind, k)
    steps, found = MixtureSteps(rows, kind, k), None
    if first is None:
        begin, found = method.fit(steps, key=key)
    else:
        begin = standardised(first, rows)
    streamed = replace(steps, source=StreamedSums(batches, rows, survey.total_weight))
    state, result = method.fit(streamed, key=key, first=begin)
    if found is not None:
        result = replace(result, n_starts=found.n_starts, n_agreed=found.n_agreed, n_spurious=result.n_spurious + found.n_spurious, seconds=result.seconds + found.seconds)
    return finished(state, result, rows, kind)


def sample_size(method, k):
    """Rows that a search looks at."""
    return max(SAMPLE_ROWS, method.max_rows, 200 * k)


def check_counts(survey, k):
    """Refuse fewer rows than components, or than a covariance needs."""
    n = survey.n_heavy
    if n < max(k, 2):
        words = f"n_components={k} is more than" if n < k else "a covariance needs at least 2 rows, more than"
        raise ArgumentError(f"{words} n_samples={n} rows with a positive weight in all batches; use fewer components or more rows")


def sampled_rows(survey, kind, k):
    """The sample of a survey, prepared for a search."""
    rows = prepare(*survey.sample(), one_scale=kind.name == "spherical")
    if len(rows.weights) < k:
        raise FitError(f"the batches have {len(rows.weights)} distinct row(s), fewer than n_components={k}; use fewer components")
    return rows
