"""The base of laws of one number, censored and truncated data included."""

from typing import ClassVar

import numpy as np

from statsim import files
from statsim.errors import ArgumentError, FitError
from statsim.distributions.priors import Independent
from statsim.model import closed
from statsim.models.laws.bounds import bounds_of
from statsim.models.laws.law_model import LawModel, checked_fixed, number_to_document
from statsim.models.laws.observations import as_values, observed
from statsim.models.laws.streamed import gather
from statsim.tables.batches import batches_of


class NumberLaw(LawModel):
    """A law of one number. A subclass supplies the steps of `LawModel` and those below."""

    _names: ClassVar[tuple] = ()
    _supports: ClassVar[tuple] = ()
    _words: ClassVar[str] = "any number"
    """The values that the law can take, in words."""
    _takes_batches: ClassVar[bool] = True
    _summary: ClassVar = None
    """The `statsim.models.laws.summaries.Summary` that says all a law asks of data, or None."""
    _spacing: ClassVar[float] = 0.0
    """Distance of the values of a law of counts."""

    fixed = None

    def __init__(self, *, method="mle", rng=None):
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ steps of a subclass

    def _inside(self, values):
        """Which values (n,) the law can take."""
        return np.ones(len(values), bool)

    @staticmethod
    def _log_cdf(x, full):
        """log P(X <= x) for x (n,), infinities included; accurate in the lower tail."""
        raise TypeError("a law lacks the step _log_cdf")

    @staticmethod
    def _log_sf(x, full):
        """log P(X > x), accurate in the upper tail."""
        raise TypeError("a law lacks the step _log_sf")

    @staticmethod
    def _quantile(q, full):
        """The smallest x with P(X <= x) >= q, for q (n,) in [0, 1]."""
        raise TypeError("a law lacks the step _quantile")

    @staticmethod
    def _moments(full):
        """Mean and variance; infinite or NaN where there are none."""
        raise TypeError("a law lacks the step _moments")

    @staticmethod
    def _unit_of_reals(full):
        """The spread that a parameter without bounds is measured by: the scale, which stands last."""
        return full[-1]

    def _weak_priors(self, data):
        """A weak prior for every parameter by name, on the scale of whole `data`."""
        raise TypeError(f"{type(self).__name__} lacks the step _weak_priors")

    # ------------------------------------------------------------ parameters

    def _all_names(self):
        return self._names

    def _all_supports(self):
        return self._supports

    def _known(self):
        known = checked_fixed(self.fixed, self._names, type(self).__name__)
        if known:
            wrong = [name for name, support in zip(self._names, self._supports, strict=True) if name in known and not bounds_of(support)[0] < known[name] < bounds_of(support)[1]]
            if wrong:
                raise ArgumentError(f"fixed[{wrong[0]!r}] = {known[wrong[0]]!r} is no {wrong[0]} that {type(self).__name__} can have")
        return known

    def _rebuilt(self, full):
        model = type(self).from_parameters(**dict(zip(self._names, full.tolist(), strict=True)))
        return model.set_params(**self.get_params())

    def _default_prior(self, data):
        weak = self._weak_priors(data.stand_ins())
        return Independent({name: weak[name] for name in self.parameter_names})

    # ------------------------------------------------------------ fitting

    def fit(self, X, y=None, sample_weight=None, *, censoring=None, upper=None, truncation=None):
        """Learn the parameters.

        Parameters
        ----------
        X : array (n_samples,) or (n_samples, 1), or batches of them
            A Parquet path, an iterable of batches or `Batches`: read once, in the memory of two batches.
        y : ignored
        sample_weight : array (n_samples,), optional
            Non-negative; weight 2 is the row twice, weight 0 is no row. Of batches the name of a column.
        censoring : array (n_samples,) of {"none", "left", "right", "interval"}, optional
            What is known of each row: its value; that it is at most X; at least X; or between X and `upper`. Ends are included,
            which matters for counts: "right" at 5 means 5 or more.
        upper : array (n_samples,), optional
            The upper ends of the rows with "interval".
        truncation : (low, high), optional
            Ends, either None, outside which no row could have been seen, however many there were.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError
            For values that the law cannot take (with their place), weights or a prior that cannot be used.
        FitError
            For data that the law cannot be fitted to.

        Warns
        -----
        FitWarning
            For a climb that did not converge, or a maximum at the edge of the law.
        """
        self._known()
        if (batches := batches_of(X, sample_weight, vectors=True)) is not None:
            return self._fit_batches(batches, censoring=censoring, upper=upper, truncation=truncation)
        values = as_values(X)
        self._check_values(values)
        data = observed(values, sample_weight, censoring=censoring, upper=upper, truncation=truncation)
        if not len(data.values) and not np.isfinite(np.concatenate([data.low, -data.high])).any():
            raise FitError("no row says anything of its value; give rows that were seen, or ends")
        if self._method().name == "mle" and not len(data.values):
            _check_both_sides(data)
        return self._fit(data, len(values))

    def _fit_batches(self, batches, **ends):
        """The fit to values that need not fit in memory."""
        given = [name for name, value in ends.items() if value is not None]
        if given:
            raise ArgumentError(f"{given[0]} is for values in memory; batches are fitted whole")
        data = gather(batches, type(self), self._check_values)
        return self._fit(data, batches.n_rows)

    def _check_values(self, values):
        outside = np.flatnonzero(~self._inside(values))
        if outside.size:
            raise ArgumentError(f"X[{outside[0]}] = {values[outside[0]]:.17g} is no value of {type(self).__name__}, which takes {self._words}; leave such rows out, or use another law")

    def _as_data(self, X):
        return as_values(X)

    # ------------------------------------------------------------ the law

    def cdf(self, x):
        """P(X <= x), of the shape of x, at the parameters of the fit."""
        self._require_fitted()
        x = np.asarray(x, float)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
            return np.exp(self._log_cdf(x.ravel(), self._all_values())).reshape(x.shape)[()]

    def quantile(self, q):
        """The smallest x with P(X <= x) >= q, of the shape of q, at the parameters of the fit.

        Raises
        ------
        ArgumentError
            For a q outside [0, 1].
        """
        self._require_fitted()
        q = np.asarray(q, float)
        if not ((q >= 0) & (q <= 1)).all():
            raise ArgumentError(f"q must lie in [0, 1], got {q[~((q >= 0) & (q <= 1))].ravel()[0]}")
        with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
            return np.asarray(self._quantile(q.ravel(), self._all_values())).reshape(q.shape)[()]

    def mean(self):
        """Mean of the law at the parameters of the fit; infinite or NaN where it has none."""
        self._require_fitted()
        return float(self._moments(self._all_values())[0])

    def variance(self):
        """Variance of the law at the parameters of the fit; infinite or NaN where it has none."""
        self._require_fitted()
        return float(self._moments(self._all_values())[1])

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        values = {name: number_to_document(getattr(self, f"{name}_")) for name in self._names}
        fixed = {"fixed": sorted(self.fixed)} if self.fixed else {}
        return {**values, **fixed, **self._posterior_document()}

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, cls._names, ("fixed", "posterior"))
        values = {name: float(files.array_from_document(parameters[name], name, shape=(1,))[0]) for name in cls._names}
        model = cls.from_parameters(**values)
        fixed = parameters.get("fixed", [])
        if not isinstance(fixed, list) or not all(isinstance(name, str) for name in fixed):
            raise ArgumentError(f"fixed must be a list of parameter names, got {fixed!r:.80}")
        model.fixed = {name: values.get(name, 0.0) for name in fixed} or None
        model._known()
        return model._read_posterior(parameters)


def _check_both_sides(data):
    """Raise where the rows have no more to say than that the law lies far enough on one side."""
    for side, ends in (("above", data.high), ("below", data.low)):
        if data.window is None and np.isinf(ends).all():
            raise FitError(f"every row is censored from {side}: the likelihood has no maximum; use method='bayes' or 'map' with a prior")


class CountLaw(NumberLaw):
    """A law of counts 0, 1, 2, ...; draws are integers."""

    _words = "whole numbers 0, 1, 2, ..."
    _spacing = 1.0

    def _inside(self, values):
        return (values >= 0) & (values == np.floor(values))

    def _output_layout(self):
        return ((None, np.int64),)

    # ------------------------------------------------------------ steps of a subclass

    @staticmethod
    def _tails(k, full):
        """P(X <= k) and P(X > k) at finite whole k >= 0 (n,)."""
        raise TypeError("a law lacks the step _tails")

    @staticmethod
    def _last(full):
        """The largest count."""
        return np.inf

    # ------------------------------------------------------------ the law

    def _log_cdf(self, x, full):
        k, low, high = _whole(x)
        return np.where(low, -np.inf, np.where(high, 0.0, np.log(self._tails(k, full)[0])))

    def _log_sf(self, x, full):
        k, low, high = _whole(x)
        return np.where(low, 0.0, np.where(high, -np.inf, np.log(self._tails(k, full)[1])))

    def _quantile(self, q, full):
        """By bisection of the whole numbers."""
        enough = q * (1 - _ROUNDING)
        low, high = np.full(len(q), -1.0), np.ones(len(q))
        while (short := (self._tails(high, full)[0] < enough) & (high < _LARGEST)).any():
            high = np.where(short, 2 * high, high)
        while (high - low > 1).any():
            middle = np.floor(0.5 * (low + high))
            reached = self._tails(np.maximum(middle, 0.0), full)[0] >= enough
            low, high = np.where(reached, low, np.minimum(middle, high - 1)), np.where(reached, np.maximum(middle, low + 1), high)
        first = 0.0 if self._inside(np.zeros(1))[0] else 1.0
        return np.where(q == 1, self._last(full), np.maximum(high, first))


_ROUNDING = 1e-15
_LARGEST = 2.0**62


def _whole(x):
    """floor(x) kept finite, where x lies below 0, and where it is infinite."""
    return np.floor(np.clip(x, 0.0, _LARGEST)), x < 0, np.isposinf(x)
