"""What a hidden Markov model says about its hidden states, and one step ahead; the steps stand in `statsim.models.hmm.inference`."""

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm import inference
from statsim.sequence_model import SequenceModel


class HiddenStates(SequenceModel):
    """A model of sequences with `_law()`, a `statsim.models.hmm.passes.Law`, and `emission_`, `transmat_`."""

    def _checked_steps(self, X):
        sequences = self._sequences(X)
        self.emission_.check_steps(sequences.values, "X")
        return sequences

    def predict_proba(self, X):
        """Probability of each state at each step, given the whole sequence (the smoother).

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)

        Returns
        -------
        array (n_steps, k), or a list of such arrays where several sequences were given

        Raises
        ------
        ImpossibleConditionError
            For a sequence of density zero.
        """
        sequences = self._checked_steps(X)
        return sequences.split(inference.smoothed(self._law(), sequences)[0])

    def expected_transitions(self, X):
        """Expected number (k, k) of transitions from each state to each other, given all sequences of X."""
        return inference.smoothed(self._law(), self._checked_steps(X))[1]

    def filter(self, X):
        """Probability of each state at each step, given the steps up to it.

        Returns
        -------
        array (n_steps, k), or a list of such arrays where several sequences were given
        """
        sequences = self._checked_steps(X)
        return sequences.split(inference.filter_of(self._law(), sequences)[0])

    def predict(self, X):
        """The most probable path of states (Viterbi), an array (n_steps,) of int64 or a list of such."""
        return self.decode(X)[0]

    def decode(self, X):
        """The most probable path of states, and its log joint density with the sequence.

        Returns
        -------
        path : array (n_steps,), or a list of such arrays
        log_density : array (n_sequences,)
        """
        sequences = self._checked_steps(X)
        path, values = inference.decoded(self._law(), sequences)
        return sequences.split(path), values

    def sample_states(self, X, n=1, *, rng=None, start=0):
        """Draw paths of states from their posterior given X (forward filter, backward sample).

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)
        n : int
            Paths.
        rng, start
            As for `sample`; `start` is the number of the first path.

        Returns
        -------
        array (n, n_steps) of int64, or a list of such arrays where several sequences were given
        """
        sequences = self._checked_steps(X)
        n, start = checks.row_range(n, start, rng, repeatable=rngs.is_repeatable(rng))
        checks.memory(8 * n * len(sequences.values), None, what=f"{n} paths of {len(sequences.values)} states", remedy="draw fewer at a time, with start=")
        paths = inference.posterior_paths(self._law(), sequences, rngs.stream_key(rng, rngs.Purpose.SAMPLE), n, start)
        return paths if sequences.is_single else [paths[:, a:b] for a, b in zip(sequences.offsets[:-1], sequences.offsets[1:], strict=True)]

    def log_predictive(self, X):
        """Log density of each step given the steps before it, an array (n_steps,) or a list of such; their sum is the log-likelihood."""
        sequences = self._checked_steps(X)
        return sequences.split(inference.log_predictive(self._law(), sequences))

    def pseudo_residuals(self, X):
        """Each column of each step as a standard normal number, were the model true, given the steps before: for plots and tests of fit.

        Returns
        -------
        array (n_steps, n_features), or a list of such arrays where several sequences were given
        """
        sequences = self._checked_steps(X)
        return sequences.split(inference.pseudo_residuals(self._law(), sequences))

    def forecast(self, X, steps):
        """What is expected after a sequence.

        Parameters
        ----------
        X : array (n_steps, n_features)
            One sequence.
        steps : int
            Steps ahead; draws of them are ``given(prefix=X).sample(n_steps + steps, ...)``.

        Returns
        -------
        mean : array (steps, n_features)
        state_probabilities : array (steps, k)
        """
        sequences = self._checked_steps(X)
        if not sequences.is_single:
            raise ArgumentTypeError("forecast takes one sequence (n_steps, n_features); call it for each of several")
        if self.emission_.lags:
            raise ArgumentError(f"{self.emission_.name} emissions depend on the steps before; use given(prefix=X).sample(...) and average")
        steps, chances = checks.integer(steps, "steps", minimum=1), []
        law = inference.filter_of(self._law(), sequences)[0][-1]
        for _ in range(steps):
            law = law @ self.transmat_
            chances.append(law)
        return np.array(chances) @ self.emission_.mean(), np.array(chances)

    def particle_filter(self, X, *, n_particles=1000, n_runs=8, n_paths=100, threshold=0.5, rng=None):
        """Filter a sequence by importance sampling with resampling: an estimate of what `filter` and `log_likelihood` give exactly.

        Parameters
        ----------
        X : array (n_steps, n_features)
            One sequence.
        n_particles : int
        n_runs : int
            Independent filters; their spread gives the errors.
        n_paths : int
            Paths that each run draws from its particles at the end.
        threshold : float
            Particles are resampled (systematically) when their effective number falls below this share; 0 never, 1 nearly always.
        rng : None, int, SeedSequence or Generator

        Returns
        -------
        Particles

        Raises
        ------
        SamplerError
            When no particle can go on.
        """
        from statsim.models.hmm.particle_filter import particle_filter

        sequences = self._checked_steps(X)
        if len(sequences) > 1:
            raise ArgumentTypeError("particle_filter takes one sequence (n_steps, n_features); call it for each of several")
        return particle_filter(self._law(), sequences, n_particles=n_particles, n_runs=n_runs, n_paths=n_paths, threshold=threshold, rng=rng)
