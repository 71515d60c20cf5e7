"""Where EM starts: groups found by k-means or drawn at random, turned into weights, means and covariances."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from statsim.distributions.covariance import CovarianceKind
from statsim.distributions.covariance.kind import PIVOT_TOLERANCE, lower_factors
from statsim.kernels.mixture.kmeans import assign, draw_row, lloyd, seed_plus_plus, seed_random
from statsim.kernels.streams import fill_uniform, seed_block
from statsim.models.mixture.rows import MixtureRows

_SUBSAMPLE_BLOCK = 2**62  # a block number that no start has
_LLOYD_ITERATIONS = 30


@dataclass(frozen=True)
class MixtureStarts:
    """Starts for `k` components with covariances of `kind` on `rows`."""

    rows: MixtureRows
    kind: CovarianceKind
    k: int

    @cached_property
    def _total(self):
        """Covariance (d, d) of all rows, missing values taken at the centre."""
        x, w = self.rows.values, self.rows.weights / self.rows.weights.sum()
        centred = x - w @ x
        return np.einsum("n,ni,nj->ij", w, centred, centred, optimize=["einsum_path", (0, 1), (0, 1)])

    @property
    def covariance(self):
        """Covariance (d, d) of all rows, missing values taken at the centre."""
        return self._total

    @property
    def variances(self):
        """Variance of each column (d,)."""
        return np.diagonal(self._total)

    @property
    def is_singular(self):
        """True when no covariance of this kind fits the rows without a bound."""
        return not self.kind.diagonal and lower_factors(self._total[None], 1e3 * PIVOT_TOLERANCE) is None

    @cached_property
    def _spaces(self):
        """Rows as they stand, and rows made uncorrelated: k-means finds different groups in the two."""
        lower = lower_factors(self._total[None], 1e-8)
        if lower is None:
            return (self.rows.values,)
        return self.rows.values, np.ascontiguousarray(np.linalg.solve(lower[0], self.rows.values.T).T)

    def subsample(self, max_rows, key):
        """At most `max_rows` of the rows, drawn without replacement in proportion to weight (exponential race)."""
        rows = self.rows
        n = len(rows.weights)
        if n <= max_rows:
            return rows
        uniforms = np.empty(n)
        fill_uniform(_stream(key, _SUBSAMPLE_BLOCK), uniforms)
        chosen = np.sort(np.argpartition(-np.log1p(-uniforms) / rows.weights, max_rows)[:max_rows])
        pattern = np.searchsorted(rows.starts, chosen, side="right") - 1
        first = np.flatnonzero(np.diff(pattern, prepend=-1))
        return replace(
            rows,
            values=rows.values[chosen],
            weights=np.ones(max_rows),
            starts=np.append(first, max_rows),
            observed=rows.observed[pattern[first]],
        )

    def draw(self, index, init, key):
        """Weights, means and covariances of start `index`."""
        stream = _stream(key, index)
        space = self._spaces[index // 3 % len(self._spaces)]
        centres, labels = np.empty((self.k, space.shape[1])), np.full(len(space), -1)
        seed = seed_random if init == "random" else seed_plus_plus
        seed(space, self.rows.weights, stream, centres)
        if init == "kmeans":
            lloyd(space, self.rows.weights, centres, labels, _LLOYD_ITERATIONS)
        assign(space, centres, labels)
        return self._from_groups(labels)

    def moved(self, state, index, key):
        """`state` with one component, drawn at random, set down at a random row with the pooled covariance.

        Where independent starts rarely find the best optimum, a good one with a component in the wrong place often leads
        there (Ueda, Nakano, Ghahramani, Hinton 2000, SMEM algorithm for mixture models).
        """
        stream = _stream(key, index)
        component = draw_row(np.ones(self.k), stream)
        weights, means = state.weights.copy(), state.means.copy()
        means[component] = self.rows.values[draw_row(self.rows.weights, stream)]
        weights[component] = 1.0 / self.k
        covariances = state.covariances
        if not self.kind.shared:
            covariances = covariances.copy()
            covariances[component] = np.tensordot(state.weights, state.covariances, 1)
        return weights / weights.sum(), means, covariances

    def _from_groups(self, labels):
        """Moments of the groups, each covariance drawn towards the pooled one by d + 2 rows' worth of weight."""
        x, w = self.rows.values, self.rows.weights
        k, d = self.k, x.shape[1]
        mass, means, sums = np.zeros(k), np.zeros((k, d)), np.zeros((k, d, d))
        overall = (w @ x) / w.sum()
        for c in range(k):
            group, weight = x[labels == c], w[labels == c]
            mass[c] = weight.sum()
            means[c] = weight @ group / mass[c] if mass[c] > 0 else overall
            sums[c] = ((group - means[c]).T * weight) @ (group - means[c])
        extra = (d + 2) * w.mean()
        pooled = sums.sum(axis=0) / mass.sum() + 1e-4 * np.diag(self.variances)
        central = sums + extra * pooled
        if self.kind.diagonal:
            central = np.diagonal(central, axis1=1, axis2=2)[:, None, :]
        return (mass + extra) / (mass + extra).sum(), means, self.kind.estimate(mass + extra, central, d)


def _stream(key, block):
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(block), state)
    return state
