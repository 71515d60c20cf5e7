"""What a Gaussian mixture does with rows that come in batches: exact EM in passes, online EM, and going on with later rows."""

from statsim import checks
from statsim import rng as rngs
from statsim.distributions.covariance import KINDS, covariance_kind
from statsim.errors import ArgumentError
from statsim.estimators.online_em import OnlineEM
from statsim.models.feature_names import column_names
from statsim.models.mixture.online import begun_at, fit_online, go_on
from statsim.models.mixture.streamed import fit_streamed
from statsim.tables.batches import Batches, batches_of


class BatchFit:
    """For a `GaussianMixture`."""

    _takes_batches = True

    def _fit_batches(self, batches, kind, k, method, names=None, *, warn=True):
        """The fit to rows that need not fit in memory."""
        if method.name == "bayes" or method.name == "vb":
            raise ArgumentError(f"method={method.name!r} needs all rows in memory; with batches use method='mle', 'map' or 'online', or fit a sample of the rows")
        first = self._warm_parameters(kind, k, self.n_features_in_) if self.warm_start and self._is_fitted() else None
        if first is not None:
            batches.expect(self.n_features_in_, self._names(slice(None)))
        options = {"kind": kind, "k": k, "method": method, "key": rngs.stream_key(self.rng, rngs.Purpose.FIT), "first": first}
        online = None
        if method.name == "online":
            parameters, result, online = fit_online(batches, **options)
        else:
            parameters, result = fit_streamed(batches, **options)
        self._fitted(parameters, result, batches.names if names is None else names, method, batches.n_rows, warn=warn)
        self._online = online
        return self

    def partial_fit(self, X, y=None, sample_weight=None):
        """Go on learning from further rows by online EM; the first call begins with a search on its rows.

        After `fit` with `method="online"` or an earlier call the statistics go on where they stood; after another fit, or of a model made from
        parameters or loaded from a file, they begin at the parameters, and the first batch counts most.

        Parameters
        ----------
        X : array or data frame (n_samples, n_features), or batches of them
            In the first call at least as many rows as a search needs. No warning tells of a fit that has not settled: see `fit_result_`.
        y : ignored
        sample_weight : array (n_samples,), optional

        Returns
        -------
        self

        Raises
        ------
        ArgumentError, FitError

        Examples
        --------
        >>> from statsim import GaussianMixture
        >>> model = GaussianMixture(2, method=OnlineEM(batch_rows=256), rng=0)
        >>> truth = GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[1.0], [9.0]], covariances=[[[1.0]], [[1.0]]])
        >>> for batch in truth.sample_batches(10_000, rng=1, batch_rows=1000):
        ...     model = model.partial_fit(batch)
        >>> model.means_.round(1).tolist()
        [[1.0], [9.0]]
        """
        k = checks.integer(self.n_components, "n_components", minimum=1)
        kind = covariance_kind(checks.choice(self.covariance_type, "covariance_type", tuple(KINDS)))
        method = self._method()
        method = method if method.name == "online" else OnlineEM()
        names, batches = column_names(X), batches_of(X, sample_weight)
        if batches is None:
            table = self._rows(X) if self._is_fitted() else checks.data_matrix(X)
            batches = Batches([(table, checks.sample_weights(sample_weight, len(table)))])
        if not self._is_fitted():
            return self._fit_batches(batches, kind, k, method, names, warn=False)
        if len(self.means_) != k or self.covariances_.shape != kind.shape(*self.means_.shape):
            raise ArgumentError(f"partial_fit goes on with {len(self.means_)} components and covariances of shape {self.covariances_.shape}; n_components={k}, covariance_type={kind.name!r} need others: use fit")
        batches.expect(self.n_features_in_, self._names(slice(None)))
        before = getattr(self, "_online", None) or begun_at(self._parameters(), method)
        parameters, result, self._online = go_on(batches, before, kind=kind, k=k, method=method)
        self._set(parameters, getattr(self, "feature_names_in_", None))
        self.fit_result_ = result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_samples": self._online.n_rows}
        return self
