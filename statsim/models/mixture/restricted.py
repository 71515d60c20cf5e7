"""A Gaussian mixture restricted to a region: exact candidates for rejection, a target for chains, proposals for importance sampling."""

from dataclasses import replace
from functools import cached_property

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError
from statsim.models.mixture.between import Between
from statsim.models.mixture.draws import block_fill
from statsim.models.mixture.frame import frame_of
from statsim.models.mixture.restricted_target import RestrictedTarget
from statsim.models.mixture.tilt import tilted_parameters


class RestrictedMixture:
    """A Gaussian mixture given that its row lies in a region; made by `GaussianMixture.where`.

    It is a target for `statsim.samplers.sampling`. `Rejection()` (the default) draws exactly and independently; `Gibbs()`, `NUTS()` and other chains
    move inside bounds and linear constraints; `Importance(proposal=...)` with `between()` or `tilted()` gives the
    probability of the region, `log_normalizer`, with its error.
    """

    def __init__(self, model, parameters, region, names):
        self.model, self.region = model, region
        self.names = tuple(f"x[{i}]" for i in range(parameters.shape[1])) if names is None else tuple(names)
        self._parameters = parameters
        self._frame = frame_of(parameters, region) if len(region.rows) else None

    def __repr__(self):
        parts = [f"{len(self.region.rows)} linear constraint(s)"] if len(self.region.rows) else []
        parts += ["a predicate"] if self.region.predicate is not None else []
        return f"{self.model!r}.where({' and '.join(parts)})"

    @property
    def dim(self):
        """Number of columns of a row."""
        return self._parameters.shape[1]

    # ------------------------------------------------------------ exact draws

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.rejection.rejection import Rejection

        return Rejection()

    def candidates(self, key):
        """The function (block) that rejection asks for candidates: (rows (1024, d), which of them are accepted (1024,)).

        Accepted rows have the law wanted; `key` (2,) names the stream.
        """
        fill = self._free_fill(key) if self._frame is None else self._between_fill(key)

        def propose(block):
            rows, accepted = fill(block)
            place = np.flatnonzero(accepted)
            accepted[place] = self.region.holds(rows[place])
            return rows, accepted

        return propose

    def _free_fill(self, key):
        """Rows of the model itself: nothing but a predicate restricts them."""
        fill = block_fill(self._parameters, key)

        def block(number):
            rows, labels = np.empty((BLOCK_ROWS, self.dim)), np.empty(BLOCK_ROWS, np.int64)
            fill(number, (rows, labels))
            return rows, np.ones(BLOCK_ROWS, bool)

        return block

    def _between_fill(self, key):
        between = self._sorted
        return lambda number: between.fill(key, number * BLOCK_ROWS, BLOCK_ROWS, num_threads=1)

    @cached_property
    def _sorted(self):
        return Between(self._frame.rare_first())

    # ------------------------------------------------------------ chains and weights

    def to_target(self):
        """The density inside the region as a `Target`, for chains; its integral is the probability of the region.

        With linear constraints that are no bounds of columns it moves in coordinates v in which they are bounds, and `sample` shows x.

        Raises
        ------
        ArgumentError
            For a predicate, which only rejection can use.
        """
        self._require_linear("chains and weights")
        return RestrictedTarget(self._frame, self.names)

    def shown(self, draws):
        """`draws` of the target, which may move in coordinates of its own, as draws of rows."""
        return draws if tuple(draws.names) == self.names else self.to_target().shown(draws)

    def between(self):
        """A proposal for `Importance`: draws inside the bounds, one coordinate after another (GHK), nearest to the law wanted."""
        self._require_linear("this proposal")
        return BetweenProposal(self._frame)

    def tilted(self):
        """A proposal for `Importance`: the mixture with each mean moved to the most probable point of the region, a `GaussianMixture`.

        Half of each weight follows the density of that point (exponential tilting), half stays as it was.
        """
        self._require_linear("this proposal")
        return type(self.model)._wrapping(tilted_parameters(self._frame))

    def _require_linear(self, who):
        if not self.region.is_linear:
            raise ArgumentError(f"a predicate says nothing about where its region lies, so {who} cannot use it; use Rejection(), or give bounds= or linear=")


class BetweenProposal:
    """`Between` as a model: sample and score_samples, in the coordinates of the target."""

    def __init__(self, frame):
        q = len(frame.low)
        self._between = Between(replace(frame, centre=np.zeros(q), matrix=np.eye(q), inverse=np.eye(q)))

    def sample(self, n, *, rng=None):
        """Rows (n, q) inside the bounds."""
        from statsim import rng as rngs

        return self._between.fill(rngs.stream_key(rng, rngs.Purpose.SAMPLE), 0, n)[0]

    def score_samples(self, X):
        """Log density (n,) of the rows."""
        return self._between.log_density(X)
