"""The independence sampler.

Hastings (1970), Biometrika 57; Tierney (1994), Ann. Statist. 22. The transition is `statsim.kernels.metropolis.independence`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError

STARTS = 100


@dataclass(frozen=True)
class Independence:
    """Independence Metropolis: proposals from one law, whatever the present point. As good as the law is close to the target.

    Chains begin at the first proposal inside the support of the target; `initial` is not used. Nothing adapts.

    Parameters
    ----------
    proposal : model
        Any model with `sample(n, rng=, start=)` and `score_samples(X)`: a fitted `GaussianMixture`, or a normal,
        ``GaussianMixture.from_parameters(weights=[1], means=[m], covariances=[C])``. Its tails must be as heavy as the target's: where they are
        not, the chain stays for long at points that are proposed too rarely.

    Examples
    --------
    >>> from statsim import GaussianMixture
    >>> normal = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[4.0]]])
    >>> Independence(normal).name
    'Independence'
    """

    proposal: object

    name: ClassVar[str] = "Independence"
    needs_gradient: ClassVar[bool] = False
    places_itself: ClassVar[bool] = True
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (
        ("log_density", np.float64),
        ("acceptance", np.float32),
        ("n_evaluations", np.int32),
        ("log_weight", np.float64),
    )

    def __post_init__(self):
        if not (hasattr(self.proposal, "sample") and hasattr(self.proposal, "score_samples")):
            raise ArgumentTypeError(
                f"proposal must be a model with sample() and score_samples(), got {self.proposal!r}; "
                f"a normal is GaussianMixture.from_parameters(weights=[1], means=[mean], covariances=[covariance])"
            )

    def begin(self, chain, *, warmup):
        """Set the chain at the first proposal inside the support.

        Raises
        ------
        SamplerError
            When the target is zero at the first hundred proposals.
        """
        from statsim.kernels.metropolis.independence import place, points_at

        chain.state = {"random": chain.random, "point": chain.initial[:1].copy(), "seed": np.array(chain.random), "row": np.zeros(1, np.int64)}
        proposals, log_q = self._proposals(chain, STARTS)
        values = np.empty(STARTS)
        points_at(chain.context, proposals, values)
        bad = np.flatnonzero(np.isnan(values))
        inside = np.flatnonzero(np.isfinite(values))
        if bad.size:
            raise chain.target.error_at(proposals[bad[0]], f", a proposal of chain {chain.number}")
        if not inside.size:
            raise SamplerError(
                f"chain {chain.number}: the log density is -inf at {STARTS} proposals; use a proposal that covers the target"
            )
        first = inside[0]
        chain.state["x"] = proposals[first].copy()
        chain.state["numbers"] = np.array([values[first], values[first] - log_q[first]])
        place(chain.context, chain.state["x"], chain.state["point"][0])

    def _proposals(self, chain, n):
        """The next n proposals (n, dim), and the log density of the law there: rows of a data set of the chain's own."""
        seed = np.random.SeedSequence([int(word) for word in chain.state["seed"]])
        start = int(chain.state["row"][0])
        points = np.ascontiguousarray(self.proposal.sample(n, rng=seed, start=start), np.float64)
        if points.shape != (n, chain.target.dim):
            raise ArgumentError(f"proposal draws {points.shape[1:]} coordinates, but the target has {chain.target.dim}")
        chain.state["row"][0] = start + n
        return points, np.ascontiguousarray(self.proposal.score_samples(points), np.float64)

    def edges(self, warmup):
        """No stages: nothing adapts."""
        return []

    def at_edge(self, chain, iteration, *, warmup):
        """Nothing happens between stretches."""

    def end_warmup(self, chain):
        """Nothing to settle."""

    def advance(self, chain, *, warming, values, stats):
        """Make draws from proposals drawn at once."""
        from statsim.kernels.metropolis.independence import advance_independence

        state = chain.state
        proposals, log_q = self._proposals(chain, values.shape[1])
        return advance_independence(
            chain.context, chain.random, state["point"], state["x"], state["numbers"], proposals, log_q, values[0], stats[0]
        )
