"""The steps that maximum likelihood asks of a hidden Markov model (Baum, Petrie, Soules, Weiss 1970), in standard units."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from statsim.blocks import map_chunks
from statsim.estimators.climb import DegenerateError
from statsim.models.hmm import passes
from statsim.models.hmm.chain import Chain, stationary
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.room import Room
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.hmm.stationary_start import raised
from statsim.models.hmm.starts import HiddenMarkovStarts
from statsim.sequences import Sequences

_MANY = 20


class _Sums(passes.Visitor):
    """Adds up what the M step of the emission needs."""

    def __init__(self, emission, sequences):
        self.emission, self.sequences = emission, sequences
        self.sums = emission.empty_sums()

    def posterior(self, begin, end, gamma, weights):
        self.emission.add_sums(self.sequences.values, self.sequences.offsets, begin, end, gamma, weights, self.sums)


@dataclass(frozen=True)
class HiddenMarkovSteps:
    """EM of a hidden Markov model on `sequences` with positive `weights`, starting from `template` emissions.

    `bound` is the least variance allowed, in standard units; 0 means none. `lenient` takes any state that has a likelihood. `question` is the problem
    in the units of the data, x = units[0] + units[1] y where y are the steps here.
    """

    sequences: Sequences
    weights: np.ndarray
    template: Emission
    k: int
    allowed: np.ndarray
    allowed_first: np.ndarray
    start_is_stationary: bool = False
    fixed_start: Any = None
    bound: float = 0.0
    bound_reason: str = ""
    lenient: bool = False
    offset: float = 0.0
    remedy: str = "use fewer components, or a simpler emission"
    rounding: float = 0.0
    question: Any = None
    units: Any = (0.0, 1.0)

    # ------------------------------------------------------------ what the estimator reads

    @cached_property
    def total_weight(self):
        return float(self.weights @ self.sequences.lengths)

    @property
    def is_simple(self):
        """One start is enough: a single state has one optimum, where its law has."""
        return self.k == 1 and self.template.is_simple

    @property
    def is_crowded(self):
        return self.k >= _MANY and len(self.sequences.values) < 2 * self.k * self.template.least_support()

    @cached_property
    def starts(self):
        return HiddenMarkovStarts(self)

    def levels(self):
        """The problem as it is, and where the law has units then with variances bounded from below."""
        yield self
        if self.template.standardises:
            reason = "every start ended in a spurious optimum"
            yield replace(self, bound=1e-6, bound_reason=reason)
            yield replace(self, bound=1e-2, bound_reason=reason, lenient=True)

    def reduced(self, max_rows, key):
        return self.starts.reduced(max_rows, key)

    def start(self, index, init, key):
        return self.starts.draw(index, init, key)

    def moved(self, state, index, key):
        return self.starts.moved(state, index, key)

    def defect(self, state):
        if self.lenient or state.counts is None:
            return None
        return state.emission.defect(state.counts)

    def em(self, state):
        """Objective at `state`, and the state after one step of Baum-Welch."""
        totals, counts, sums = self.summed(state)
        return totals.objective, HiddenMarkovState(self._chain(state.chain, totals), self.emission_of(state.emission, sums), counts)

    def summed(self, state):
        """The E step: `Totals`, the times (k,) that each state is begun in or moved to, and the sums for the emission."""
        totals, visitors = self._expectation(state)
        if not np.isfinite(totals.objective):
            raise DegenerateError("a sequence is impossible under the present parameters")
        sums = tuple(sum(parts[1:], start=parts[0]) for parts in zip(*(visitor.sums for visitor in visitors), strict=True))
        return totals, totals.first + totals.pairs.sum(axis=0), sums

    def emission_of(self, law, sums):
        """The M step of the emission, from sums collected under `law`."""
        return law.estimate(sums, self.bound)

    def first_emission(self, law, sums):
        """The emission that a start begins with, from the sums of its groups."""
        return law.estimate(sums, self.bound or 1e-6 * law.standardises)

    def pack(self, state):
        """Square roots of probabilities: what goes to zero settles there, where its logarithm would drift for ever."""
        start, moves = state.chain.startprob[self.allowed_first], state.chain.transmat[self.allowed]
        return np.concatenate([np.sqrt(start), np.sqrt(moves), state.emission.pack()])

    def unpack(self, vector):
        n_first, n_moves = int(self.allowed_first.sum()), int(self.allowed.sum())
        emission = self.template.unpack(vector[n_first + n_moves :])
        if emission is None or not np.isfinite(vector).all():
            return None
        transmat = np.zeros((self.k, self.k))
        transmat[self.allowed] = vector[n_first : n_first + n_moves] ** 2
        totals = transmat.sum(axis=1, keepdims=True)
        if not (totals > 0).all():
            return None
        transmat /= totals
        chain = Chain(self._start_of(vector[:n_first], transmat), transmat)
        return HiddenMarkovState(chain, emission.bounded(self.bound))

    # ------------------------------------------------------------ the other principles

    def regularised(self, prior, penalty):
        """The steps of the log posterior."""
        from statsim.models.hmm.principles.highest_density import highest_density_steps

        return highest_density_steps(self, prior, penalty)

    def posterior(self, prior):
        """The posterior of the parameters, a target."""
        return self.question.posterior(prior)

    def variational(self, prior):
        """The steps of the lower bound of the evidence."""
        from statsim.models.hmm.principles.variational import variational_steps

        return variational_steps(self, prior)

    # ------------------------------------------------------------ inside

    def _start_of(self, roots, transmat):
        if self.start_is_stationary:
            return stationary(transmat)
        if self.fixed_start is not None:
            return self.fixed_start
        start = np.zeros(self.k)
        start[self.allowed_first] = roots**2
        return start / start.sum()

    @cached_property
    def _long_room(self):
        return Room()

    def _room(self, n_batches):
        """Memory that lasts as long as the fit, where there is one batch; batches of several threads use their own."""
        return self._long_room if n_batches == 1 else None

    def _expectation(self, state):
        law, bounds = passes.Law(state.chain, state.emission), passes.batches(self.sequences)

        def batch(index):
            visitor = _Sums(state.emission, self.sequences)
            return passes.smooth_batch(law, self.sequences, *bounds[index], self.weights, visitor, self._room(len(bounds))), visitor

        done = map_chunks(batch, len(bounds))
        totals = [part for part, _ in done]
        whole = passes.Totals(
            sum(part.objective for part in totals), sum(part.pairs for part in totals), sum(part.first for part in totals)
        )
        return whole, [visitor for _, visitor in done]

    def _chain(self, chain, totals):
        """The M step of the chain."""
        if self.start_is_stationary:
            return raised(chain, totals.pairs, totals.first)
        sums = totals.pairs.sum(axis=1, keepdims=True)
        transmat = np.where(sums > 0, totals.pairs / np.where(sums > 0, sums, 1.0), chain.transmat)  # a state met at ends only
        if self.fixed_start is not None:
            return Chain(self.fixed_start, transmat)
        return Chain(totals.first / totals.first.sum(), transmat)
