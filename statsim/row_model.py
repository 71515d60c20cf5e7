"""The base class of models whose draws are rows: sampling by block, and scores.

A subclass supplies `_output_layout` and `_block_fill`, and `score_samples` where it has a density.
"""

from typing import ClassVar

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError
from statsim.model import Model


class RowModel(Model):
    """A law of rows. See the module docstring for what a subclass supplies."""

    _takes_batches: ClassVar[bool] = False
    """Whether `fit` takes batches (`statsim.tables.batches`)."""

    # ------------------------------------------------------------ steps of a subclass

    def _output_layout(self):
        """The arrays of `sample`, latent last: ((columns or None, dtype), ...); None means one-dimensional."""
        raise TypeError(f"{type(self).__name__} does not sample rows")

    def _block_fill(self, key):
        """The function (first_block, arrays) that fills whole blocks of the data set named by `key`."""
        raise TypeError(f"{type(self).__name__} does not sample rows")

    def _predictive_fill(self, key):
        """`_block_fill` of the posterior predictive law, of a model that has draws of its parameters."""
        raise TypeError(f"{type(self).__name__} has no posterior predictive law")

    def _wrap_rows(self, arrays, *, return_latent, start, key):
        """What `sample` returns, from the filled arrays."""
        return tuple(arrays) if return_latent else arrays[0]

    # ------------------------------------------------------------ sampling

    def sample(self, n=1, *, rng=None, start=0, return_latent=False, parameters=None, num_threads=None, max_bytes=None):
        """Draw rows.

        Parameters
        ----------
        n : int
            Number of rows, >= 0; 0 gives an empty result of the right type.
        rng : None, int, SeedSequence or Generator
            An integer names a data set: the same rows every time, on every machine and any number of threads.
        start : int
            Number of the first row wanted, 0 to 2^63 - 1; needs an integer rng or a SeedSequence.
        return_latent : bool
            Also return the latent variables of each row.
        parameters : {"posterior", "mean"}, optional
            Of a Bayesian fit: each row under a draw of the parameters (the posterior predictive law, the default), or all under their means.
        num_threads : int, optional
            Default: `STATSIM_NUM_THREADS`, else the cores this process may use. Never changes the values.
        max_bytes : int, optional
            Refuse results larger than this; default half of the machine's memory.

        Returns
        -------
        The rows, or (rows, latent).

        Raises
        ------
        ArgumentError, ArgumentTypeError, TooLargeError, NotFittedError
        """
        arrays, start, key = self._draw(n, rng=rng, start=start, parameters=parameters, num_threads=num_threads, max_bytes=max_bytes)
        return self._wrap_rows(arrays, return_latent=return_latent, start=start, key=key)

    def _draw(self, n, *, rng, start, num_threads, max_bytes, parameters=None):
        """The filled arrays of `_output_layout`, the first row as an int, and the key of the data set."""
        self._require_fitted()
        block_fill = self._fill_under(parameters)
        n, start = checks.row_range(n, start, rng, repeatable=rngs.is_repeatable(rng))
        layout = self._output_layout()
        row_bytes = sum((1 if width is None else width) * np.dtype(dtype).itemsize for width, dtype in layout)
        checks.memory(
            n * row_bytes,
            max_bytes,
            what=f"{n} rows",
            remedy="draw them in parts with sample(n, rng=SEED, start=ROW), or stream them to a file with `statsim sample`",
        )
        key = rngs.stream_key(rng, rngs.Purpose.SAMPLE)
        arrays = tuple(np.empty(n if width is None else (n, width), dtype) for width, dtype in layout)
        blocks.fill_rows(block_fill(key), start=start, n=n, outputs=arrays, num_threads=num_threads)
        return arrays, start, key

    def _fill_under(self, parameters):
        """The step that fills blocks: of the predictive law where there are draws of the parameters, else of the parameters there are."""
        if parameters is not None:
            checks.choice(parameters, "parameters", ("posterior", "mean"))
        has_draws = getattr(self, "posterior_", None) is not None
        if parameters is not None and not has_draws:
            raise ArgumentError(f"parameters={parameters!r} is for Bayesian fits, and this {type(self).__name__} has no posterior; fit it with method='bayes'")
        return self._predictive_fill if has_draws and parameters != "mean" else self._block_fill

    def sample_batches(self, n=1, *, rng=None, start=0, batch_rows=262_144, **options):
        """The rows of `sample(n, rng=rng, start=start)` in batches of at most `batch_rows`, in constant memory.

        Parameters
        ----------
        n, rng, start
            As for `sample`; rng=None draws one seed for all batches.
        batch_rows : int
        **options
            Further keyword arguments of `sample`.

        Yields
        ------
        Rows as `sample` returns them.
        """
        self._require_fitted()
        n, start = checks.row_range(n, start, rng, repeatable=rngs.is_repeatable(rng))
        batch_rows = checks.integer(batch_rows, "batch_rows", minimum=1)
        seed = rngs.seed_sequence(rng)
        for offset in range(0, n, batch_rows):
            rows = min(batch_rows, n - offset)
            yield self.sample(rows, rng=seed, start=start + offset, **options)

    # ------------------------------------------------------------ scores

    def score(self, X, y=None):
        """Mean log density of a row of X (`log_likelihood` is the total)."""
        return float(np.mean(self.score_samples(X)))

    def log_likelihood(self, X, *, sample_weight=None):
        """Total log density of X, each row times its weight."""
        scores = self.score_samples(X)
        weights = checks.sample_weights(sample_weight, len(scores))
        if weights is None:
            return float(np.sum(scores))
        counted = weights > 0  # a row of weight 0 is no row, even where its density is 0
        return float(np.sum(scores[counted] * weights[counted]))
