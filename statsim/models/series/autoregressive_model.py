"""What autoregressions of one column and of several have in common. A subclass says how it shows the law."""

from abc import abstractmethod

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError
from statsim.kernels.series.autoregression import fill_autoregression, pack_terms, whiten_autoregression
from statsim.kernels.streams import fill_uniform, seed_block
from statsim.models.feature_names import named, with_names, without_names
from statsim.models.posterior.document import read_posterior, write_posterior
from statsim.models.series import autoregressive_document
from statsim.models.series.autoregressive_fit import TRENDS, fit_autoregression, log_evidence
from statsim.models.series.autoregressive_posterior import AutoregressivePosterior
from statsim.models.series.companion_form import companion_form
from statsim.models.series.parameter_table import ParameterTable
from statsim.models.series.series_model import SeriesModel, require_finite
from statsim.models.series.state_space import StateSpace
from statsim.sequences import as_sequences

_LOG_2PI = float(np.log(2 * np.pi))


class AutoregressiveModel(SeriesModel):
    """The common part; `AutoRegression` and `VectorAutoRegression` are the classes to use."""

    def __init__(self, order=1, *, trend="c", method="mle", initial=None, missing="raise", rng=None):
        self.order = order
        self.trend = trend
        self.method = method
        self.initial = initial
        self.missing = missing
        self.rng = rng

    # ------------------------------------------------------------ steps of a subclass

    @abstractmethod
    def _law(self):
        """The `AutoregressiveLaw` of the fitted attributes."""

    @abstractmethod
    def _set_law(self, law):
        """Set the fitted attributes."""

    @abstractmethod
    def _initial_array(self, n_features):
        """The constructor's `initial` as an array (order, k), or None."""

    # ------------------------------------------------------------ making one

    def fit(self, X, y=None, sample_weight=None):
        """Learn the parameters.

        Parameters
        ----------
        X : array (n_steps,) or (n_steps, n_features), list of such arrays, or (array, lengths)
        y : ignored
        sample_weight : array (n_sequences,), optional
            Non-negative; weight 2 is the sequence twice, weight 0 is no sequence.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For data, weights or parameters that cannot be used.
        FitError
            For constant columns, columns predicted without error, and estimates that have no stationary law.
        """
        order = checks.integer(self.order, "order", minimum=0)
        trend = checks.choice(self.trend, "trend", TRENDS)
        method, sequences, weights = self._read(X, sample_weight)
        initial = self._initial_array(sequences.values.shape[1])
        law, result, posterior = fit_autoregression(
            sequences, weights, order=order, trend=trend, method=method, initial=initial, is_matrix=self._keeps_columns,
            key=rngs.stream_key(self.rng, rngs.Purpose.FIT),
        )  # fmt: skip
        self._set_law(law)
        self._set_posterior(posterior)
        self._remember_fit(result, method, sequences)
        return self

    def log_evidences(self, X, orders, *, sample_weight=None):
        """Log marginal likelihood of each of several orders, under the prior of this model's `method` (the default one where it has none).

        Parameters
        ----------
        X : as for `fit`
        orders : sequence of int
        sample_weight : array (n_sequences,), optional

        Returns
        -------
        dict of int to float
            In closed form. All condition on as many first values as the largest order has, so that they speak of the same steps; differences are log Bayes factors.

        Raises
        ------
        ArgumentError, ArgumentTypeError, FitError

        Examples
        --------
        >>> from statsim import AutoRegression
        >>> x = AutoRegression.from_parameters(coefficients=[0.6, -0.4], noise_variance=1.0).sample(300, rng=1)
        >>> found = AutoRegression(method="bayes").log_evidences(x, (1, 2, 3))
        >>> max(found, key=found.get)
        2
        """
        method, sequences, weights = self._read(X, sample_weight)
        orders = [checks.integer(order, f"orders[{i}]", minimum=0) for i, order in enumerate(orders)]
        if not orders:
            raise ArgumentError("orders is empty; give the orders to compare, such as (1, 2, 3)")
        if self.initial is not None:
            raise ArgumentError("log_evidences conditions on the first values of X itself; leave initial out")
        parts, most = [sequences.values[a:b] for a, b in zip(sequences.offsets[:-1], sequences.offsets[1:], strict=True)], max(orders)
        if min(len(part) for part in parts) <= most:
            raise ArgumentError(f"orders go up to {most}, and a sequence of X has {min(len(part) for part in parts)} step(s), none of them after {most} others; use lower orders")
        options = {"trend": checks.choice(self.trend, "trend", TRENDS), "prior": getattr(method, "prior", None), "initial": None}
        return {
            order: log_evidence(as_sequences([part[most - order :] for part in parts]), weights, order=order, is_matrix=self._keeps_columns, **options)
            for order in orders
        }  # fmt: skip

    def _set_posterior(self, posterior):
        self._posterior, self.log_evidence_ = posterior, None if posterior is None else posterior.log_evidence
        self.posterior_ = None if posterior is None else posterior.draws

    @classmethod
    def _wrapping(cls, law, *, trend, missing="raise", posterior=None):
        initial = None if law.initial is None else law.initial if cls._keeps_columns else law.initial[:, 0]
        model = cls(law.order, trend=trend, initial=initial, missing=missing)
        model._set_law(law)
        model._set_posterior(posterior)
        return model

    # ------------------------------------------------------------ sampling

    def _output_layout(self):
        return ((self.n_features_in_, np.float64),)

    def _sequence_fill(self, key):
        law = self._law()
        packed = pack_terms(law.coefficients, law.noise_factor)
        begin = *law.start, law.history, law.intercept, law.slope, law.before

        def fill(first, offsets, arrays):
            fill_autoregression(key, first, offsets, *begin, packed, *arrays)
            require_finite(first, offsets, arrays[0])

        return fill

    def _predictive_fill(self, key):
        law, posterior = self._law(), self._posterior
        if law.initial is None:
            posterior.require_start()
        words, chosen = np.empty(4, np.uint64), np.empty(1)

        def fill(first, offsets, arrays):
            for i in range(len(offsets) - 1):
                state, u = words.copy(), chosen.copy()
                seed_block(~key[0], key[1], np.uint64(first + i), state)
                fill_uniform(state, u)
                drawn = posterior.law(int(u[0] * len(posterior.rows)), initial=law.initial, before=law.before)
                begin = *drawn.start, drawn.history, drawn.intercept, drawn.slope, drawn.before
                fill_autoregression(key, first + i, offsets[i : i + 2], *begin, pack_terms(drawn.coefficients, drawn.noise_factor), *arrays)
            require_finite(first, offsets, arrays[0])

        return fill

    # ------------------------------------------------------------ scores

    def _innovations(self, sequences):
        law = self._law()
        out = _whitened(law, sequences)
        form = companion_form(law)
        for a, b in _with_gaps(sequences):
            out[a:b] = form.filtered(sequences.values[a:b], keep=False).innovations
        return out

    def _log_likelihoods(self, sequences):
        law, posterior = self._law(), self._posterior
        if posterior is None:
            return _log_likelihoods_of(law, sequences)
        if law.initial is None:
            posterior.require_start()
        laws = posterior.table.laws(posterior.rows, initial=law.initial, before=law.before)
        logs = np.stack([_log_likelihoods_of(one, sequences) for one in laws])
        return np.logaddexp.reduce(logs, axis=0) - np.log(len(logs))

    def n_parameters(self):
        """Number of free parameters: coefficients, trend and noise covariance."""
        self._require_fitted()
        return self._law().n_free(self.trend)

    # ------------------------------------------------------------ other laws

    @property
    def roots_(self):
        """Eigenvalues of the companion matrix, the largest first; all are below 1 in size where the series is stationary."""
        self._require_fitted()
        return self._law().roots

    def given(self, history):
        """The law of what follows `history`: exact forecast draws are its `sample`.

        Parameters
        ----------
        history : array (n_steps, n_features) or (n_steps,)
            One sequence from its first step on; NaN where missing="mar".

        Returns
        -------
        A model of this class that starts after the last values, or a `StateSpace` where those are missing or fewer than `order`.
            Of a Bayesian fit it keeps the draws of the parameters as they are: give the series that was fitted, whose values they know already.
        """
        history = self._one(history, "history")
        law, posterior = self._law(), self._posterior
        recent = history[len(history) - law.order :]
        known = len(history) >= law.order or law.initial is not None
        if known and not np.isnan(recent).any():
            return self._wrapping(law.after(history), trend=self.trend, missing=self.missing, posterior=posterior)
        if posterior is not None:
            raise ArgumentError(
                f"history must end with {law.order} step(s) without missing values, so that every draw of the parameters can go on from them; "
                f"got {len(history)} step(s), {int(np.isnan(recent).any(axis=1).sum())} of the last ones with missing values"
            )
        return StateSpace._wrapping(companion_form(law).after(history), missing=self.missing)

    def _forecast(self, history, steps):
        if self._posterior is None:
            return super()._forecast(history, steps)
        after = self.given(history)._law()
        return self._posterior.forecast(after.history, after.before, steps)

    def _form(self):
        return companion_form(self._law())

    def to_state_space(self):
        """The same law as a `StateSpace`, whose state holds the last values, the newest first."""
        self._require_fitted()
        return StateSpace._wrapping(self._form(), missing=self.missing)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return with_names({**autoregressive_document.write_law(self._law(), self.trend, self.missing), **write_posterior(self)}, self)

    @classmethod
    def _from_parameters_document(cls, parameters):
        parameters, names = without_names(parameters)
        law, trend, missing = autoregressive_document.read_law({name: value for name, value in parameters.items() if name != "posterior"})
        if not cls._keeps_columns and law.width != 1:
            raise ArgumentError(f"an {cls.__name__} has one column, the coefficients are for {law.width}")
        table = ParameterTable(law.order, law.width, trend, cls._keeps_columns)
        draws = read_posterior(parameters, table.names)
        posterior = None if draws is None else AutoregressivePosterior(draws, table)
        return named(cls._wrapping(law, trend=trend, missing=missing, posterior=posterior), names)


def _log_likelihoods_of(law, sequences):
    """Log density (n_sequences,) of each sequence under `law`."""
    squares = (_whitened(law, sequences) ** 2).sum(axis=1)
    start_logs = np.concatenate([[0.0], np.cumsum(np.log(np.diagonal(law.start[1])))])
    early = np.minimum(sequences.lengths, law.order if len(law.start[0]) else 0)
    late = sequences.lengths - early
    constant = start_logs[early * law.width] + late * np.log(np.diagonal(law.noise_factor)).sum()
    result = -0.5 * (np.add.reduceat(squares, sequences.offsets[:-1]) + sequences.lengths * law.width * _LOG_2PI) - constant
    for number in np.flatnonzero(np.isnan(result)):
        a, b = sequences.offsets[number : number + 2]
        result[number] = companion_form(law).filtered(sequences.values[a:b], keep=False).densities.sum()
    return result


def _whitened(law, sequences):
    """Standardised residuals (n_steps, k) of sequences without missing values; NaN somewhere in the others."""
    out = np.empty_like(sequences.values)
    begin = *law.start, law.history, law.intercept, law.slope, law.before
    whiten_autoregression(sequences.values, sequences.offsets, *begin, law.coefficients, law.noise_factor, out)
    return out


def _with_gaps(sequences):
    """Bounds of the sequences that have missing values."""
    if np.isnan(sequences.values.sum()):
        for a, b in zip(sequences.offsets[:-1], sequences.offsets[1:], strict=True):
            if np.isnan(sequences.values[a:b]).any():
                yield a, b
