r"""Importance sampling: draws of a proposal, weighted by the ratio of target and proposal.

Several proposals share the draws, and each draw is weighted by the mixture of all: the balance heuristic of Veach, Guibas (1995,
SIGGRAPH), deterministic-mixture multiple importance sampling in Elvira, Martino, Luengo, Bugallo (2019, Statistical Science
34). A ratio is then at most 1 / share of the proposal that covers the place best.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.samplers.importance.amis import AMIS
from statsim.samplers.importance.seeds import part_seed
from statsim.samplers.targets.target import as_target
from statsim.samplers.draws.weighted_draws import weighted_draws


@dataclass(frozen=True)
class Importance:
    """Importance sampling.

    Parameters
    ----------
    proposal : model, sequence of models, AMIS or PopulationMonteCarlo, optional
        A model has `sample(n, rng=)` and `score_samples(X)`, a density in the coordinates of the target that is positive wherever
        the target is. Several share the draws. Default `AMIS()`, which finds a proposal itself.
    shares : sequence of float, optional
        Part of the draws of each of several proposals; equal when not given.
    normalized : bool
        The target integrates to 1 and nothing is divided by the sum of the weights: estimates are plain averages of
        f times the weight, judged for each f. Right for a rare event under a proposal that covers only the event.

    Examples
    --------
    >>> import statsim as ss
    >>> wide = ss.GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[4.0]]])
    >>> Importance(proposal=wide)
    Importance(proposal=GaussianMixture(), shares=None, normalized=False)
    """

    proposal: Any = None
    shares: Any = None
    normalized: bool = False

    name: ClassVar[str] = "Importance"

    def __post_init__(self):
        if self.shares is not None:
            proposals = self._models() if not hasattr(self.proposal, "sample_target") else []
            shares = checks.sample_weights(np.atleast_1d(np.asarray(self.shares)), max(len(proposals), 1), "shares")
            if not (shares > 0).all():
                raise ArgumentError(f"shares must be above zero, got {self.shares!r}; leave out the proposal that makes no draws")
        elif self.proposal is not None and not hasattr(self.proposal, "sample_target"):
            self._models()

    def _models(self):
        """The proposals as a checked list of models."""
        models = list(self.proposal) if isinstance(self.proposal, (list, tuple)) else [self.proposal]
        if not models:
            raise ArgumentError("proposal must hold at least one model, got an empty list")
        for place, model in enumerate(models):
            if not (hasattr(model, "sample") and hasattr(model, "score_samples")):
                where = f"proposal[{place}]" if len(models) > 1 else "proposal"
                raise ArgumentTypeError(f"{where} must be a model with sample and score_samples, AMIS() or PopulationMonteCarlo(), got {model!r}")
        return models

    def sample_target(self, target, *, draws, rng=None, num_threads=None, max_bytes=None):
        """`draws` weighted draws of the target; what `statsim.samplers.sampling` calls.

        Raises
        ------
        ArgumentError, ArgumentTypeError
            Before any work.
        TargetError
            Where the log density is NaN, plus infinity or raises, with the point.
        SamplerError
            When the target is zero at every draw.
        """
        draws = checks.integer(draws, "draws", minimum=2)
        target = as_target(target)
        if self.proposal is None or hasattr(self.proposal, "sample_target"):
            adaptive = AMIS() if self.proposal is None else self.proposal
            return adaptive.sample_target(target, draws=draws, rng=rng, normalized=self.normalized, num_threads=num_threads, max_bytes=max_bytes)
        checks.memory(draws * (target.dim + 4) * 8, max_bytes, what=f"{draws} weighted draws of {target.dim} coordinates", remedy="draw fewer")
        models = self._models()
        _require_same_measure(target)
        counts = _allocation(draws, np.ones(len(models)) if self.shares is None else np.asarray(self.shares, np.float64))
        points = _draw(models, counts, target, rngs.seed_sequence(rng))
        log_q = _log_mixture(models, counts / draws, points)
        log_p = target_values(target, points, num_threads=num_threads)
        return weighted_draws(points, log_p - log_q, names=target.names, method=self, normalized=self.normalized)


def importance(target, proposal=None, *, n=10_000, shares=None, normalized=False, rng=None, num_threads=None):
    """Importance sampling in one call.

    Parameters
    ----------
    target : Target or model
    proposal : model, sequence of models, AMIS or PopulationMonteCarlo, optional
        See `Importance`; default `AMIS()`.
    n : int
        Draws, at least 2.
    shares : sequence of float, optional
        Part of the draws of each of several proposals.
    normalized : bool
        The target integrates to 1; see `Importance`.
    rng : None, int, SeedSequence or Generator
        An integer means the same draws every time, on any number of threads.
    num_threads : int, optional

    Returns
    -------
    WeightedDraws

    Raises
    ------
    ArgumentError, ArgumentTypeError, TargetError, SamplerError

    Examples
    --------
    >>> import statsim as ss
    >>> from statsim.samplers.importance.importance import importance
    >>> model = ss.GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[4.0]]])
    >>> from statsim.samplers.targets.target import Target
    >>> target = Target(lambda x: -0.5 * x[0] ** 2, dim=1, interpreted=True)
    >>> draws = importance(target, model, n=2000, rng=0)
    >>> value, error = draws.log_normalizer
    >>> bool(abs(value - 0.918939) < 5 * error)
    True
    """
    method = Importance(proposal=proposal, shares=shares, normalized=normalized)
    return method.sample_target(target, draws=n, rng=rng, num_threads=num_threads)


def target_values(target, points, *, num_threads=None):
    """Log density (n,) of the target at constrained points (n, dim), minus infinity outside its support."""
    from statsim.kernels.importance.rows import values_inside

    values, chunks = np.empty(len(points)), blocks.row_chunks(len(points))

    def fill(index):
        start, stop = chunks[index]
        values_inside(target.context(), points[start:stop], values[start:stop])

    blocks.map_chunks(fill, len(chunks), num_threads=num_threads)
    bad = np.flatnonzero(~(values < np.inf))
    if bad.size:
        raise target.error_at(points[bad[0]], ", a draw of the proposal")
    return values


def _require_same_measure(target):
    if target.unconstrained_dim != target.dim:
        raise ArgumentError(
            f"a proposal over {target.dim} free coordinates cannot hit the support {target.support!r}, which has {target.unconstrained_dim} "
            f"degrees of freedom; use Importance(AMIS()) or SMC(), which move in unconstrained coordinates"
        )


def _allocation(draws, shares):
    """Whole numbers (k,) that sum to `draws`, as near to the shares as can be, each at least 1."""
    exact = shares / shares.sum() * draws
    counts = np.floor(exact).astype(np.int64)
    largest = np.argsort(counts - exact, kind="stable")
    counts[largest[: draws - counts.sum()]] += 1
    if not counts.all():
        raise ArgumentError(f"draws={draws} leaves proposal {int(np.argmin(counts))} with none; draw more, or leave it out")
    return counts


def _draw(models, counts, target, seed):
    """The draws of all proposals, one after another."""
    rows = [np.asarray(model.sample(int(n), rng=part_seed(seed, 0, place)), np.float64) for place, (model, n) in enumerate(zip(models, counts, strict=True))]
    for place, row in enumerate(rows):
        if row.ndim != 2 or row.shape[1] != target.dim:
            raise ArgumentError(f"proposal {place} draws points of shape {row.shape[1:]}, but the target has {target.dim} coordinates")
    return np.ascontiguousarray(np.concatenate(rows))


def _log_mixture(models, shares, points):
    """Log density (n,) of the mixture of the proposals."""
    logs = [np.log(share) + model.score_samples(points) for share, model in zip(shares, models, strict=True)]
    return np.logaddexp.reduce(logs, axis=0)
