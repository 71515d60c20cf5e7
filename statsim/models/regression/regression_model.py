"""The base of regressions as generators: features are drawn, then a response given them.

A subclass names its family, checks a response, and says what a prediction is. `score_samples` is the log density of the response given the features: the features are
drawn, and not part of the score.
"""

from typing import ClassVar

import numpy as np

from statsim import blocks, checks, files
from statsim import rng as rngs
from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError, FitError
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.estimators.vb import VB
from statsim.model import closed
from statsim.models.feature_names import check_names, column_names, named, remember_names, with_names, without_names
from statsim.models.posterior.document import read_posterior, write_posterior
from statsim.models.posterior.predictive import mean_log_density
from statsim.models.regression.features import fitted_features, given_features, read_features
from statsim.models.regression.observed import observed, offset_of, responses
from statsim.models.regression.regression_steps import RegressionSteps
from statsim.row_model import RowModel

_MEANS = 4_000_000  # numbers of a table of means held at a time


class RegressionModel(RowModel):
    """A regression. See the module docstring for what a subclass supplies."""

    _methods: ClassVar[dict] = {"mle": MLE, "map": MAP, "bayes": Bayes, "vb": VB}
    _family: ClassVar = None
    _response_dtype: ClassVar = np.float64

    def __init__(self, *, features=None, fit_intercept=True, method="mle", rng=None):
        self.features = features
        self.fit_intercept = fit_intercept
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ steps of a subclass

    def _coded(self, y, n, *, learn):
        """A response (n,) as numbers of the family; `learn` where the model takes its labels from it. Raises for what the family cannot give."""
        return responses(y, n)

    def _shown_response(self, y):
        """Drawn numbers as what the user sees."""
        return y.astype(self._response_dtype, copy=False)

    def _labels_document(self):
        """JSON values of what `_coded` learned."""
        return {}

    def _read_labels(self, parameters):
        """The inverse of `_labels_document`."""

    # ------------------------------------------------------------ fitting

    def fit(self, X, y=None, sample_weight=None, offset=None):
        """Learn the coefficients, and how features are drawn.

        Parameters
        ----------
        X : array or data frame (n_samples, n_features)
        y : array (n_samples,)
        sample_weight : array (n_samples,), optional
            Not negative; weight 2 is the row twice, weight 0 is no row.
        offset : array (n_samples,) or float, optional
            Known part of the linear predictor, such as a log exposure.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For data, weights, priors or penalties that cannot be used.
        FitError
            Where the likelihood has no one maximum: too few rows, a constant column, columns that depend on each other, separation; each by name, with what to do.

        Warns
        -----
        FitWarning
        """
        method = self._method()
        names, table = column_names(X), checks.data_matrix(X)
        coded = self._coded(y, len(table), learn=True)
        data = observed(table, coded, sample_weight, offset, fit_intercept=self.fit_intercept, names=names)
        key = rngs.stream_key(self.rng, rngs.Purpose.FIT)
        state, result = method.fit(RegressionSteps(data, self._family), key=key)
        source = fitted_features(self.features, data)
        self._take(state)
        self._set_source(source)
        remember_names(self, names)
        self.n_features_in_, self.fit_result_ = table.shape[1], result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_samples": len(table)}
        eta = data.X @ self.coefficients_ + self.intercept_ + data.offsets
        self.deviance_ = self._family.deviance(data.y, self._family.mean(eta), data.weights)
        self._warn(result)
        return self

    def _take(self, state):
        if isinstance(state, Posterior):
            self.posterior_, self.approximation_ = state.draws, state.approximation
            values, p = state.mean, len(state.mean) - self._family.has_scale
            covariance = np.atleast_2d(np.cov(state.rows[:, :p], rowvar=False))
        else:
            self.posterior_, self.approximation_ = None, None
            values, covariance = state.values, state.covariance
        self._set(values, covariance)

    def _set(self, values, covariance):
        """Set the parameters from their values in the order of `parameter_names`."""
        p = len(values) - self._family.has_scale
        d = p - bool(self.fit_intercept)
        self.coefficients_ = np.array(values[:d], float)
        self.intercept_ = float(values[d]) if self.fit_intercept else 0.0
        if self._family.has_scale:
            self.scale_ = float(values[-1])
        self.covariance_ = covariance
        self.standard_errors_ = np.full(p, np.nan) if covariance is None else np.sqrt(np.diagonal(covariance))
        self.n_features_in_ = d
        return self

    def _set_source(self, source):
        self._source = source
        self.features_ = getattr(source, "model", None)

    def _warn(self, result):
        import warnings

        from statsim.errors import FitWarning

        for message in result.warnings if self.posterior_ is None else ():
            warnings.warn(message, FitWarning, stacklevel=3)

    # ------------------------------------------------------------ parameters

    @property
    def parameter_names(self):
        """``coefficients[0]``, ..., ``intercept`` where there is one, ``scale`` of a normal response."""
        self._require_fitted()
        names = tuple(f"coefficients[{j}]" for j in range(len(self.coefficients_)))
        return names + ("intercept",) * bool(self.fit_intercept) + ("scale",) * self._family.has_scale

    @property
    def parameter_values(self):
        """The parameters in the order of `parameter_names`."""
        self._require_fitted()
        tail = [self.intercept_] * bool(self.fit_intercept) + ([self.scale_] if self._family.has_scale else [])
        return np.append(self.coefficients_, tail)

    def with_parameters(self, values):
        """The same regression, its features drawn as before, with other parameters in the order of `parameter_names`."""
        values = np.asarray(values, float)
        if values.shape != self.parameter_values.shape or not np.isfinite(values).all():
            raise ArgumentError(f"values must be the {len(self.parameter_names)} finite numbers {', '.join(self.parameter_names[-4:])}, got {values!r:.100}")
        other = type(self)(**self.get_params())
        other.posterior_ = other.approximation_ = None
        other._set(values, None)._set_source(self._source)
        other._read_labels({**self._labels_document()})
        remember_names(other, getattr(self, "feature_names_in_", None))
        return other

    def _parameter_table(self, parameters="posterior"):
        """Rows (m, d + 2) of coefficients, intercept and scale: the draws of the posterior, or the one row of parameters."""
        draws = getattr(self, "posterior_", None)
        values = self.parameter_values[None] if draws is None or parameters == "mean" else draws.values.reshape(-1, draws.dim)
        d = len(self.coefficients_)
        table = np.zeros((len(values), d + 2))
        table[:, :d] = values[:, :d]
        if self.fit_intercept:
            table[:, d] = values[:, d]
        table[:, d + 1] = values[:, -1] if self._family.has_scale else 1.0
        return table

    # ------------------------------------------------------------ predictions and scores

    def _features(self, X, offset):
        """X checked, and the offsets."""
        self._require_fitted()
        check_names(self, X)
        X = checks.data_matrix(X, n_features=len(self.coefficients_), owner=type(self).__name__)
        return X, offset_of(offset, len(X))

    def _expected(self, X, offset, parameters=None):
        """Mean response (n,): over the draws of the posterior where there is one."""
        X, offsets = self._features(X, offset)
        self._fill_under(parameters)  # refuses a wrong word
        table = self._parameter_table(parameters or "posterior")
        d, out, step = X.shape[1], np.empty(len(X)), max(1, _MEANS // len(table))
        for first in range(0, len(X), step):
            eta = X[first : first + step] @ table[:, :d].T + table[:, d] + offsets[first : first + step, None]
            out[first : first + step] = self._family.mean(eta).mean(axis=1)
        return out

    def predict(self, X, *, offset=None, parameters=None):
        """Mean response (n,) given rows of X; of a Bayesian fit the mean over the posterior, with `parameters="mean"` at its mean."""
        return self._expected(X, offset, parameters)

    def _pair(self, X, y):
        """(X, y) from two arguments, or from one pair as `sample` returns it."""
        if y is None and isinstance(X, tuple) and len(X) == 2:
            return X
        return X, y

    def score_samples(self, X, y=None, *, offset=None):
        """Log density (n,) of each response given its features; of a Bayesian fit the log of the posterior mean of the density.

        Parameters
        ----------
        X, y : arrays (n, d) and (n,); or one pair (X, y), as `sample` returns it
            X alone is scored by the model of the features, where there is one: the log of the joint density is the sum of both.
        offset : array (n,) or float, optional
        """
        from statsim.kernels.regression.rows import log_density

        X, y = self._pair(X, y)
        if y is None and getattr(self, "features_", None) is not None:
            return self.features_.score_samples(self._features(X, None)[0])
        X, offsets = self._features(X, offset)
        coded, table = self._coded(y, len(X), learn=False), self._parameter_table()
        if self._family.has_scale and not (table[:, -1] > 0).all():
            raise ArgumentError("scale_ is 0, the rows were fitted exactly: y has no density given X; fit more rows, or use method='bayes'")
        return mean_log_density(lambda row, out: log_density(self._family.code, X, offsets, coded, row, out), table, len(X))

    def score(self, X, y=None, sample_weight=None):
        """Mean log density of a response given its features (`log_likelihood` is the total)."""
        scores = self.score_samples(X, y)
        return self.log_likelihood(X, y, sample_weight=sample_weight) / (len(scores) if sample_weight is None else float(np.sum(sample_weight)))

    def log_likelihood(self, X, y=None, *, sample_weight=None, offset=None):
        """Total log density of y given X, each row times its weight."""
        scores = self.score_samples(X, y, offset=offset)
        weights = checks.sample_weights(sample_weight, len(scores))
        return float(scores.sum() if weights is None else scores[weights > 0] @ weights[weights > 0])

    def deviance(self, X, y=None, *, sample_weight=None, offset=None):
        """Twice the log-likelihood by which the best response-by-response fit is better (in units of the scale: for normal responses the sum of squares)."""
        X, y = self._pair(X, y)
        X, _ = self._features(X, None)
        weights = checks.sample_weights(sample_weight, len(X))
        mean = self._expected(X, offset, "mean" if self.posterior_ is not None else None)
        return self._family.deviance(self._coded(y, len(X), learn=False), mean, np.ones(len(X)) if weights is None else weights)

    # ------------------------------------------------------------ draws

    def _output_layout(self):
        return ((len(self.coefficients_), np.float64), (None, np.float64))

    def _block_fill(self, key):
        return self._fill_with(key, self._parameter_table("mean"))

    def _predictive_fill(self, key):
        return self._fill_with(key, self._parameter_table())

    def _fill_with(self, key, table):
        from statsim.kernels.regression.rows import fill_responses

        if self._source is None:
            raise ArgumentError(f"this {type(self).__name__} knows no features to draw; use sample_y(X), or from_parameters(..., features=ROWS or a model of them)")
        fill_features, own = self._source.fill(key), _second_key(key)

        def fill(first_block, arrays):
            offsets = fill_features(first_block, arrays[0])
            fill_responses(own, first_block, BLOCK_ROWS, self._family.code, arrays[0], offsets, table, arrays[1])
            self._check_drawn(arrays[1])

        return fill

    def _check_drawn(self, y):
        if np.isnan(y).any():
            raise FitError("a mean above 9e18 was drawn from, which no 64-bit count holds; the coefficients are far too large for these features: give them a tighter prior")

    def _wrap_rows(self, arrays, *, return_latent, start, key):
        if return_latent:
            raise ArgumentError("return_latent=True: a regression has no latent variables; sample(n) returns (X, y)")
        return arrays[0], self._shown_response(arrays[1])

    def sample_y(self, X, *, rng=None, offset=None, parameters=None, num_threads=None):
        """Draw a response for each row of X.

        Parameters
        ----------
        X : array (n, d)
        rng : None, int, SeedSequence or Generator
        offset : array (n,) or float, optional
        parameters : {"posterior", "mean"}, optional
            Of a Bayesian fit: each response under a draw of the parameters (the default), or all under their means.
        num_threads : int, optional

        Returns
        -------
        ndarray (n,)
        """
        from statsim.kernels.regression.rows import fill_responses

        X, offsets = self._features(X, offset)
        table = self._parameter_table("mean" if self._fill_under(parameters) == self._block_fill else "posterior")
        key, out = _second_key(rngs.stream_key(rng, rngs.Purpose.SAMPLE)), np.empty(len(X))

        def fill(index):
            part = slice(index * BLOCK_ROWS, (index + 1) * BLOCK_ROWS)
            fill_responses(key, index, BLOCK_ROWS, self._family.code, np.ascontiguousarray(X[part]), offsets[part], table, out[part])

        blocks.map_chunks(fill, -(-len(X) // BLOCK_ROWS), num_threads=num_threads)
        self._check_drawn(out)
        return self._shown_response(out)

    # ------------------------------------------------------------ files

    def _check_saving(self, *, rows):
        if self._source is not None and self._source.holds_rows and not rows:
            raise ArgumentError(
                f"this {type(self).__name__} draws rows of its data again, and a file of it would hold them; save(path, rows=True) says that this is meant, "
                f"features=GaussianMixture() in the constructor draws features from a model instead"
            )

    def _parameters_document(self):
        values = {"coefficients": files.array_to_document(self.coefficients_), "fit_intercept": bool(self.fit_intercept)}
        values["intercept"] = files.array_to_document(np.array([self.intercept_]))
        if self._family.has_scale:
            values["scale"] = files.array_to_document(np.array([self.scale_]))
        if self.covariance_ is not None:
            values["covariance"] = files.array_to_document(self.covariance_)
        features = {} if self._source is None else {"features": self._source.document()}
        return with_names({**values, **features, **self._labels_document(), **write_posterior(self)}, self)

    @classmethod
    def _from_parameters_document(cls, parameters):
        parameters, names = without_names(parameters)
        required = ("coefficients", "intercept", "fit_intercept") + ("scale",) * cls._family.has_scale
        closed(parameters, required, ("covariance", "features", "posterior", *cls._label_keys))
        coefficients = files.array_from_document(parameters["coefficients"], "coefficients", shape=(None,))
        numbers = {name: float(files.array_from_document(parameters[name], name, shape=(1,))[0]) for name in required if name in ("intercept", "scale")}
        intercept = checks_flag(parameters["fit_intercept"])
        model = cls.from_parameters(coefficients=coefficients, fit_intercept=intercept, **numbers)
        model._set_source(read_features(parameters.get("features"), len(coefficients)))
        model._read_labels(parameters)
        model.posterior_ = read_posterior(parameters, model.parameter_names)
        if "covariance" in parameters:
            p = len(coefficients) + intercept
            model._set(model.parameter_values, files.array_from_document(parameters["covariance"], "covariance", shape=(p, p)))
        return named(model, names)

    _label_keys: ClassVar[tuple] = ()

    @classmethod
    def _from_values(cls, *, coefficients, intercept, scale=None, features=None, fit_intercept=True):
        """A regression with known parameters, checked."""
        b = np.array(coefficients, np.float64)
        if b.ndim != 1 or not b.size or not np.isfinite(b).all():
            raise ArgumentError(f"coefficients must be finite numbers (d,), got {coefficients!r:.100}")
        intercept = checks.real(intercept, "intercept")
        if not fit_intercept and intercept:
            raise ArgumentError(f"intercept={intercept} with fit_intercept=False; leave one of them out")
        model = cls(fit_intercept=fit_intercept)
        model.posterior_ = model.approximation_ = None
        values = np.concatenate([b, [intercept] * bool(fit_intercept), [] if scale is None else [scale]])
        model._set(values, None)._set_source(given_features(features, len(b)))
        return model


def checks_flag(value):
    """A flag of a file."""
    from statsim.errors import FileRefusedError

    if type(value) is not bool:
        raise FileRefusedError(f"fit_intercept must be true or false, got {str(value)[:40]}")
    return value


def _second_key(key):
    """The key of the responses, apart from that of the features."""
    return rngs.stream_key(np.random.SeedSequence([int(word) for word in key]), rngs.Purpose.SAMPLE, 1)
