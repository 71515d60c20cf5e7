"""Finite mixture over rows of mixed types, missing cells included: a full Gaussian block, discrete columns and counts."""

import warnings

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.blocks import map_chunks
from statsim.errors import ArgumentError, FitWarning
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.row_model import RowModel
from statsim.models.table_mixture import condition
from statsim.models.table_mixture import rows as coded
from statsim.models.table_mixture.document import parameters_document, read_parameters
from statsim.models.table_mixture.fit import fit_table_mixture, n_free
from statsim.models.table_mixture.marginal import marginal_law
from statsim.models.table_mixture.parameters import check_layout, checked_parameters, implied_layout
from statsim.models.table_mixture.sampler import block_fill
from statsim.models.table_mixture.words import describe
from statsim.tables.arrays import TableArrays

_MOST_CONTINUOUS = 1000
_SCORE_ROWS = 16_384


class TableMixture(RowModel):
    r"""Mixture model of coded table rows.

    Within component k the continuous cells are jointly Gaussian, discrete cells categorical, counts Poisson or negative
    binomial, and each cell of a nullable column is missing with a probability of its own, all blocks and all missing
    indicators independent of each other given the component:

    .. math:: p(row) = \sum_k w_k \; N(z_o; \mu_{k,o}, \Sigma_{k,oo}) \prod_j p_{kj}(x_j) \prod_j m_{kj}^{[missing]} (1 - m_{kj})^{[observed]}

    Parameters
    ----------
    n_components : int
        At least 1.
    method : {"mle", "map"}, MLE or MAP
        "map" takes a `TablePrior`, by default one row of the table's margins in each component.
    min_count : float
        No component rests on fewer rows (or weight), and none has a law of its own for a column that it observes in fewer.
    rng : None, int, SeedSequence or Generator
        Seeds `fit` only.

    Attributes
    ----------
    parameters_ : TableMixtureParameters
    layout_ : TableLayout
    weights_, means_, covariances_ : arrays (K,), (K, p), (K, p, p)
    fit_result_ : FitResult
        Of the fit; its objective holds the log probability of the pseudo-rows (see `statsim.models.table_mixture.steps`).

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.tables.arrays import TableArrays
    >>> z = np.linspace(-1, 1, 40)[:, None]
    >>> rows = TableArrays(z, (z > 0).astype(int), np.zeros((40, 0)))
    >>> model = TableMixture(1, rng=0).fit(rows)
    >>> model.given(discrete={0: 1}).sample(3, rng=1).discrete.ravel().tolist()
    [1, 1, 1]
    """

    _methods = {"mle": MLE, "map": MAP}

    def __init__(self, n_components=2, *, method="mle", min_count=5, rng=None):
        self.n_components = n_components
        self.method = method
        self.min_count = min_count
        self.rng = rng

    # ------------------------------------------------------------ making one

    def fit(self, X, y=None, *, sample_weight=None):
        """Learn the parameters by maximum likelihood.

        Parameters
        ----------
        X : TableArrays
            Missing cells are missing at random within a component.
        y : ignored
        sample_weight : array (n,), optional
            Frequencies: weight 2 is the row twice.

        Returns
        -------
        TableMixture
            self.

        Raises
        ------
        ArgumentError, ArgumentTypeError, FitError
        """
        method = self._method()
        k = checks.integer(self.n_components, "n_components", minimum=1)
        min_count = checks.real(self.min_count, "min_count", minimum=0.0)
        arrays = coded.checked_rows(X)
        weights = checks.sample_weights(sample_weight, arrays.n_rows)
        _check_width(arrays.layout)
        key = rngs.stream_key(self.rng, rngs.Purpose.FIT)
        parameters, result, settled = fit_table_mixture(
            arrays, arrays.layout, n_components=k, min_count=min_count, sample_weight=weights, method=method, key=key
        )
        if not result.converged:
            warnings.warn(f"the fit did not converge: {result.reason}; raise max_iter, or use fewer components", FitWarning, stacklevel=2)
        self._set(parameters, arrays.layout)
        self.fit_result_ = result
        account = {"method": method.name, "min_count": min_count, "n_rows": arrays.n_rows, "columns_of_the_whole": settled}
        self.fit_document_ = {**result.to_document(), **account}
        return self

    @classmethod
    def from_parameters(cls, weights, *, layout=None, **parameters):
        """A model with known parameters.

        Parameters
        ----------
        weights : array (K,)
        layout : TableLayout, optional
            Default: a column is nullable when some component misses it.
        **parameters
            `means`, `covariances`, `level_probabilities`, `count_means`, `count_dispersions`, `missing_continuous`,
            `missing_discrete`, `missing_counts`, as in `TableMixtureParameters`; blocks left out have no columns.

        Raises
        ------
        ArgumentError
            Naming the array, the component and the value that cannot be.

        Examples
        --------
        >>> model = TableMixture.from_parameters([0.5, 0.5], means=[[-1.0], [1.0]], covariances=[[[1.0]], [[1.0]]])
        >>> model.n_parameters
        5
        """
        checked = checked_parameters(weights, **parameters)
        layout = implied_layout(checked) if layout is None else layout
        check_layout(checked, layout)
        return cls(checked.n_components)._set(checked, layout)

    def _set(self, parameters, layout):
        self.parameters_, self.layout_ = parameters, layout
        self.weights_, self.means_, self.covariances_ = parameters.weights, parameters.means, parameters.covariances
        return self

    # ------------------------------------------------------------ sampling

    def _output_layout(self):
        p, q, r = self.layout_.shape
        return (p, np.float64), (q, np.int32), (r, np.int64), (None, np.int32)

    def _block_fill(self, key):
        return block_fill(self.parameters_, key)

    def _wrap_rows(self, arrays, *, return_latent, start, key):
        rows = TableArrays(*arrays[:3], self.layout_)
        return (rows, arrays[3]) if return_latent else rows

    # ------------------------------------------------------------ scores

    def score_samples(self, X, *, num_threads=None):
        """Log density (n,) of each row: of its observed cells, and of which cells are missing.

        A missing cell of a column that is not nullable is integrated out. Against counting measure where a column is a point mass.
        """
        return np.concatenate([np.zeros(0), *self._by_chunk(X, lambda shares, density: density, num_threads)])

    def predict_proba(self, X, *, num_threads=None):
        """Posterior probability (n, K) of each component; zeros in rows that no component can produce."""
        parts = self._by_chunk(X, lambda shares, density: shares, num_threads)
        return np.concatenate([np.zeros((0, len(self.weights_))), *parts])

    def predict(self, X):
        """The most probable component (n,) of each row."""
        return self.predict_proba(X).argmax(axis=1)

    def _by_chunk(self, X, choose, num_threads):
        """`choose(responsibilities (m, K), log densities (m,))` of consecutive chunks of rows, in the order of the rows."""
        self._require_fitted()
        arrays = coded.checked_rows(X, self.layout_)

        def score(index):
            part = arrays.take(slice(index * _SCORE_ROWS, (index + 1) * _SCORE_ROWS))
            rows = coded.code_rows(part, self.layout_.n_levels)
            shares, density = coded.responsibilities(self.parameters_, self.layout_, rows, num_threads=1)
            back = np.empty(rows.n_rows, np.int64)
            back[rows.order] = np.arange(rows.n_rows)
            return choose(shares[:, back].T, density[back])

        return map_chunks(score, -(-arrays.n_rows // _SCORE_ROWS), num_threads=num_threads)

    @property
    def n_parameters(self):
        """Number of free parameters."""
        self._require_fitted()
        return n_free(self.parameters_, self.layout_)

    def aic(self, X):
        """Akaike's criterion on X, -2 log likelihood + 2 parameters; lower is better."""
        return -2.0 * self.log_likelihood(X) + 2.0 * self.n_parameters

    def bic(self, X):
        """Schwarz's criterion on X, -2 log likelihood + parameters times log n; lower is better."""
        return -2.0 * self.log_likelihood(X) + self.n_parameters * float(np.log(max(X.n_rows, 1)))

    # ------------------------------------------------------------ other laws

    def given(self, *, continuous=None, discrete=None, counts=None, missing=()):
        """The exact conditional law of whole rows, given some of their cells.

        Parameters
        ----------
        continuous, discrete, counts : dict, optional
            Column -> value (z, level code, count) of observed cells.
        missing : iterable of (block, column)
            Cells that are missing, e.g. `("continuous", 2)`.

        Returns
        -------
        TableMixture
            Over the same columns; those given a value always have it.

        Raises
        ------
        ImpossibleConditionError
            When the evidence has density 0.
        ArgumentError, ArgumentTypeError
        """
        self._require_fitted()
        evidence = condition.checked_evidence(
            self.layout_, continuous=continuous, discrete=discrete, counts=counts, missing=missing
        )
        parameters = condition.conditioned(self.parameters_, self.layout_, evidence)
        return type(self)(len(parameters.weights), min_count=self.min_count)._set(parameters, self.layout_)

    def marginal(self, *, continuous=(), discrete=(), counts=()):
        """The law of some columns, in the order named.

        Parameters
        ----------
        continuous, discrete, counts : sequences of int

        Raises
        ------
        ArgumentError, ArgumentTypeError
        """
        self._require_fitted()
        parameters, layout = marginal_law(self.parameters_, self.layout_, continuous, discrete, counts)
        return type(self)(len(parameters.weights), min_count=self.min_count)._set(parameters, layout)

    def describe(self, *, top=5):
        """A `ComponentSummary` for each component: its weight and its `top` largest differences from the whole."""
        self._require_fitted()
        return describe(self.parameters_, checks.integer(top, "top", minimum=0))

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return parameters_document(self.parameters_, self.layout_)

    @classmethod
    def _from_parameters_document(cls, parameters):
        checked, layout = read_parameters(parameters)
        return cls(checked.n_components)._set(checked, layout)


def _check_width(layout):
    """Refuse before hours of work: a covariance has as many parameters as columns squared."""
    p = layout.shape[0]
    if p > _MOST_CONTINUOUS:
        raise ArgumentError(
            f"the table has {p} continuous columns, at most {_MOST_CONTINUOUS} are taken (a covariance of {p} columns has "
            f"{p * (p + 1) // 2} parameters); choose columns with columns= in Python or --columns at the command line"
        )
