r"""The multivariate normal law.

T. W. Anderson, An Introduction to Multivariate Statistical Analysis (2003). Densities, draws, conditional laws and the fit with missing values are those of
a Gaussian mixture of one component (`statsim.models.mixture`).
"""

import math
import warnings

import numpy as np

from statsim import checks, files
from statsim import rng as rngs
from statsim.errors import ArgumentError, FileRefusedError, FitWarning
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.model import closed
from statsim.models.feature_names import check_names, column_names, names_of, remember_names, with_names
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.models.multivariate_normal.conjugate import parameter_names
from statsim.models.multivariate_normal.predictive import predictive_mixture
from statsim.models.multivariate_normal.stand_ins import StandIns
from statsim.models.multivariate_normal.steps import NormalSteps
from statsim.models.posterior.document import read_posterior, write_posterior
from statsim.row_model import RowModel
from statsim.tables.batches import batches_of


class MultivariateNormal(RowModel):
    r"""Normal law of rows, :math:`N(\mu, \Sigma)`.

    Parameters
    ----------
    method : str or method object
        "mle"; ``MAP(penalty=...)`` with `LedoitWolf()`, `OAS()` or `GraphicalLasso(alpha)` of `statsim.penalties`; "map" and "bayes" under the conjugate
        `NormalInverseWishart` of `statsim.priors`. Default prior: about the mean of the rows, worth a hundredth of a row there, and two rows more than
        columns with the rows' variances and no correlation. Posterior draws are exact.
    missing : {"raise", "mar"}
        "mar" takes NaN as a value missing at random; maximum likelihood is then climbed by EM.
    rng : None, int, SeedSequence or Generator
        Seeds `fit`, nothing else.

    Attributes
    ----------
    mean_ : ndarray (d,)
    covariance_ : ndarray (d, d)
        Divided by the number of rows, not one less; a constant column is a point mass and has variance zero.
    precision_ : ndarray (d, d)
        Its inverse, with exact zeros after a graphical lasso; only without constant columns.
    fit_result_ : FitResult
    posterior_ : Draws or None
        Of a Bayesian fit: ``mean[j]`` and ``covariance[i,j]``; `mean_` and `covariance_` are their means.
    n_features_in_ : int
    feature_names_in_ : ndarray (d,) of str, only for data with column names

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0, 0.0], [2.0, 2.0], [0.0, 2.0], [2.0, 0.0]])
    >>> model = MultivariateNormal().fit(X)
    >>> model.mean_.tolist(), model.covariance_.tolist()
    ([1.0, 1.0], [[1.0, 0.0], [0.0, 1.0]])
    """

    _methods = {"mle": MLE, "map": MAP, "bayes": Bayes}
    _takes_batches = True

    def __init__(self, *, method="mle", missing="raise", rng=None):
        self.method = method
        self.missing = missing
        self.rng = rng

    def fit(self, X, y=None, sample_weight=None):
        """Learn mean and covariance.

        Parameters
        ----------
        X : array or data frame (n_samples, n_features), or batches of them
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
            For data, weights, a prior or a penalty that cannot be used.
        """
        missing = checks.choice(self.missing, "missing", ("raise", "mar"))
        method = self._method()
        if (batches := batches_of(X, sample_weight)) is not None:
            return self._fit_batches(batches, method)
        names, table = column_names(X), checks.data_matrix(X, allow_missing=missing == "mar")
        weights = checks.sample_weights(sample_weight, len(table))
        state, result = method.fit(NormalSteps(table, weights), key=rngs.stream_key(self.rng, rngs.Purpose.FIT))
        return self._fitted(state, result, names, method, len(table))

    def _fit_batches(self, batches, method):
        """The fit to rows that stand for those of the batches."""
        if getattr(getattr(method, "penalty", None), "needs_rows", False):
            raise ArgumentError(f"penalty={method.penalty!r} needs all rows at once, and batches keep their mean and covariance alone; use statsim.penalties.OAS()")
        data = StandIns.of(batches)
        shift = data.centre if method.name == "bayes" or getattr(method, "penalty", True) is None else 0.0  # priors speak of the data's own place
        state, result = method.fit(NormalSteps(data.rows + shift, data.weights), key=rngs.stream_key(self.rng, rngs.Purpose.FIT))
        if not isinstance(state, Posterior):
            state = state[0] + (data.centre - shift), *state[1:]
        return self._fitted(state, result, batches.names, method, data.n_rows)

    def _fitted(self, state, result, names, method, n_samples):
        posterior = state if isinstance(state, Posterior) else None
        self._set(state if posterior is None else _split(posterior.mean), names)
        self.posterior_ = None if posterior is None else posterior.draws
        self.fit_result_ = result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_samples": n_samples}
        if result.regularised or not result.converged:
            warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=3)
        return self

    @classmethod
    def from_parameters(cls, *, mean, covariance):
        """The law with known parameters.

        Parameters
        ----------
        mean : array (d,)
        covariance : array (d, d)
            Symmetric, positive definite but for columns of variance zero, which are point masses.

        Examples
        --------
        >>> model = MultivariateNormal.from_parameters(mean=[0.0, 0.0], covariance=[[1.0, 0.5], [0.5, 1.0]])
        >>> model.given({0: 2.0}).mean_.tolist()
        [1.0]
        """
        mean = np.asarray(mean, float)
        if mean.ndim != 1:
            raise ArgumentError(f"mean must be a vector (d,), got shape {mean.shape}")
        mixture = GaussianMixture.from_parameters(weights=[1.0], means=mean[None], covariances=np.asarray(covariance, float)[None])
        return cls()._set((mixture.means_[0], mixture.covariances_[0], None), None)

    def _set(self, state, names):
        self.mean_, self.covariance_, precision = state
        self.n_features_in_ = len(self.mean_)
        self._precision = precision
        remember_names(self, names)
        return self

    @property
    def precision_(self):
        """The inverse of the covariance (d, d)."""
        self._require_fitted()
        if self._precision is None:
            if not (np.diagonal(self.covariance_) > 0).all():
                raise ArgumentError("a constant column has no precision; leave it out with marginal([...])")
            self._precision = np.linalg.inv(self.covariance_)
        return self._precision

    def _predictive(self):
        """The predictive law as a mixture of evenly spaced draws, or None of a fit without any."""
        draws, d = getattr(self, "posterior_", None), self.n_features_in_
        return None if draws is None else predictive_mixture(draws, d)

    def _mixture(self):
        """The same law as a mixture of one component."""
        self._require_fitted()
        model = GaussianMixture.from_parameters(weights=[1.0], means=self.mean_[None], covariances=self.covariance_[None])
        model.missing = self.missing
        remember_names(model, getattr(self, "feature_names_in_", None))
        return model

    @classmethod
    def _of(cls, mixture):
        model = cls(missing=mixture.missing)
        return model._set((mixture.means_[0], mixture.covariances_[0], None), getattr(mixture, "feature_names_in_", None))

    # ------------------------------------------------------------ scores, draws, other laws

    def score_samples(self, X):
        """Log density (n_samples,) of each row; with missing="mar" NaN is integrated out. Of a Bayesian fit the log of the mean density over 200 draws."""
        self._require_fitted()
        check_names(self, X)
        table = checks.data_matrix(X, allow_missing=self.missing == "mar", n_features=self.n_features_in_, owner=type(self).__name__)
        mixture = self._predictive() or self._mixture()
        return mixture._parameters().log_density(table)

    def to_target(self):
        """The density as a `Target` with its analytic gradient; see `GaussianMixture.to_target`."""
        return self._mixture().to_target()

    def marginal(self, columns):
        """The law of some columns, by number or name, in the order given."""
        return self._of(self._mixture().marginal(columns))

    def given(self, values):
        """The law of the other columns when some have known values; see `GaussianMixture.given`."""
        return self._of(self._mixture().given(values))

    def where(self, predicate=None, *, bounds=None, linear=None):
        """The law given that its row lies in a region; see `GaussianMixture.where`."""
        return self._mixture().where(predicate, bounds=bounds, linear=linear)

    def _output_layout(self):
        return ((self.n_features_in_, np.float64),)

    def _wrap_rows(self, arrays, *, return_latent, start, key):
        return (arrays[0], np.empty((len(arrays[0]), 0))) if return_latent else arrays[0]  # nothing is latent

    def _block_fill(self, key):
        return self._rows_of(self._mixture(), key)

    def _predictive_fill(self, key):
        return self._rows_of(self._predictive(), key)

    @staticmethod
    def _rows_of(mixture, key):
        fill = mixture._block_fill(key)

        def fill_rows(first_block, arrays):
            fill(first_block, (arrays[0], np.empty(len(arrays[0]), np.int64)))

        return fill_rows

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        values = {"mean": files.array_to_document(self.mean_), "covariance": files.array_to_document(self.covariance_), "missing": self.missing}
        if self._precision is not None and (self._precision == 0).any():
            values["precision"] = files.array_to_document(self._precision)
        return with_names({**values, **write_posterior(self)}, self)

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, ("mean", "covariance", "missing"), ("feature_names", "posterior", "precision"))
        mean = files.array_from_document(parameters["mean"], "mean", shape=(None,))
        model = cls.from_parameters(mean=mean, covariance=files.array_from_document(parameters["covariance"], "covariance", shape=(len(mean), len(mean))))
        model.missing = checks.choice(parameters["missing"], "missing", ("raise", "mar"))
        model.posterior_ = read_posterior(parameters, parameter_names(len(mean)))
        if "precision" in parameters:
            model._precision = _inverse_of(model.covariance_, files.array_from_document(parameters["precision"], "precision", shape=(len(mean), len(mean))))
        remember_names(model, names_of(parameters, len(mean)))
        return model


def _split(vector):
    """A state from the d + d^2 coordinates of a draw."""
    d = (math.isqrt(1 + 4 * len(vector)) - 1) // 2
    covariance = vector[d:].reshape(d, d)
    return vector[:d], (covariance + covariance.T) / 2, None


def _inverse_of(covariance, precision):
    """`precision`, refused where it is not the inverse of the covariance."""
    if not np.allclose(covariance @ precision, np.eye(len(covariance)), atol=1e-4):
        raise FileRefusedError("precision is not the inverse of covariance")
    return precision
