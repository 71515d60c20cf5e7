"""What every Gaussian series has in common: residuals, forecasts and criteria, by way of its state space form."""

import warnings
from abc import abstractmethod

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, FitWarning
from statsim.models.series.forecast import Forecast
from statsim.sequence_model import SequenceModel
from statsim.sequences import as_sequences


class SeriesModel(SequenceModel):
    """The common part. A subclass supplies the steps below, those of `SequenceModel`, and `given`."""

    # ------------------------------------------------------------ steps of a subclass

    @abstractmethod
    def _form(self):
        """The law as a `LinearGaussian`."""

    @abstractmethod
    def _innovations(self, sequences):
        """Standardised one-step-ahead residuals (n_steps, n_features) of `Sequences`."""

    @abstractmethod
    def n_parameters(self):
        """Number of free parameters."""

    # ------------------------------------------------------------ what follows

    def _read(self, X, sample_weight, **options):
        """(method object, `Sequences`, weights (n_sequences,)) that a fit begins with; `options` are those of `as_sequences`."""
        missing = checks.choice(self.missing, "missing", ("raise", "mar"))
        method = self._method()
        sequences = as_sequences(X, allow_missing=missing == "mar", owner=type(self).__name__, **options)
        weights = checks.sample_weights(sample_weight, len(sequences))
        return method, sequences, np.ones(len(sequences)) if weights is None else weights

    def _remember_fit(self, result, method, sequences):
        """Keep the account of a fit, and warn of what should be looked at."""
        self.fit_result_ = result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_steps": len(sequences.values), "n_sequences": len(sequences)}
        if result.warnings:
            warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=3)

    def residuals(self, X):
        """Standardised one-step-ahead residuals: independent standard normal values if the model is true.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)

        Returns
        -------
        array, or list of arrays, as X was given
            Of several columns, each given those before it as well; NaN where X is missing.
        """
        sequences = self._sequences(X)
        return sequences.split(self._innovations(sequences))

    def forecast(self, history, steps=1):
        """Means and covariances of the steps after `history`; of a Bayesian fit those over all draws of the parameters, whose law has heavier tails than a normal one.

        Parameters
        ----------
        history : array (n_steps, n_features) or (n_steps,)
            One sequence from its first step on; NaN where missing="mar".
        steps : int

        Returns
        -------
        Forecast
        """
        history = self._one(history, "history")
        return self._forecast(history, checks.integer(steps, "steps", minimum=1))

    def _forecast(self, history, steps):
        form = self._form()
        (k, m), what = form.shape, f"a forecast of {steps} steps"
        checks.memory(8 * steps * (2 * m * m + k * k), None, what=what, remedy="ask for fewer steps")
        return Forecast(*form.after(history).forecast(steps))

    def aic(self, X):
        """Akaike's information criterion on X, -2 log-likelihood + 2 p; lower is better."""
        return -2 * self.log_likelihood(X) + 2 * self.n_parameters()

    def bic(self, X):
        """Bayesian information criterion on X, -2 log-likelihood + p log n with n steps; lower is better."""
        sequences = self._sequences(X)
        return float(-2 * self._log_likelihoods(sequences).sum() + self.n_parameters() * np.log(len(sequences.values)))

    def _one(self, X, name):
        """The values (n, k) of what must be one sequence."""
        found = self._sequences(X, name)
        if len(found) != 1:
            raise ArgumentError(f"{name} must be one sequence, got {len(found)}; give each on its own")
        return found.values


def require_finite(first, offsets, rows):
    """Refuse sequences that an explosive law has carried beyond the largest double; `rows` are those of number `first` on."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(rows.sum()) or np.isfinite(rows).all():
            return
    step = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
    number = int(np.searchsorted(offsets, step, side="right")) - 1
    raise ArgumentError(f"sequence {first + number} leaves the range of doubles at step {step - offsets[number]}: the law is explosive; draw fewer steps")
