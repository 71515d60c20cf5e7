"""What a model with hidden states says about them, and one step ahead; how its passes work is the matter of a subclass."""

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm import predictive
from statsim.sequence_model import SequenceModel


class HiddenStates(SequenceModel):
    """A model of sequences with `emission_`, and the steps below."""

    # ------------------------------------------------------------ steps of a subclass

    def _smoothed(self, sequences):
        """Probability (n_steps, k) of each state given its whole sequence, and expected transitions (k, k)."""
        raise TypeError(f"{type(self).__name__} has no smoother")

    def _filtered(self, sequences):
        """Probability (n_steps, k) of each state given the steps up to it, and given the steps before it."""
        raise TypeError(f"{type(self).__name__} has no filter")

    def _decoded(self, sequences):
        """The most probable states (n_steps,), and the log joint density (n_sequences,) with the steps."""
        raise TypeError(f"{type(self).__name__} has no decoder")

    def _posterior_paths(self, sequences, key, n, start):
        """Paths start, ..., start + n - 1 (n, n_steps) of the data set `key`."""
        raise TypeError(f"{type(self).__name__} draws no paths")

    def _ahead(self, sequences, steps):
        """Probability (steps, k) of each state after the only sequence."""
        raise TypeError(f"{type(self).__name__} has no forecast")

    # ------------------------------------------------------------ what it says

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
        return sequences.split(self._smoothed(sequences)[0])

    def expected_transitions(self, X):
        """Expected number (k, k) of transitions from each state to each other, given all sequences of X."""
        return self._smoothed(self._checked_steps(X))[1]

    def filter(self, X):
        """Probability of each state at each step, given the steps up to it.

        Returns
        -------
        array (n_steps, k), or a list of such arrays where several sequences were given
        """
        sequences = self._checked_steps(X)
        return sequences.split(self._filtered(sequences)[0])

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
        path, values = self._decoded(sequences)
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
        paths = self._posterior_paths(sequences, rngs.stream_key(rng, rngs.Purpose.SAMPLE), n, start)
        return paths if sequences.is_single else [paths[:, a:b] for a, b in zip(sequences.offsets[:-1], sequences.offsets[1:], strict=True)]

    def log_predictive(self, X):
        """Log density of each step given the steps before it, an array (n_steps,) or a list of such; their sum is the log-likelihood."""
        sequences = self._checked_steps(X)
        return sequences.split(predictive.log_predictive(self.emission_, sequences, self._filtered(sequences)[1]))

    def pseudo_residuals(self, X):
        """Each column of each step as a standard normal number, were the model true, given the steps before: for plots and tests of fit.

        Returns
        -------
        array (n_steps, n_features), or a list of such arrays where several sequences were given
        """
        sequences = self._checked_steps(X)
        return sequences.split(predictive.pseudo_residuals(self.emission_, sequences, self._filtered(sequences)[1]))

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
        chances = self._ahead(sequences, checks.integer(steps, "steps", minimum=1))
        return chances @ self.emission_.mean(), chances
