"""The base class of models whose draws are sequences: each sequence is a block with a stream of its own, so that any one can be had alone.

A subclass supplies `_output_layout`, `_sequence_fill` and `_log_likelihoods`.
"""

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.model import Model
from statsim.sequences import as_sequences

_TASK_STEPS = 32_768  # steps a thread takes at a time, in whole sequences
_BATCH_STEPS = 262_144


class SequenceModel(Model):
    """A law of sequences. See the module docstring for what a subclass supplies."""

    # ------------------------------------------------------------ steps of a subclass

    def _output_layout(self):
        """The arrays of `sample`, latent last: ((columns or None, dtype), ...); None means one-dimensional."""
        raise TypeError(f"{type(self).__name__} does not sample sequences")

    def _sequence_fill(self, key):
        """The function (first, offsets, arrays) that fills sequences first, first + 1, ... of the data set named by `key`.

        Sequence first + i is the steps [offsets[i], offsets[i + 1]) of each array. Called from several threads.
        """
        raise TypeError(f"{type(self).__name__} does not sample sequences")

    def _predictive_fill(self, key):
        """`_sequence_fill` of the posterior predictive law, of a model that has draws of its parameters."""
        raise TypeError(f"{type(self).__name__} has no posterior predictive law")

    def _log_likelihoods(self, sequences):
        """Log density (n_sequences,) of each of `sequences`, a `statsim.sequences.Sequences`."""
        raise TypeError(f"{type(self).__name__} has no density")

    def _sequences(self, X, name="X"):
        """What a user gives as `statsim.sequences.Sequences`, checked against the fitted model."""
        self._require_fitted()
        return as_sequences(
            X, name=name, allow_missing=getattr(self, "missing", "raise") == "mar", n_features=self.n_features_in_, owner=type(self).__name__
        )

    # ------------------------------------------------------------ sampling

    def sample(self, n=1, *, n_sequences=None, rng=None, start=0, return_latent=False, parameters=None, num_threads=None, max_bytes=None):
        """Draw sequences.

        Parameters
        ----------
        n : int or sequence of int
            Steps of each sequence; several numbers are the steps of several sequences.
        n_sequences : int, optional
            Number of sequences; left out, one sequence is drawn and comes back as one array.
        rng : None, int, SeedSequence or Generator
            An integer names a data set of sequences: the same ones every time, on every machine and any number of threads. A
            longer sequence begins with the shorter one.
        start : int
            Number of the first sequence wanted, 0 to 2^63 - 1; needs an integer rng or a SeedSequence.
        return_latent : bool
            Also return the latent variable of each step.
        parameters : {"posterior", "mean"}, optional
            Of a Bayesian fit: each sequence under a draw of the parameters (the posterior predictive law, the default), or all under their means.
        num_threads : int, optional
            Default: `STATSIM_NUM_THREADS`, else the cores this process may use. Never changes the values.
        max_bytes : int, optional
            Refuse results larger than this; default half of the machine's memory.

        Returns
        -------
        array (n, n_features), or list of such arrays where `n_sequences` or several lengths were given
            With `return_latent` a pair of these, the second with the latent variables.

        Raises
        ------
        ArgumentError, ArgumentTypeError, TooLargeError, NotFittedError
        """
        self._require_fitted()
        sequence_fill = self._fill_under(parameters)
        lengths, single = _requested(n, n_sequences)
        count, start = checks.row_range(len(lengths), start, rng, repeatable=rngs.is_repeatable(rng))
        layout = self._output_layout()
        total = sum(lengths)
        step_bytes = sum((1 if width is None else width) * np.dtype(dtype).itemsize for width, dtype in layout)
        checks.memory(
            total * step_bytes, max_bytes, what=f"{count} sequences of together {total} steps",
            remedy="draw them in parts with sample(n, n_sequences=..., rng=SEED, start=NUMBER)",
        )  # fmt: skip
        key = rngs.stream_key(rng, rngs.Purpose.SAMPLE)
        offsets = np.concatenate([[0], np.cumsum(np.array(lengths, np.int64))]).astype(np.int64)
        arrays = tuple(np.empty(total if width is None else (total, width), dtype) for width, dtype in layout)
        self._fill_all(sequence_fill(key), start, offsets, arrays, num_threads)
        parts = [array if single else [array[a:b] for a, b in zip(offsets[:-1], offsets[1:], strict=True)] for array in arrays]
        return tuple(parts) if return_latent else parts[0]

    def _fill_under(self, parameters):
        """The step that fills sequences: of the predictive law where there are draws of the parameters, else of the parameters there are."""
        if parameters is not None:
            checks.choice(parameters, "parameters", ("posterior", "mean"))
        has_draws = getattr(self, "posterior_", None) is not None
        if parameters is not None and not has_draws:
            raise ArgumentError(f"parameters={parameters!r} is for Bayesian fits, and this {type(self).__name__} has no posterior; fit it with method='bayes'")
        return self._predictive_fill if has_draws and parameters != "mean" else self._sequence_fill

    def _fill_all(self, fill, start, offsets, arrays, num_threads):
        """Fill all sequences, tasks of several short ones or of one long one in turn for each thread."""
        bounds = _tasks(offsets)

        def run(index):
            first, last = bounds[index]
            begin, end = int(offsets[first]), int(offsets[last])
            fill(start + first, offsets[first : last + 1] - begin, tuple(array[begin:end] for array in arrays))

        blocks.map_chunks(run, len(bounds), num_threads=num_threads)

    def sample_batches(self, n=1, *, n_sequences=1, rng=None, start=0, batch_steps=_BATCH_STEPS, **options):
        """The sequences of `sample(n, n_sequences=n_sequences, rng=rng, start=start)` in lists of some, in constant memory.

        Parameters
        ----------
        n : int
            Steps of each sequence.
        n_sequences, rng, start
            As for `sample`; rng=None draws one seed for all batches.
        batch_steps : int
            Steps in a batch, rounded up to whole sequences.
        **options
            Further keyword arguments of `sample`.

        Yields
        ------
        Lists of sequences as `sample` returns them.
        """
        self._require_fitted()
        n = checks.integer(n, "n", minimum=0)
        n_sequences, start = checks.row_range(n_sequences, start, rng, repeatable=rngs.is_repeatable(rng))
        size = max(1, checks.integer(batch_steps, "batch_steps", minimum=1) // max(n, 1))
        seed = rngs.seed_sequence(rng)
        for offset in range(0, n_sequences, size):
            yield self.sample(n, n_sequences=min(size, n_sequences - offset), rng=seed, start=start + offset, **options)

    # ------------------------------------------------------------ scores

    def score_samples(self, X):
        """Log density (n_sequences,) of each sequence of X.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)
        """
        return self._log_likelihoods(self._sequences(X))

    def score(self, X, y=None):
        """Mean log density per step of X (`log_likelihood` is the total)."""
        sequences = self._sequences(X)
        return float(np.sum(self._log_likelihoods(sequences)) / len(sequences.values))

    def log_likelihood(self, X, *, sample_weight=None):
        """Total log density of X, each sequence times its weight."""
        scores = self.score_samples(X)
        weights = checks.sample_weights(sample_weight, len(scores))
        if weights is None:
            return float(np.sum(scores))
        counted = weights > 0  # a sequence of weight 0 is none, even where its density is 0
        return float(np.sum(scores[counted] * weights[counted]))


def _requested(n, n_sequences):
    """Steps of each sequence (list of int), and whether one array is wanted."""
    if np.ndim(n) == 0:
        steps = checks.integer(n, "n", minimum=0)
        count = 1 if n_sequences is None else checks.integer(n_sequences, "n_sequences", minimum=0)
        return [steps] * count, n_sequences is None
    if np.ndim(n) > 1:
        raise ArgumentTypeError(f"n must be the steps of a sequence, or a list of those of several, got shape {np.shape(n)}")
    lengths = [checks.integer(steps, f"n[{i}]", minimum=0) for i, steps in enumerate(n)]
    if n_sequences is not None and checks.integer(n_sequences, "n_sequences", minimum=0) != len(lengths):
        raise ArgumentError(f"n has the steps of {len(lengths)} sequences, but n_sequences={n_sequences}; leave one of them out")
    return lengths, False


def _tasks(offsets):
    """Bounds [(first, last), ...] of runs of sequences with together about `_TASK_STEPS` steps."""
    bounds, first = [], 0
    for last in range(1, len(offsets)):
        if offsets[last] - offsets[first] >= _TASK_STEPS or last == len(offsets) - 1:
            bounds.append((first, last))
            first = last
    return bounds
