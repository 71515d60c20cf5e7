"""The highest posterior density of a hidden semi-Markov model: priors of chain, sojourns and emissions in the M step."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm.chain import Chain
from statsim.models.hmm.posterior.priors import HiddenMarkovPrior
from statsim.models.hmm.principles.dirichlet_rows import DirichletRows
from statsim.models.hmm.principles.highest_density import highest_density_steps
from statsim.models.hmm.principles.sojourn_priors import checked_sojourn_prior
from statsim.models.hmm.semi_chain import is_left
from statsim.models.hmm.semi_steps import HiddenSemiMarkovState, HiddenSemiMarkovSteps


def semi_highest_density_steps(steps, prior, penalty):
    """The steps of the log posterior of `steps` (`HiddenSemiMarkovSteps`).

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    prior = HiddenMarkovPrior() if prior is None else prior
    if not isinstance(prior, HiddenMarkovPrior):
        raise ArgumentTypeError(f"prior must be a HiddenMarkovPrior of statsim.models.hmm.posterior.priors, got {prior!r:.100}")
    if prior.sticky:
        raise ArgumentError(f"sticky={prior.sticky:g}: no state of a semi-Markov model follows itself; say how long states last by sojourn=, such as GammaSojourns(shape=, rate=)")
    markov = highest_density_steps(steps.markov, replace(prior, transitions=1.0, sojourn=None), penalty)
    free = np.vstack([steps.successors, markov.law.rows.free[-1]])
    free[free.sum(axis=1) == 1] = False
    rows = DirichletRows(prior.chain_shapes(markov.k), free)
    own = {field.name: getattr(steps, field.name) for field in fields(HiddenSemiMarkovSteps)}
    sojourns = checked_sojourn_prior(prior.sojourn, steps.sojourn)
    weights = np.zeros(steps.max_duration) if sojourns is None else sojourns.weights(steps.max_duration)
    constant = 0.0 if sojourns is None else sojourns.constant(steps.max_duration)
    return SemiHighestDensitySteps(**{**own, "markov": markov}, rows=rows, seen=weights, constant=constant, prior=replace(prior, emission=markov.prior.emission))


@dataclass(frozen=True)
class SemiHighestDensitySteps(HiddenSemiMarkovSteps):
    """`HiddenSemiMarkovSteps` with a prior: Dirichlet `rows` (k + 1, k), sojourns `seen` (D,) of each state, and that of the emission in `markov`."""

    rows: Any = None
    seen: Any = None
    constant: float = 0.0
    prior: Any = None

    criterion = "log posterior"

    def em(self, state):
        """Objective at `state`, and the state after one step."""
        totals, counts, sums = self.summed(state)
        left = is_left(state.chain.transmat)[:, None]
        value = totals.objective + self.rows.log_density(np.vstack([state.chain.transmat, state.chain.startprob])) + self._sojourn_density(state.sojourn, left)
        if self.markov.law.emission is not None:
            value += self.markov.law.emission.log_density(state.emission)
        sojourn = state.sojourn.estimate((totals.completed + self.seen) * left, totals.censored * left) if left.any() else state.sojourn
        return value, HiddenSemiMarkovState(self._chain(state.chain, totals), sojourn, self.markov.emission_of(state.emission, sums), counts)

    def _sojourn_density(self, sojourn, left):
        """Log prior density of the sojourns of states that are left."""
        used = self.seen != 0.0
        if not used.any():
            return -self.constant * float(left.sum())
        logs = sojourn.log_tables(self.max_duration)[0][left[:, 0]]
        return float((logs[:, used] @ self.seen[used]).sum() - self.constant * len(logs))

    def _chain(self, chain, totals):
        rows = self.rows.mode(np.vstack([totals.pairs, totals.first]), np.vstack([chain.transmat, chain.startprob]))
        return Chain(rows[-1], np.ascontiguousarray(rows[:-1]))
