"""The steps that maximum likelihood asks of a hidden semi-Markov model (Guedon 2003, section 4), in standard units."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from statsim.blocks import map_chunks
from statsim.estimators.climb import DegenerateError
from statsim.models.hmm.chain import Chain
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.passes import batches
from statsim.models.hmm.semi_chain import allowed_successors, is_left, without_self
from statsim.models.hmm.semi_passes import SemiLaw, Totals, smooth_batch
from statsim.models.hmm.sojourns.sojourn import Sojourn
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.hmm.steps import HiddenMarkovSteps

_WARM_UP = 15  # steps of Baum-Welch, which cost a fraction of these, before sojourns have a law of their own


class HiddenSemiMarkovState(NamedTuple):
    """A chain without transitions to itself, sojourns, an emission, and the steps (k,) that each state stood on in the E step it came from."""

    chain: Chain
    sojourn: Sojourn
    emission: Emission
    counts: Any = None


@dataclass(frozen=True)
class HiddenSemiMarkovSteps:
    """EM of a hidden semi-Markov model on the data of `markov`, the same problem with geometric sojourns, in which starts are looked for."""

    markov: HiddenMarkovSteps
    sojourn: Sojourn
    max_duration: int

    # ------------------------------------------------------------ what the estimator reads

    total_weight = property(lambda self: self.markov.total_weight)
    is_simple = property(lambda self: self.markov.is_simple)
    is_crowded = property(lambda self: self.markov.is_crowded)
    bound = property(lambda self: self.markov.bound)
    bound_reason = property(lambda self: self.markov.bound_reason)
    offset = property(lambda self: self.markov.offset)
    remedy = property(lambda self: self.markov.remedy)
    rounding = property(lambda self: self.markov.rounding)

    def levels(self):
        """The problem as it is, and where the law has units then with variances bounded from below."""
        return (replace(self, markov=markov) for markov in self.markov.levels())

    def reduced(self, max_rows, key):
        markov = self.markov.reduced(max_rows, key)
        return self if markov is self.markov else replace(self, markov=markov)

    def start(self, index, init, key):
        state = self.markov.start(index, init, key)
        for _ in range(0 if self.is_simple else _WARM_UP):
            _, state = self.markov.em(state)
        return self._from_markov(state)

    def moved(self, state, index, key):
        return self._from_markov(self.markov.moved(self._to_markov(state), index, key))

    def defect(self, state):
        return self.markov.defect(HiddenMarkovState(state.chain, state.emission, state.counts))

    def em(self, state):
        """Objective at `state`, and the state after one step of EM."""
        totals, counts, sums = self.summed(state)
        emission = self.markov.emission_of(state.emission, sums)
        left = is_left(state.chain.transmat)[:, None]  # the sojourns of the others are not seen, and keep their law
        sojourn = state.sojourn.estimate(totals.completed * left, totals.censored * left) if left.any() else state.sojourn
        return totals.objective, HiddenSemiMarkovState(self._chain(state.chain, totals), sojourn, emission, counts)

    def summed(self, state):
        """The E step: `Totals`, the steps (k,) that each state stands on, and the sums for the emission."""
        totals, counts, sums = self._expectation(state)
        if not np.isfinite(totals.objective):
            raise DegenerateError("a sequence is impossible under the present parameters")
        return totals, counts, sums

    def regularised(self, prior, penalty):
        """The steps of the log posterior."""
        from statsim.models.hmm.principles.semi_highest_density import semi_highest_density_steps

        return semi_highest_density_steps(self, prior, penalty)

    def pack(self, state):
        """Square roots of probabilities: what goes to zero settles there, where its logarithm would drift for ever."""
        roots = np.sqrt(np.concatenate([state.chain.startprob, state.chain.transmat.ravel()]))
        sojourn, emission = state.sojourn.pack(), state.emission.pack()
        return np.concatenate([roots, sojourn, emission])

    def unpack(self, vector):
        k, n_sojourn = self.markov.k, len(self._template.pack())
        start, moves, sojourns, emissions = np.split(vector, [k, k + k * k, k + k * k + n_sojourn])
        if not np.isfinite(vector).all():
            return None
        emission, sojourn = self.markov.template.unpack(emissions), self._template.unpack(sojourns)
        start, moves = start**2, moves.reshape(k, k) ** 2
        if emission is None or sojourn is None or not (start.sum() > 0 and (moves.sum(axis=1) > 0).all()):
            return None
        first = self.markov.fixed_start
        first = start / start.sum() if first is None else first
        return HiddenSemiMarkovState(Chain(first, moves / moves.sum(axis=1, keepdims=True)), sojourn, emission.bounded(self.bound))

    # ------------------------------------------------------------ inside

    @cached_property
    def successors(self):
        """Which state may follow another (k, k)."""
        return allowed_successors(self.markov.allowed, self.markov.k)

    @cached_property
    def _template(self):
        return self.sojourn.with_means(np.full(self.markov.k, 2.0), self.max_duration)

    def _from_markov(self, state):
        stay = np.minimum(state.chain.transmat.diagonal(), 1.0 - 1.0 / self.max_duration)
        sojourn = self.sojourn.with_means(1.0 / (1.0 - stay), self.max_duration)
        return HiddenSemiMarkovState(Chain(state.chain.startprob, without_self(state.chain.transmat, self.successors)), sojourn, state.emission, state.counts)

    def _to_markov(self, state):
        means = state.sojourn.table(self.max_duration) @ np.arange(1.0, self.max_duration + 1)
        stay = (1.0 - 1.0 / means)[:, None]
        transmat = np.eye(self.markov.k) * stay + (1.0 - stay) * state.chain.transmat
        return HiddenMarkovState(Chain(state.chain.startprob, transmat), state.emission, state.counts)

    def _expectation(self, state):
        """`Totals`, the steps (k,) that each state stands on, and the sums for the emission."""
        sequences, weights = self.markov.sequences, self.markov.weights
        law, bounds = SemiLaw(state.chain, state.sojourn, state.emission, self.max_duration), batches(sequences)

        def batch(index):
            sums, counts = state.emission.empty_sums(), np.zeros(self.markov.k)

            def visit(begin, end, gamma, step_weights):
                nonlocal counts
                counts += step_weights @ gamma
                state.emission.add_sums(sequences.values, sequences.offsets, begin, end, gamma, step_weights, sums)

            return smooth_batch(law, sequences, *bounds[index], weights, visit), counts, sums

        totals, counts, sums = zip(*map_chunks(batch, len(bounds)), strict=True)
        added = tuple(sum(parts[1:], start=parts[0]) for parts in zip(*sums, strict=True))
        return sum(totals, start=Totals.empty(self.markov.k, self.max_duration)), sum(counts), added

    def _chain(self, chain, totals):
        """The M step of the chain."""
        sums = totals.pairs.sum(axis=1, keepdims=True)
        transmat = np.where(sums > 0, totals.pairs / np.where(sums > 0, sums, 1.0), chain.transmat)  # a state met at ends only
        fixed = self.markov.fixed_start
        return Chain(totals.first / totals.first.sum() if fixed is None else fixed, transmat)
