"""The law of the hidden states given the steps and the parameters, as a target: `Gibbs()` draws one state at a time."""

import numpy as np

from statsim.errors import ArgumentError, ImpossibleConditionError
from statsim.kernels.hmm.semi_forward import fill_logs
from statsim.kernels.hmm.single_site import path_log_density, single_site_update
from statsim.models.hmm.inference import decoded
from statsim.samplers.gibbs.conditional import Conditional
from statsim.samplers.targets.target import Target


class StateTarget(Target):
    """Made by `HiddenMarkovModel.states_given`: P(states | steps) up to a constant; coordinate t is the state of step t.

    Chains begin at the most probable path. Single sites mix slowly where a state holds on to the next one; `sample_states` draws whole
    paths, independent of one another.
    """

    def __init__(self, law, sequences):
        if not len(sequences.values):
            raise ArgumentError("X has no steps; give one at least")
        k = law.chain.n_states
        log_start, log_moves = np.empty(k), np.empty((k, k))
        fill_logs(np.ascontiguousarray(law.chain.startprob), log_start)
        fill_logs(np.ascontiguousarray(law.chain.transmat).ravel(), log_moves.reshape(-1))
        log_b = law.log_densities(sequences, 0, len(sequences.values))
        self._best = decoded(law, sequences)[0].astype(np.float64)
        names = tuple(f"state[{t}]" for t in range(len(log_b)))
        super().__init__(path_log_density, dim=len(log_b), data=(log_b, sequences.offsets, log_start, log_moves), names=names)

    def draw_start(self, random):
        """The most probable path."""
        return self._best.copy()

    def placed(self, initial):
        """`initial`, whose coordinates must be numbers of states."""
        if initial is not None:
            states = np.asarray(initial, np.float64)
            k = self.data[2].size
            bad = states[~((states >= 0) & (states < k) & (states == np.floor(states)))]
            if bad.size:
                raise ArgumentError(f"initial must hold states 0 to {k - 1}, got {bad[0]:g}")
            for path in np.atleast_2d(states):
                if path.size == self.dim and not self.log_density(path) > -np.inf:
                    raise ImpossibleConditionError("initial is a path of probability zero; leave it out to begin at the most probable one")
        return initial

    def conditionals(self):
        """What `Gibbs()` runs: each state in turn given all others."""
        return (Conditional(single_site_update),)

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.gibbs.gibbs import Gibbs

        return Gibbs()
