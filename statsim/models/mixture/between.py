"""Draws of a Gaussian mixture between bounds, one coordinate after another, and their density: a proposal for the law in a region."""

from functools import cached_property

import numpy as np

from statsim.blocks import BLOCK_ROWS, fill_rows, map_chunks, row_chunks
from statsim.distributions.covariance import lower_factors
from statsim.errors import FitError, ImpossibleConditionError
from statsim.kernels.mixture.truncated import draw_between, fill_between, fill_log_density_between, interval_bounds
from statsim.kernels.streams import uniform
from statsim.kernels.variates.categorical import alias_table, categorical_inverse


class Between:
    """What `statsim.kernels.mixture.truncated` draws in a `Frame`: inside the bounds, not yet with the law wanted.

    A draw has that law once accepted with the probability that comes with it; or weigh it by the ratio of densities.
    """

    def __init__(self, frame):
        self.frame = frame
        self.means = np.ascontiguousarray(frame.parameters.means)
        self.lower = lower_factors(frame.parameters.dense)
        if self.lower is None:
            raise FitError("covariances are not positive definite to working precision; no rows can be drawn from them")
        self.log_bounds = np.empty(self.means.shape)
        interval_bounds(self.means, self.lower, frame.low, frame.high, self.log_bounds)

    @cached_property
    def log_shares(self):
        """Log of the probability (k,) of each component: its weight times its largest probability of falling between the bounds."""
        with np.errstate(divide="ignore"):
            joint = np.log(self.frame.parameters.weights) + self.log_bounds.sum(axis=1)
        total = np.logaddexp.reduce(joint)
        if not total > -np.inf:
            raise ImpossibleConditionError("the bounds lie so far out that the probability between them cannot be told from zero, not even its logarithm")
        return joint - total

    def fill(self, key, start, n, *, num_threads=None):
        """Rows (n, d) in the coordinates of the user, and which of them (n,) are accepted."""
        frame = self.frame
        rows, ratios, accepted = np.empty((n, len(frame.centre))), np.empty(n), np.empty(n, bool)
        tables = alias_table(np.exp(self.log_shares))
        matrix = np.ascontiguousarray(frame.matrix)

        def fill(first_block, arrays):
            fill_between(
                key, first_block, BLOCK_ROWS, *tables, self.means, self.lower, frame.low, frame.high, self.log_bounds, frame.centre, matrix, *arrays
            )

        fill_rows(fill, start=start, n=n, outputs=(rows, ratios, accepted), num_threads=num_threads)
        if len(frame.rows):
            accepted &= frame.holds((rows - frame.centre) @ frame.inverse.T)
        return rows, accepted

    def draw_one(self, random):
        """One v (q,) between the bounds, from the state of a stream."""
        cumulative = np.cumsum(np.exp(self.log_shares))
        c = categorical_inverse(uniform(random) * cumulative[-1], cumulative)
        z, v = np.empty((2, self.means.shape[1]))
        draw_between(random, self.means[c], self.lower[c], self.frame.low, self.frame.high, z, v)
        return v

    def log_density(self, v, *, num_threads=None):
        """Log density (n,) at v (n, q)."""
        out, chunks = np.empty(len(v)), row_chunks(len(v))
        frame, v = self.frame, np.ascontiguousarray(v, np.float64)

        def chunk(index):
            fill_log_density_between(v, *chunks[index], self.log_shares, self.means, self.lower, frame.low, frame.high, out)

        map_chunks(chunk, len(chunks), num_threads=num_threads)
        return out
