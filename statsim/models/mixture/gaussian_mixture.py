"""Gaussian mixture models.

Parameters, sampling, densities, conditioning and the fit; Dempster, Laird, Rubin (1977), JRSS B 39; McLachlan, Peel (2000),
Finite Mixture Models.
"""

import warnings

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.distributions.covariance import KINDS, covariance_kind
from statsim.errors import ArgumentError, FitWarning, ImpossibleConditionError
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.online_em import OnlineEM
from statsim.estimators.vb import VB
from statsim.row_model import RowModel
from statsim.models.mixture import conversion, document
from statsim.models.mixture.batch_fit import BatchFit
from statsim.models.mixture.draws import block_fill
from statsim.models.feature_names import check_names, column_names, names_of, remember_names
from statsim.models.named_columns import NamedColumns
from statsim.models.mixture.fit import fit_mixture
from statsim.models.mixture.parameters import MixtureParameters, checked_parameters
from statsim.models.mixture.predictive import component_probabilities, predictive_fill, predictive_parameters, read_draws
from statsim.models.posterior.document import write_posterior
from statsim.tables.batches import Batches, batches_of


class GaussianMixture(BatchFit, NamedColumns, RowModel):
    r"""Mixture of Gaussians, :math:`p(x) = \sum_k w_k N(x; \mu_k, \Sigma_k)`.

    Parameters
    ----------
    n_components : int
        Number of components k.
    covariance_type : {"full", "tied", "diag", "spherical"}
        A matrix for each component, one for all, a diagonal for each, or one variance for each.
    method : str or method object
        How `fit` works: "mle", "online", "map", "vb" or "bayes", or `MLE(...)`, `OnlineEM(...)`, `MAP(...)`, `VB(...)`, `Bayes(...)`. "online" makes one step a
        batch, for more rows than memory holds. Priors: `MixturePrior` or one of its two parts
        (with a Dirichlet concentration below 1, "map" lets components vanish); its default is on the scale of the data. Penalty:
        `penalties.Entropy`, `penalties.MessageLength`, `penalties.SparsePrecisions`. Samplers: `BlockedGibbs()` (the default for a fixed number),
        `CollapsedGibbs()` (for a Dirichlet process), `SliceSampler()`; under a process `n_components` is the most that may be occupied, and one more.
    missing : {"raise", "mar"}
        "mar" takes NaN as a value missing at random.
    warm_start : bool
        Let `fit` begin at the parameters of the last fit instead of searching.
    rng : None, int, SeedSequence or Generator
        Seeds the starts of `fit`, nothing else.

    Attributes
    ----------
    weights_ : ndarray (k,)
        Of a Bayesian fit all three are means over the draws, of a variational one the mean weights and means, and the inverses
        of the mean inverse covariances.
    means_ : ndarray (k, d)
    covariances_ : ndarray, (k, d, d), (d, d), (k, d) or (k,)
        In scikit-learn's shapes; a constant column is a point mass and has variance zero.
    constant_features_ : ndarray (d,) of bool
    posterior_ : Draws or None
        Named weights[c], means[c,j], covariances[c,i,j].
    fit_result_ : FitResult
    n_features_in_ : int
    feature_names_in_ : ndarray (d,) of str, only for data with column names

    Examples
    --------
    >>> import numpy as np
    >>> X = np.concatenate([np.arange(20.0), np.arange(100.0, 120.0)])[:, None]
    >>> model = GaussianMixture(2, rng=0).fit(X)
    >>> model.means_.round(6).tolist()
    [[9.5], [109.5]]
    >>> model.fit_result_.converged
    True
    """

    _methods = {"mle": MLE, "online": OnlineEM, "map": MAP, "bayes": Bayes, "vb": VB}

    def __init__(self, n_components=1, *, covariance_type="full", method="mle", missing="raise", warm_start=False, rng=None):
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.method = method
        self.missing = missing
        self.warm_start = warm_start
        self.rng = rng

    # ------------------------------------------------------------ making one

    def fit(self, X, y=None, sample_weight=None):
        """Learn the parameters.

        Parameters
        ----------
        X : array or data frame (n_samples, n_features), or batches of them
            A Parquet path, an iterable of batches or `Batches`: read in passes, in the memory of two batches.
        y : ignored
        sample_weight : array (n_samples,), optional
            Non-negative; weight 2 is the row twice, weight 0 is no row. Of batches the name of a column.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For data, weights or parameters that cannot be used.
        FitError
            When no start leads to a usable fit.
        """
        k = checks.integer(self.n_components, "n_components", minimum=1)
        kind = covariance_kind(checks.choice(self.covariance_type, "covariance_type", tuple(KINDS)))
        missing = checks.choice(self.missing, "missing", ("raise", "mar"))
        method = self._method()
        if (batches := batches_of(X, sample_weight)) is not None:
            return self._fit_batches(batches, kind, k, method)
        names, table = column_names(X), checks.data_matrix(X, allow_missing=missing == "mar")
        weights = checks.sample_weights(sample_weight, len(table))
        if method.name == "online":
            return self._fit_batches(Batches([(table, weights)]), kind, k, method, names)
        parameters, result, draws = fit_mixture(
            table, weights, kind=kind, k=k, method=method, key=rngs.stream_key(self.rng, rngs.Purpose.FIT),
            first=self._warm_parameters(kind, k, table.shape[1]),
        )
        return self._fitted(parameters, result, names, method, len(table), draws=draws)

    def _fitted(self, parameters, result, names, method, n_samples, *, draws=None, warn=True):
        self._set(parameters, names)
        self._online, self.posterior_, self.fit_result_ = None, draws, result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_samples": n_samples}
        if warn and (result.regularised or not (result.converged or method.name == "bayes")):  # a sampler has warned already
            warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=3)
        return self

    @classmethod
    def from_parameters(cls, *, weights, means, covariances, covariance_type="full"):
        """A mixture with known parameters, ready to use.

        Parameters
        ----------
        weights : array (k,)
            Non-negative, summing to one.
        means : array (k, d)
        covariances : array, (k, d, d), (d, d), (k, d) or (k,)
            As `covariance_type` wants it. A column with variance zero is a point mass.
        covariance_type : {"full", "tied", "diag", "spherical"}

        Returns
        -------
        GaussianMixture

        Examples
        --------
        >>> model = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[1.0]]])
        >>> round(float(model.score_samples([[0.0]])[0]), 6)
        -0.918939
        """
        kind = covariance_kind(checks.choice(covariance_type, "covariance_type", tuple(KINDS)))
        return cls._wrapping(checked_parameters(kind, weights, means, covariances))

    @classmethod
    def _wrapping(cls, parameters, *, names=None, missing="raise"):
        model = cls(len(parameters.weights), covariance_type=parameters.kind.name, missing=missing)
        model._set(parameters, names)
        return model

    def _set(self, parameters, names):
        self.weights_, self.means_, self.covariances_ = parameters.weights, parameters.means, parameters.covariances
        self.constant_features_ = parameters.constant
        self.n_features_in_ = parameters.shape[1]
        remember_names(self, names)

    def _parameters(self):
        self._require_fitted()
        kind = covariance_kind(self.covariance_type)
        return MixtureParameters(kind, self.weights_, self.means_, self.covariances_, self.constant_features_)

    def _warm_parameters(self, kind, k, d):
        """The parameters to begin at, or None."""
        if not (self.warm_start and self._is_fitted()):
            return None
        if self.means_.shape != (k, d) or self.covariances_.shape != kind.shape(k, d):
            raise ArgumentError(
                f"warm_start=True, but the last fit had means of shape {self.means_.shape} and this one needs {(k, d)} "
                f"with covariance_type={kind.name!r}; use warm_start=False or a new model"
            )
        return self._parameters()

    # ------------------------------------------------------------ scores

    def score_samples(self, X):
        """Log density (n_samples,) of each row; with missing="mar" NaN is integrated out.

        Of a Bayesian or variational fit the log of the mean density over 200 draws of the posterior. A constant column counts 0 where its value is met and minus infinity elsewhere.
        """
        parameters = self._predictive()
        return parameters.log_density(self._rows(X))

    def predict_proba(self, X):
        """Probability (n_samples, k) of each component given each row."""
        parameters = self._predictive()
        return component_probabilities(parameters, len(self.weights_), self._rows(X))

    def predict(self, X):
        """Most probable component (n_samples,) of each row."""
        return self.predict_proba(X).argmax(axis=1)

    def aic(self, X):
        """Akaike's information criterion on X, -2 log-likelihood + 2 p; lower is better."""
        return -2 * self.log_likelihood(X) + 2 * self._parameters().n_free()

    def bic(self, X):
        """Bayesian information criterion on X, -2 log-likelihood + p log n; lower is better."""
        scores = self.score_samples(X)
        return float(-2 * scores.sum() + self._parameters().n_free() * np.log(len(scores)))

    def _rows(self, X):
        check_names(self, X)
        return checks.data_matrix(
            X, allow_missing=self.missing == "mar", n_features=self.n_features_in_, owner=type(self).__name__
        )

    # ------------------------------------------------------------ sampling

    def to_target(self):
        """The density as a `Target` with its analytic gradient, for `statsim.samplers`; chains start at draws of the model.

        Raises
        ------
        ArgumentError
            For constant columns, which have no density: use `marginal` to leave them out.

        Examples
        --------
        >>> model = GaussianMixture.from_parameters(weights=[1.0], means=[[1.0]], covariances=[[[4.0]]])
        >>> model.to_target().gradient([3.0]).tolist()
        [-0.5]
        """
        from statsim.models.mixture.target import MixtureTarget

        parameters = self._parameters()
        return MixtureTarget(parameters, self._names(slice(None)))

    def _output_layout(self):
        return (self.n_features_in_, np.float64), (None, np.int64)

    def _block_fill(self, key):
        return block_fill(self._parameters(), key)

    def _predictive_fill(self, key):
        return predictive_fill(self._predictive(), len(self.weights_), key)

    def _predictive(self):
        """The mixture of the components of the draws of a posterior; the parameters where there are none."""
        parameters, draws = self._parameters(), getattr(self, "posterior_", None)
        return parameters if draws is None else predictive_parameters(draws, parameters.kind, len(parameters.weights), parameters.constant)

    # ------------------------------------------------------------ other laws

    def marginal(self, columns):
        """The mixture of some columns, by number or name, in the order given.

        Examples
        --------
        >>> model = GaussianMixture.from_parameters(weights=[1.0], means=[[1.0, 2.0]], covariances=[np.eye(2)])
        >>> model.marginal([1]).means_.tolist()
        [[2.0]]
        """
        parameters = self._parameters()
        indices = self._chosen(columns)
        return self._wrapping(parameters.marginal(indices), names=self._names(indices), missing=self.missing)

    def given(self, values):
        """The mixture of the other columns when some have known values.

        Parameters
        ----------
        values : dict
            Column number or name to value; at least one column must be left.

        Raises
        ------
        ImpossibleConditionError
            When the values have density zero.

        Examples
        --------
        >>> model = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0, 0.0]], covariances=[[[1.0, 0.5], [0.5, 1.0]]])
        >>> model.given({0: 2.0}).means_.tolist()
        [[1.0]]
        """
        parameters = self._parameters()
        columns, numbers, free = self._known(values)
        if not columns.size:
            return self._wrapping(parameters, names=self._names(free), missing=self.missing)
        try:
            return self._wrapping(parameters.given(columns, numbers), names=self._names(free), missing=self.missing)
        except ImpossibleConditionError as error:
            raise ImpossibleConditionError(f"values={values!r}: {error}") from error

    def where(self, predicate=None, *, bounds=None, linear=None):
        """The mixture given that its row lies in a region: a target for `statsim.samplers.sampling`.

        Parameters
        ----------
        predicate : callable, optional
            Maps rows (n, d) to truth values (n,).
        bounds : dict, optional
            Column number or name to (low, high), None or an infinity where there is no bound.
        linear : (A, b), (A, low, high) or scipy.optimize.LinearConstraint, optional
            A x = b, or low <= A x <= high, with A (m, d).

        Returns
        -------
        RestrictedMixture

        Raises
        ------
        ArgumentError, ArgumentTypeError
        ImpossibleConditionError
            When nothing satisfies the constraints.

        Examples
        --------
        >>> from statsim.samplers.sampling import sample
        >>> model = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0, 0.0]], covariances=[np.eye(2)])
        >>> draws = sample(model.where(bounds={0: (3.0, None)}), draws=100, rng=0)
        >>> bool(draws.values[..., 0].min() > 3.0)
        True
        """
        from statsim.models.mixture.restricted import RestrictedMixture
        from statsim.models.restricted.region import region_of

        parameters = self._parameters()
        region = region_of(predicate, bounds, linear, column=self._column, n_features=self.n_features_in_)
        return RestrictedMixture(self, parameters, region, self._names(slice(None)))

    def to_sklearn(self):
        """The same mixture as a fitted `sklearn.mixture.GaussianMixture`."""
        return conversion.to_sklearn(self._parameters(), self._names(slice(None)))

    @classmethod
    def from_sklearn(cls, estimator):
        """The mixture in a fitted `sklearn.mixture.GaussianMixture`."""
        parameters, names = conversion.from_sklearn(estimator)
        return cls._wrapping(parameters, names=names)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return {**document.write_parameters(self._parameters(), self._names(slice(None))), "missing": self.missing, **write_posterior(self)}

    @classmethod
    def _from_parameters_document(cls, parameters):
        mixture = document.read_parameters(parameters)
        names, missing = names_of(parameters, mixture.shape[1]), checks.choice(parameters["missing"], "missing", ("raise", "mar"))
        model = cls._wrapping(mixture, names=names, missing=missing)
        model.posterior_ = read_draws(parameters, mixture.kind.name, *mixture.shape)
        return model
