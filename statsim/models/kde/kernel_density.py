"""Kernel density estimates.

Rosenblatt (1956), Annals of Mathematical Statistics 27; Parzen (1962), Annals of Mathematical Statistics 33; Silverman (1986), Density Estimation for Statistics
and Data Analysis; Wand, Jones (1995), Kernel Smoothing.
"""

import warnings
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, FileRefusedError, FitWarning
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.models.kde import document
from statsim.models.kde.adaptive import bandwidth_factors
from statsim.models.kde.bandwidth_draws import BandwidthDraws
from statsim.models.kde.bandwidths.principles import learned_bandwidth, principle_of
from statsim.models.kde.bandwidths.select import SELECTORS, Counting, cross_validated, selected_bandwidth
from statsim.models.kde.columns import Categorical, Circular, Line, check_levels, check_turn, columns_of
from statsim.models.kde.derived_laws import DerivedLaws
from statsim.models.kde.draws import block_fill
from statsim.models.kde.evaluation import Evaluator
from statsim.models.kde.parameters import check_columns, checked_parameters
from statsim.models.kde.shapes import kernel_named
from statsim.models.feature_names import check_names, column_names, names_of, remember_names
from statsim.models.named_columns import column_number
from statsim.models.posterior.document import read_posterior, write_posterior

_TYPES = ("diag", "full")
_WEIGHT_TYPES = ("reliability", "frequency")


class KernelDensity(DerivedLaws):
    r"""Kernel density estimate, :math:`p(x) = \sum_i w_i \prod_j K((x_j - y_{ij}) / h_j) / h_j`.

    Parameters
    ----------
    bandwidth : {"scott", "silverman", "isj", "sheather_jones", "likelihood", "least_squares"}, float or array (d,) or (d, d)
        A selector, or the bandwidths themselves: one for all columns, one for each, or a matrix H, with which the kernel is radial:
        :math:`K(|L^{-1} (x - y_i)|)`, :math:`L L^T = H`. For a categorical column it is the probability of another level. Selectors answer for
        the Gaussian kernel and are carried over to others by canonical factors.
    kernel : {"gaussian", "epanechnikov", "biweight", "triangular", "tophat", "exponential"}
        Also "pearson-k", k a whole number, for (1 - u^2)^(k / 2) with a bandwidth matrix: what `marginal` makes of tophat (0), Epanechnikov (2) and biweight (4).
    bandwidth_type : {"diag", "full"}
        What a selector gives: one bandwidth for each column, or a matrix in the shape of the data's covariance.
    support : dict, optional
        Column to (low, high), None where there is no bound; `Circular(low, high)`; or `Categorical(values)`, both of
        `statsim.models.kde.columns`. Columns that are not named may be any number.
    boundary : {"reflect", "renormalise"}
        How mass is kept inside bounds.
    adaptive : bool or float
        Bandwidths that follow the density by its power -1/2 (Abramson), or by minus this number in (0, 1].
    weight_type : {"reliability", "frequency"}
        What `sample_weight` says to a selector. "frequency": a weight, a whole number, counts equal rows, and weight 2 gives the bandwidth that the row twice
        gives. "reliability": only ratios of weights count, and the rows are as many as Kish's effective number (sum w)^2 / sum w^2, as in SciPy. The density takes weight 2 as the row
        twice in both, and so do "likelihood" and "least_squares", which leave out a row together with its copies.

    method : str or method object, optional
        Left out, `bandwidth` says it all. A principle instead learns one bandwidth for each column from the leave-one-out likelihood, and `bandwidth`, then "scott" or "silverman", is
        where it begins and the middle of its prior: "mle" is bandwidth="likelihood"; "map" its mode under a prior; "bayes" draws of the posterior by NUTS (Gaussian kernel, columns
        that may be any number). Prior: a law above 0 for all bandwidths or ``{"bandwidth[0]": ...}``; default log-normal, of spread 1 about the rule. A Bayesian fit scores and draws
        rows under 64 of its draws; `cdf`, `on_grid`, `marginal`, `given` and `where` are those of the mean bandwidth.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian fit, nothing else.

    Attributes
    ----------
    rows_ : ndarray (n, d)
        The data themselves, or group means after `private`.
    weights_ : ndarray (n,)
    bandwidth_ : ndarray (d,) or (d, d)
    factors_ : ndarray (n,) or None
        What multiplies the bandwidth at each row, for an adaptive estimate.
    posterior_ : Draws or None
        Of a Bayesian fit: bandwidth[j].
    fit_result_ : FitResult, only after a fit by a principle
    min_count_ : int
        The least number of rows of data behind a row of the model; 0 where it holds the data themselves.
    n_features_in_ : int
    feature_names_in_ : ndarray (d,) of str, only for data with column names

    Examples
    --------
    >>> import numpy as np
    >>> model = KernelDensity(bandwidth=1.0).fit([[0.0], [2.0]])
    >>> model.score_samples([[1.0]]).round(6).tolist()
    [-1.418939]
    >>> model.sample(1000, rng=0).shape
    (1000, 1)
    """

    _methods: ClassVar[dict] = {"mle": MLE, "map": MAP, "bayes": Bayes}

    def __init__(self, bandwidth="scott", *, kernel="gaussian", bandwidth_type="diag", support=None, boundary="reflect", adaptive=False, weight_type="reliability", method=None, rng=None):
        self.bandwidth = bandwidth
        self.kernel = kernel
        self.bandwidth_type = bandwidth_type
        self.support = support
        self.boundary = boundary
        self.adaptive = adaptive
        self.weight_type = weight_type
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ making one

    def fit(self, X, y=None, sample_weight=None):
        """Keep the rows and choose the bandwidth.

        Parameters
        ----------
        X : array or data frame (n_samples, n_features)
        y : ignored
        sample_weight : array (n_samples,), optional
            Non-negative; a row of weight 0 is no row. See `weight_type`.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For data, weights or parameters that cannot be used; among them a column that is constant, whose bandwidth would be zero.
        """
        kernel = kernel_named(self.kernel)
        full = checks.choice(self.bandwidth_type, "bandwidth_type", _TYPES) == "full"
        boundary = checks.choice(self.boundary, "boundary", document.BOUNDARIES)
        sensitivity = _sensitivity(self.adaptive)
        names, table = column_names(X), checks.data_matrix(X)
        weights = checks.sample_weights(sample_weight, len(table))
        counts_rows = checks.choice(self.weight_type, "weight_type", _WEIGHT_TYPES) == "frequency"
        table, weights = _that_count(table, weights)
        counting = _counting(len(table), weights, counts_rows)
        columns = columns_of(self.support, column=lambda name: column_number(name, names, table.shape[1]), n_features=table.shape[1])
        given = {"rows": table, "weights": weights, "kernel": kernel.name, "columns": columns, "boundary": boundary, "names": names}
        check_columns(table, columns, names)
        method, posterior, result = principle_of(self), None, None
        if method is not None:
            key = rngs.stream_key(self.rng, rngs.Purpose.FIT)
            name, found = method.name, learned_bandwidth(method, self.bandwidth, table, counting, key=key, kernel=kernel, columns=columns, boundary=boundary, names=names)
            bandwidth, posterior, result = found
        elif isinstance(self.bandwidth, str):
            name = checks.choice(self.bandwidth, "bandwidth", SELECTORS)
            bandwidth = selected_bandwidth(name, table, counting, kernel=kernel, columns=columns, boundary=boundary, full=full, names=names)
        else:
            name, bandwidth = "given", self.bandwidth
        law = checked_parameters(**given, bandwidth=bandwidth, factors=None)
        if sensitivity:
            law = checked_parameters(**given, bandwidth=bandwidth, factors=bandwidth_factors(law, sensitivity))
        self._set(law, names, posterior)
        self.fit_document_ = {"selector": name, "n_samples": len(table), **({} if result is None else result.to_document())}
        if result is not None:
            self.fit_result_ = result
            if result.warnings and posterior is None:  # chains have warned themselves
                warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=2)
        return self

    @classmethod
    def from_parameters(cls, rows, *, bandwidth, weights=None, factors=None, kernel="gaussian", support=None, boundary="reflect"):
        """An estimate with known rows and bandwidth, ready to use.

        Parameters
        ----------
        rows : array (n, d)
        bandwidth : float or array (d,) or (d, d)
        weights : array (n,), optional
            Non-negative; divided by their sum.
        factors : array (n,), optional
            What multiplies the bandwidth at each row.
        kernel, support, boundary
            See `KernelDensity`.

        Returns
        -------
        KernelDensity

        Examples
        --------
        >>> model = KernelDensity.from_parameters([[0.0], [2.0]], bandwidth=1.0, kernel="tophat")
        >>> np.exp(model.score_samples([[0.5], [1.5], [5.0]])).tolist()
        [0.25, 0.25, 0.0]
        """
        names, rows = column_names(rows), checks.data_matrix(rows, "rows")
        weights = checks.sample_weights(weights, len(rows), "weights")
        keep = slice(None) if weights is None else weights > 0
        columns = columns_of(support, column=lambda name: column_number(name, names, rows.shape[1]), n_features=rows.shape[1])
        law = checked_parameters(
            rows=np.array(rows[keep]), weights=None if weights is None else weights[keep], bandwidth=bandwidth, columns=columns, names=names,
            factors=None if factors is None else np.array(factors, np.float64)[keep],
            kernel=kernel, boundary=checks.choice(boundary, "boundary", document.BOUNDARIES),
        )  # fmt: skip
        return cls._wrapping(law, names=names)

    @classmethod
    def _wrapping(cls, law, *, names=None, posterior=None):
        support = {j: kind for j, kind in enumerate(law.columns) if kind != Line()}
        model = cls(law.bandwidth.tolist(), kernel=law.kernel.name, support=support or None, boundary=law.boundary, adaptive=law.factors is not None)
        model._set(law, names, posterior)
        return model

    def _set(self, law, names, posterior=None):
        self.posterior_, self._averaged = posterior, None if posterior is None else BandwidthDraws(law, posterior)
        self._law, self._evaluator = law, Evaluator(law)
        self.rows_, self.weights_, self.bandwidth_, self.factors_ = law.rows, law.weights, law.bandwidth, law.factors
        self.min_count_ = law.min_count
        self.n_features_in_ = law.shape[1]
        remember_names(self, names)

    def _parameters(self):
        self._require_fitted()
        return self._law

    # ------------------------------------------------------------ scores

    def score_samples(self, X, *, rtol=0.0, num_threads=None):
        """Log density (n_samples,) of each row.

        Parameters
        ----------
        X : array or data frame (n_samples, n_features)
        rtol : float
            Largest relative error of the density, 0 to 0.1. With 0 nothing but rounding is lost. Data whose kernels together cannot
            change the sum by this much are left out; from 1e-4 on the Gaussian kernel is computed in single precision, its rounding included.
        num_threads : int, optional
            Never changes the values.

        Returns
        -------
        ndarray (n_samples,)
            Minus infinity outside bounds and beyond kernels that end; finite in the farthest tails of a Gaussian kernel.
        """
        self._require_fitted()
        rtol = checks.real(rtol, "rtol", minimum=0.0, maximum=0.1)
        scored = self._evaluator if self._averaged is None else self._averaged
        return scored.log_density(self._rows(X), rtol=rtol, num_threads=num_threads)

    @staticmethod
    def cross_validate(X, bandwidths, *, criterion="likelihood", sample_weight=None, num_threads=None):
        """Score bandwidths of a Gaussian kernel by leaving out each row in turn.

        Parameters
        ----------
        X : array (n_samples, n_features)
        bandwidths : array (k,) or (k, n_features)
        criterion : {"likelihood", "least_squares"}
            Mean log density of a row under the others; or minus the estimated integrated squared error, up to a constant.
        sample_weight : array (n_samples,), optional
        num_threads : int, optional

        Returns
        -------
        ndarray (k,)
            Larger is better.

        Examples
        --------
        >>> X = np.arange(6.0)[:, None] ** 2
        >>> scores = KernelDensity.cross_validate(X, [0.5, 4.0, 50.0])
        >>> int(scores.argmax())
        1
        """
        return cross_validated(criterion, X, bandwidths, sample_weight, num_threads)

    def cdf(self, x, *, num_threads=None):
        """P(X <= x) at each x (m,), for one column with an order."""
        from statsim.models.kde import line

        law = self._parameters()
        line.require_line(law, "cdf")
        return line.distribution(law, _numbers(x, "x"))

    def quantile(self, p):
        """The x (m,) with P(X <= x) = p for each p (m,) in (0, 1), for one column with an order."""
        from statsim.models.kde import line

        law, p = self._parameters(), _numbers(p, "p")
        line.require_line(law, "quantile")
        if ((p <= 0) | (p >= 1)).any():
            raise ArgumentError(f"p must be above 0 and below 1, got {float(p[(p <= 0) | (p >= 1)][0])}")
        return line.quantile(law, p)

    def on_grid(self, points=1024, *, bounds=None):
        """The density at the points of a grid of one or two columns.

        Parameters
        ----------
        points : int or (int, int)
            Points of each axis.
        bounds : dict, optional
            Column number to (low, high); default the range of the rows and four bandwidths more.

        Returns
        -------
        axes : tuple of ndarray
        density : ndarray, one axis for each column
            A Gaussian kernel with one bandwidth for all rows is binned and transformed: the error is below 1e-5 of the largest value in one column, 3e-4 in two. Other kernels,
            whose bends and jumps binning would blur, adaptive and renormalised estimates are summed at each point, which is exact and costs what `score_samples` does.

        Examples
        --------
        >>> (x,), density = KernelDensity(bandwidth=1.0).fit([[0.0], [2.0]]).on_grid(101)
        >>> round(float(density.sum() * (x[1] - x[0])), 3)
        1.0
        """
        from statsim.models.kde.grid import density_on_grid

        law = self._parameters()
        if bounds is not None:
            bounds = {self._column(name): pair for name, pair in bounds.items()}
        return density_on_grid(law, points, bounds)

    def _rows(self, X):
        check_names(self, X)
        table = checks.data_matrix(X, n_features=self.n_features_in_, owner=type(self).__name__)
        for j, kind in enumerate(self._law.columns):
            if isinstance(kind, Categorical):
                check_levels(table[:, j], kind, f"column {j}")
            elif isinstance(kind, Circular):
                check_turn(table[:, j], kind, f"column {j}")
        return table

    # ------------------------------------------------------------ sampling

    def _output_layout(self):
        return (self.n_features_in_, np.float64), (None, np.int64)

    def _block_fill(self, key):
        return block_fill(self._parameters(), key)

    def _predictive_fill(self, key):
        return self._averaged.block_fill(key)

    # ------------------------------------------------------------ files

    def _check_saving(self, *, rows):
        if not (rows or self.min_count_):
            raise ArgumentError(
                f"this KernelDensity holds {len(self.rows_)} rows of its data, and a file of it would too; save(path, rows=True) says that this is meant, "
                f"model.private(min_count=10).save(path) writes means of groups instead"
            )

    def _parameters_document(self):
        return {**document.write_parameters(self._parameters(), self._names(slice(None))), **write_posterior(self)}

    @classmethod
    def _from_parameters_document(cls, parameters):
        law = document.read_parameters({name: value for name, value in parameters.items() if name != "posterior"})
        draws = read_posterior(parameters, tuple(f"bandwidth[{j}]" for j in range(law.rows.shape[1])))
        if draws is not None and not (draws.values > 0).all():
            raise FileRefusedError(f"the posterior holds a bandwidth that is not above 0: {float(draws.values.min())!r}")
        return cls._wrapping(law, names=names_of(parameters, law.rows.shape[1]), posterior=draws)


def _sensitivity(adaptive):
    """The exponent of an adaptive estimate; 0 for one bandwidth."""
    if isinstance(adaptive, (bool, np.bool_)):
        return 0.5 if adaptive else 0.0
    return checks.real(adaptive, "adaptive", minimum=0.0, maximum=1.0)


def _that_count(table, weights):
    """The rows that count, a copy of the caller's, and their weights or None."""
    keep = slice(None) if weights is None else weights > 0
    return np.array(table[keep]), None if weights is None else weights[keep]


def _counting(n, weights, counts_rows):
    """The `Counting` of n rows."""
    if weights is None:
        return Counting(np.full(n, 1 / n))
    total = float(weights.sum())
    if not counts_rows:
        return Counting(weights / total)
    if (weights != np.floor(weights)).any():
        row = int(np.argmax(weights != np.floor(weights)))
        raise ArgumentError(f"weight_type='frequency': sample_weight must be whole numbers, the rows that each row stands for; got {float(weights[row])!r}; use 'reliability' for other weights")
    return Counting(weights / total, total)


def _numbers(values, name):
    array = np.atleast_1d(np.asarray(values, np.float64))
    if array.ndim != 1 or np.isnan(array).any():
        raise ArgumentError(f"{name} must be numbers (m,), got {values!r:.100}")
    return array
