"""Mean-field variational Bayes of a hidden Markov model: the law of parameters and that of states in turn.

MacKay (1997), Ensemble Learning for Hidden Markov Models; Beal (2003), Variational Algorithms for Approximate Bayesian Inference, chapter 3. With the law of
the parameters given, that of the states is the posterior of a hidden Markov model whose rows and densities are exp of expected logarithms: the forward pass
gives its normaliser Z, and the lower bound of the evidence is log Z less the divergence of the law of the parameters from the prior, exactly.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.hmm.forward import relative_densities
from statsim.models.hmm.chain import Chain
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.principles.standard_prior import standard_prior
from statsim.models.hmm.principles.variational_state import VariationalState
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.hmm.steps import HiddenMarkovSteps


def variational_steps(steps, prior):
    """The steps of the lower bound of the evidence.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if steps.start_is_stationary:
        raise ArgumentError("start='stationary' ties start and transitions, and their law is not conjugate; use start='free' or an array, or method='bayes'")
    missing = np.argwhere(np.isnan(steps.sequences.values))
    if missing.size:
        place = [int(i) for i in missing[0]]
        raise ArgumentError(f"X{place} is missing: variational Bayes takes complete steps; use method='bayes' or 'map', which sum missing values out")
    law = standard_prior(steps, prior, flat=False)
    own = {field.name: getattr(steps, field.name) for field in fields(HiddenMarkovSteps)}
    return VariationalSteps(**own, law=law, asked=prior)


class Expected:
    """An emission whose log density is that of `law` plus constants (k,): expected logarithms under a law of the parameters."""

    def __init__(self, law: Emission, constants):
        self.law, self._constants = law, constants

    def fill_log_density(self, values, offsets, begin, end, out):
        """As an `Emission` does."""
        self.law.fill_log_density(values, offsets, begin, end, out)
        out += self._constants

    def fill_relative_density(self, values, offsets, begin, end, b, highest):
        """As an `Emission` does."""
        self.fill_log_density(values, offsets, begin, end, b)
        relative_densities(b, b, highest)

    def empty_sums(self):
        """Those of the law."""
        return self.law.empty_sums()

    def add_sums(self, *arguments):
        """Those of the law."""
        self.law.add_sums(*arguments)


@dataclass(frozen=True)
class VariationalSteps(HiddenMarkovSteps):
    """`HiddenMarkovSteps` whose states are laws of the parameters; `law` is the prior (`StandardPrior`), `asked` what the user gave."""

    law: Any = None
    asked: Any = None

    @property
    def prior(self):
        """As it is told."""
        return self.law.told

    @property
    def fixed(self):
        """Rows (k + 1, k) with the probabilities that are no parameters; 0 elsewhere."""
        rows = np.vstack([self.allowed, self.allowed_first]).astype(float)
        if self.fixed_start is not None:
            rows[-1] = self.fixed_start
        return np.where(self.law.rows.free, 0.0, rows)

    def levels(self):
        """A law of the parameters is never degenerate."""
        yield self

    def defect(self, state):
        """None: the prior keeps every state regular."""

    def start(self, index, init, key):
        return self._law_after(super().start(index, init, key))

    def moved(self, state, index, key):
        return self._law_after(super().moved(self._mean(state), index, key))

    def first_emission(self, law, sums):
        return self.law.emission.updated(law, sums).mode(law)

    def em(self, state):
        """The bound at `state`, and the law after one step."""
        rows = state.rows.geometric(self.fixed)
        emission, constants = state.emission.geometric(self.template)
        under = HiddenMarkovState(Chain(rows[-1], np.ascontiguousarray(rows[:-1])), Expected(emission, constants))
        totals, counts, sums = self.summed(under)
        value = totals.objective - state.rows.divergence(self.law.rows) - state.emission.divergence(self.law.emission)
        return value, self._updated(totals, counts, emission, sums)

    def pack(self, state):
        """Coordinates for extrapolation."""
        return np.concatenate([state.rows.pack(), state.emission.pack()])

    def unpack(self, vector):
        """The law of coordinates, or None."""
        size = int(self.law.rows.free.sum())
        emission = self.law.emission.unpack(vector[size:], self.law.emission)
        return VariationalState(self.law.rows.unpack(vector[:size]), emission, self) if emission is not None and np.isfinite(vector).all() else None

    # ------------------------------------------------------------ inside

    def _law_after(self, state):
        """The law of the parameters after an E step under parameters."""
        return self._updated(*self._under(state))

    def _under(self, state):
        totals, counts, sums = self.summed(state)
        return totals, counts, state.emission, sums

    def _updated(self, totals, counts, emission, sums):
        rows = self.law.rows.updated(np.vstack([totals.pairs, totals.first]))
        return VariationalState(rows, self.law.emission.updated(emission, sums), self, counts)

    def _mean(self, state):
        rows = state.rows.expected(self.fixed)
        return HiddenMarkovState(Chain(rows[-1], np.ascontiguousarray(rows[:-1])), state.emission.expected(self.template), state.counts)
