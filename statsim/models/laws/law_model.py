"""The base of laws of one number.

A subclass is one file: the names of its parameters and where they lie, its kernels, its distribution function and quantiles, where a
climb begins or the formula that needs none, its default prior, and its conjugate posterior where there is one.
"""

from typing import ClassVar

import numpy as np

from statsim import checks, files
from statsim import rng as rngs
from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.model import closed
from statsim.models.laws.law_steps import LawSteps
from statsim.models.laws.observations import as_values, observed
from statsim.models.laws.streamed import gather
from statsim.models.posterior.document import read_posterior, write_posterior
from statsim.models.posterior.predictive import mean_log_density
from statsim.row_model import RowModel
from statsim.tables.batches import batches_of


class LawModel(RowModel):
    """A law of one number. See the module docstring for what a subclass supplies."""

    _methods: ClassVar[dict] = {"mle": MLE, "map": MAP, "bayes": Bayes}
    _takes_batches = True
    parameter_names: ClassVar[tuple] = ()
    parameter_supports: ClassVar[tuple] = ()
    """One set of `statsim.samplers.supports` for each parameter."""
    _summary: ClassVar = None
    """The `statsim.models.laws.summaries.Summary` that says all a law asks of data, or None."""

    def __init__(self, *, method="mle", rng=None):
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ steps of a subclass

    @staticmethod
    def _kernels():
        """The module of `statsim.kernels.laws` with `fill`, `log_density` and `log_posterior`."""
        raise NotImplementedError

    @classmethod
    def _check_values(cls, values):
        """Raise where a value lies outside the law's support, with the value."""

    @classmethod
    def _solve(cls, data):
        """The parameters of maximum likelihood by formula; None where there is none, and `_start` begins a climb."""
        return None

    @classmethod
    def _start(cls, data):
        """Where a climb begins, inside the support of the parameters: here the formula of maximum likelihood."""
        return cls._solve(data)

    @classmethod
    def _default_prior(cls, data):
        """The weak prior on the scale of `data` that a Bayesian fit uses when none is given."""
        raise TypeError(f"{cls.__name__} has no default prior")

    @classmethod
    def _conjugate(cls, prior, data):
        """The posterior in closed form under `prior` (draws(n, key), mode()), or None where it has none."""
        return None

    # ------------------------------------------------------------ parameters

    @property
    def parameter_values(self):
        """The parameters (p,) in the order of `parameter_names`."""
        self._require_fitted()
        return np.array([getattr(self, f"{name}_") for name in self.parameter_names], float)

    def with_parameters(self, values):
        """The same law with other parameters (p,), in the order of `parameter_names`."""
        values = np.asarray(values, float)
        if values.shape != (len(self.parameter_names),):
            raise ArgumentError(f"values must be the {len(self.parameter_names)} numbers {', '.join(self.parameter_names)}, got shape {values.shape}")
        return type(self).from_parameters(**dict(zip(self.parameter_names, values.tolist(), strict=True)))

    def _set(self, values):
        for name, value in zip(self.parameter_names, values, strict=True):
            setattr(self, f"{name}_", float(value))
        return self

    # ------------------------------------------------------------ fitting

    def fit(self, X, y=None, sample_weight=None):
        """Learn the parameters.

        Parameters
        ----------
        X : array (n_samples,) or (n_samples, 1), or batches of them
            A Parquet path, an iterable of batches or `Batches`: read once, in the memory of two batches.
        y : ignored
        sample_weight : array (n_samples,), optional
            Non-negative; weight 2 is the row twice, weight 0 is no row. Of batches the name of a column.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For values outside the law's support (shown), weights or a prior that cannot be used.
        FitError
            For data that the law cannot be fitted to.
        """
        method = self._method()
        batches = batches_of(X, sample_weight, vectors=True)
        if batches is None:
            data = observed(X, sample_weight)
            self._check_values(data.values)
        else:
            data = gather(batches, type(self), self._check_values)
        state, result = method.fit(LawSteps(type(self), data), key=rngs.stream_key(self.rng, rngs.Purpose.FIT))
        self.posterior_ = state.draws if isinstance(state, Posterior) else None
        self._set(state.mean if isinstance(state, Posterior) else state)
        self.fit_result_ = result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_samples": int(np.size(X)) if batches is None else batches.n_rows}
        return self

    # ------------------------------------------------------------ scores and draws

    def score_samples(self, X):
        """Log density (n_samples,) of each value; of a Bayesian fit the log of the posterior mean of the density."""
        self._require_fitted()
        values, log_density = as_values(X), self._kernels().log_density
        return mean_log_density(lambda parameters, out: log_density(values, parameters, out), self._parameter_table(), len(values))

    def _parameter_table(self, parameters="posterior"):
        """Rows (m, p): the draws of the posterior, or the one row of parameters."""
        draws = getattr(self, "posterior_", None)
        return self.parameter_values[None] if draws is None or parameters == "mean" else np.ascontiguousarray(draws.values.reshape(-1, draws.dim))

    def _output_layout(self):
        return ((None, np.float64),)

    def _block_fill(self, key):
        return self._fill_with(key, self._parameter_table("mean"))

    def _predictive_fill(self, key):
        return self._fill_with(key, self._parameter_table())

    def _fill_with(self, key, table):
        kernel = self._kernels().fill

        def fill(first_block, arrays):
            kernel(key, first_block, BLOCK_ROWS, table, arrays[0])

        return fill

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        values = {name: files.array_to_document(np.array([getattr(self, f"{name}_")])) for name in self.parameter_names}
        return {**values, **write_posterior(self)}

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, cls.parameter_names, ("posterior",))
        values = {name: float(files.array_from_document(parameters[name], name, shape=(1,))[0]) for name in cls.parameter_names}
        model = cls.from_parameters(**values)
        model.posterior_ = read_posterior(parameters, cls.parameter_names)
        return model


def positive(value, name):
    """A parameter above 0."""
    return checks.real(value, name, minimum=0.0, open_minimum=True)
