"""A kernel density estimate restricted to a region: exact candidates for rejection, and a target for chains between bounds."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError
from statsim.models.kde.draws import block_fill
from statsim.models.kde.target import KernelTarget


class RestrictedDensity:
    """An estimate given that its row lies in a region; made by `KernelDensity.where`.

    It is a target for `statsim.samplers.sampling`: `Rejection()` (the default) draws exactly and independently; `Gibbs()`, `NUTS()` and other
    chains move between bounds.
    """

    def __init__(self, model, law, region, names):
        self.model, self.region = model, region
        self.names = tuple(f"x[{i}]" for i in range(law.shape[1])) if names is None else tuple(names)
        self._law = law
        if (region.low == region.high).any():
            raise ArgumentError(
                "linear: an equality has probability zero and no candidate meets it; use model.given for one column, or a Gaussian kernel with columns that may be any "
                "number, whose equalities are conditioned on exactly"
            )

    def __repr__(self):
        parts = [f"{len(self.region.rows)} linear constraint(s)"] if len(self.region.rows) else []
        parts += ["a predicate"] if self.region.predicate is not None else []
        return f"{self.model!r}.where({' and '.join(parts)})"

    @property
    def dim(self):
        """Number of columns of a row."""
        return self._law.shape[1]

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.rejection.rejection import Rejection

        return Rejection()

    def candidates(self, key):
        """The function (block) -> (rows (1024, d), which of them lie in the region (1024,)); `key` (2,) names the stream."""
        fill, region = block_fill(self._law, key), self.region

        def propose(block):
            rows, numbers = np.empty((BLOCK_ROWS, self.dim)), np.empty(BLOCK_ROWS, np.int64)
            fill(block, (rows, numbers))
            accepted = _satisfied(region, rows)
            place = np.flatnonzero(accepted)
            accepted[place] = region.holds(rows[place])
            return rows, accepted

        return propose

    def to_target(self):
        """The density between bounds as a `Target`, for chains; its integral is the probability of the region.

        Raises
        ------
        ArgumentError
            For a predicate and for linear constraints of several columns, which only rejection can use.
        """
        if not self.region.is_linear or ((self.region.rows != 0).sum(axis=1) > 1).any():
            raise ArgumentError("chains and weights need bounds of columns; use Rejection() for a predicate or a constraint of several columns")
        low, high = np.full(self.dim, -np.inf), np.full(self.dim, np.inf)
        for row, below, above in zip(self.region.rows, self.region.low, self.region.high, strict=True):
            j = int(np.flatnonzero(row)[0])
            ends = sorted((below / row[j], above / row[j]))
            low[j], high[j] = max(low[j], ends[0]), min(high[j], ends[1])
        return KernelTarget(self._law, self.names, low, high)

    def shown(self, draws):
        """`draws` as they are: the target moves in the coordinates of rows."""
        return draws


def _satisfied(region, rows):
    """Which rows (n, d) meet the linear constraints; summed column by column, so the same on every machine."""
    accepted = np.ones(len(rows), bool)
    for weights, low, high in zip(region.rows, region.low, region.high, strict=True):
        total = np.zeros(len(rows))
        for j in np.flatnonzero(weights):
            total += weights[j] * rows[:, j]
        accepted &= (total >= low) & (total <= high)
    return accepted
