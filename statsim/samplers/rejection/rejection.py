r"""Rejection under an envelope of the user's.

von Neumann (1951), Various techniques used in connection with random digits; the squeeze is Marsaglia's (1977). A candidate x of the
proposal q is accepted with probability :math:`f(x) / (M q(x))`, so that accepted ones follow f exactly wherever
:math:`f \le M q`. Every candidate that is evaluated is held against that bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError
from statsim.samplers.rejection.candidates import Block, budget, collect
from statsim.samplers.draws.independent import independent_draws
from statsim.samplers.rejection.proposals import SIZE, proposal_of
from statsim.samplers.sampling import DRAWS, sample
from statsim.samplers.targets.inside import require_same_measure, rows_inside
from statsim.samplers.targets.target import as_target

_STREAM = 2
_REMEDY = "loosen the predicate or the bounds, say as bounds= or linear= what can be said so, or allow more with max_tries="
_CHECKED = 64  # candidates accepted by the squeeze are evaluated all the same where their place is a multiple of this
_SLACK = 1e-9  # rounding of two log densities that are equal by design


@dataclass(frozen=True)
class Rejection:
    r"""Exact independent draws: candidates of a proposal, accepted under a bound.

    Parameters
    ----------
    proposal : model or (draw, log_density)
        A model with `sample` and `score_samples`, or two functions: `draw(n, generator)` returns candidates (n, dim) from
        a NumPy generator, `log_density(rows)` their log densities (n,). May be left out where the target brings its own
        candidates: `model.where(...)`, or a `Truncation`.
    log_bound : float
        :math:`\log M`: the target's log density is nowhere above `log_bound` plus that of the proposal. It is never
        estimated for you, because an estimate from finitely many candidates is too small. Not needed where the target brings its candidates.
    squeeze : callable, optional
        `squeeze(rows)` returns numbers (n,) below the target's log density: candidates accepted by it spare an evaluation, but for
        one in 64, which is evaluated to check the squeeze.
    max_tries : int, optional
        Candidates allowed before it gives up; default 1000 for each draw and 100 000 more.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.samplers.targets.target import Target
    >>> target = Target(lambda x: np.log(6 * x[0] * (1 - x[0])), dim=1, interpreted=True)  # beta(2, 2)
    >>> uniform = (lambda n, generator: generator.random((n, 1)), lambda rows: np.zeros(len(rows)))
    >>> draws = sample(target, Rejection(proposal=uniform, log_bound=np.log(1.5)), draws=2000, rng=0)
    >>> bool(abs(draws.acceptance.rate - 2 / 3) < 5 * draws.acceptance.standard_error)
    True
    """

    proposal: Any = None
    log_bound: float | None = None
    squeeze: Callable | None = None
    max_tries: int | None = None

    name: ClassVar[str] = "Rejection"

    def __post_init__(self):
        if self.log_bound is not None:
            checks.real(self.log_bound, "log_bound")
        if self.squeeze is not None and not callable(self.squeeze):
            raise ArgumentTypeError(f"squeeze must be a function of rows (n, dim), got {self.squeeze!r}")
        if self.max_tries is not None:
            checks.integer(self.max_tries, "max_tries", minimum=1)

    def sample_target(self, target, *, draws, rng=None, num_threads=None, max_bytes=None):
        """Independent draws; called by `sample`.

        Raises
        ------
        SamplerError
            When the bound or the squeeze is found violated, with the point and both values; when `max_tries` is spent.
        """
        n = checks.integer(draws, "draws", minimum=1)
        key = rngs.stream_key(rng, rngs.Purpose.SAMPLER, _STREAM)
        if hasattr(target, "candidates") and self.proposal is None:
            return self._restricted(target, n, key, num_threads, max_bytes)
        if self.proposal is None or self.log_bound is None:
            raise ArgumentError(
                "Rejection needs proposal= and log_bound=, an upper bound of log target - log proposal over all points; it is not estimated, "
                "since an estimate would be too small. For one coordinate AdaptiveRejection() and NumericalInversion() need no bound"
            )
        target = as_target(target)
        require_same_measure(target, "Rejection")
        checks.memory(8 * n * target.dim, max_bytes, what=f"{n} draws", remedy="draw them in parts, each with an rng of its own")
        target.context()  # compiled before threads ask for it
        seed = np.random.SeedSequence([int(word) for word in key])
        trial = _Trial(self, target, proposal_of(self.proposal, seed, target.dim), key)
        values, acceptance = collect(trial.block, n, dim=target.dim, max_tries=budget(self.max_tries, n), size=SIZE, num_threads=num_threads)
        return independent_draws(values, target, self, acceptance=acceptance)

    def _restricted(self, target, n, key, num_threads, max_bytes):
        """Candidates that the target itself supplies: they have its law where they are accepted."""
        checks.memory(8 * n * target.dim, max_bytes, what=f"{n} draws", remedy="draw them in parts, each with an rng of its own")
        propose = target.candidates(key)

        def block(number):
            rows, accepted = propose(number)
            return Block(rows[accepted], np.flatnonzero(accepted), 0)

        values, acceptance = collect(block, n, dim=target.dim, max_tries=budget(self.max_tries, n), num_threads=num_threads, remedy=_REMEDY)
        return independent_draws(values, target, self, acceptance=acceptance)


class _Trial:
    """One block of candidates, judged."""

    def __init__(self, method, target, proposal, key):
        self._method, self._target, self._proposal, self._key = method, target, proposal, key

    def block(self, number):
        rows = self._proposal.rows(number)
        ceiling = self._ceiling(rows)
        height = ceiling + self._log_uniforms(number)
        inside = rows_inside(self._target, rows)
        floor = self._floor(rows, inside)
        squeezed = height < floor
        asked = np.flatnonzero(inside & (~squeezed | (np.arange(len(rows)) % _CHECKED == 0)))
        values = self._target.log_density(rows[asked]) if asked.size else np.empty(0)
        error, place = _first_of(_crossing(rows, floor, ceiling), self._violation(rows, asked, values, ceiling, floor))
        kept = squeezed.copy()
        kept[asked] = height[asked] < values
        return Block(rows[kept], np.flatnonzero(kept), asked.size, error, place)

    def _ceiling(self, rows):
        log_q = self._proposal.log_density(rows)
        bad = np.flatnonzero(~np.isfinite(log_q))
        if bad.size:
            raise SamplerError(f"the proposal drew x = {rows[bad[0]]} and gives it the log density {log_q[bad[0]]}; its two parts do not agree")
        return log_q + float(self._method.log_bound)

    def _log_uniforms(self, number):
        from statsim.kernels.streams import fill_uniform, seed_block

        state, uniforms = np.empty(4, np.uint64), np.empty(SIZE)
        seed_block(self._key[0], self._key[1], np.uint64(number), state)
        fill_uniform(state, uniforms)
        return np.log1p(-uniforms)

    def _floor(self, rows, inside):
        """The squeeze (n,): minus infinity outside the support, where it is not asked, and where there is none."""
        floor = np.full(len(rows), -np.inf)
        if self._method.squeeze is None or not inside.any():
            return floor
        asked = rows[inside]
        found = np.asarray(self._method.squeeze(asked), np.float64)
        if found.shape != (len(asked),) or np.isnan(found).any():
            raise ArgumentError(f"squeeze must return {len(asked)} numbers for {len(asked)} rows, got {found!r:.200}")
        floor[inside] = found
        return floor

    def _violation(self, rows, asked, values, ceiling, floor):
        """The first candidate that contradicts the bound or the squeeze."""
        slack = _SLACK + 1e-12 * np.abs(np.where(np.isfinite(values), values, 0.0))
        above = values > ceiling[asked] + slack
        below = values < floor[asked] - slack
        wrong = np.flatnonzero(above | below)
        if not wrong.size:
            return None, 0
        first = wrong[0]
        place, value = int(asked[first]), float(values[first])
        x = np.array2string(rows[place], threshold=12, precision=17)
        if not above[first]:
            return SamplerError(f"squeeze is {floor[place]!r} at x = {x}, above the log density {value!r} there; it must be a lower bound"), place
        return SamplerError(
            f"log_bound is violated at x = {x}: the log density is {value!r}, but log_bound + log proposal is {float(ceiling[place])!r}; raise "
            f"log_bound by at least {value - float(ceiling[place]):.6g}, or take a proposal with heavier tails"
        ), place


def _crossing(rows, floor, ceiling):
    """The first candidate where the squeeze lies above the envelope, so that one of both is wrong."""
    wrong = np.flatnonzero(floor > ceiling + _SLACK + 1e-12 * np.abs(ceiling))
    if not wrong.size:
        return None, 0
    place = int(wrong[0])
    x = np.array2string(rows[place], threshold=12, precision=17)
    return SamplerError(
        f"squeeze is {float(floor[place])!r} at x = {x}, above the envelope log_bound + log proposal = {float(ceiling[place])!r}; squeeze must "
        f"be a lower bound of the log density, log_bound an upper one of log density - log proposal"
    ), place


def _first_of(one, other):
    """Of two (error or None, place), the one that a reader of the candidates meets first."""
    return min((found for found in (one, other) if found[0] is not None), key=lambda found: found[1], default=(None, 0))


def rejection(target, *, proposal=None, log_bound=None, draws=DRAWS, rng=None, squeeze=None, max_tries=None, **options):
    """Draw by rejection: `sample(target, Rejection(...), draws=draws, rng=rng)`.

    Parameters
    ----------
    target : Target, model, function, `model.where(...)` or Truncation
    proposal, log_bound
        See `Rejection`.
    draws : int
    rng : None, int, SeedSequence or Generator
    squeeze, max_tries
        See `Rejection`.
    **options
        `num_threads`, `max_bytes`.

    Returns
    -------
    IndependentDraws
    """
    return sample(target, Rejection(proposal, log_bound, squeeze, max_tries), draws=draws, rng=rng, **options)
