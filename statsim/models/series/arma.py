"""ARMA series. Brockwell, Davis (1991), Time Series: Theory and Methods, chapters 3 and 8; Harvey (1989), Forecasting, section 3.3."""

from typing import ClassVar

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError
from statsim.estimators.likelihood_ascent import LikelihoodAscent
from statsim.model import closed
from statsim.models.feature_names import named, with_names, without_names
from statsim.models.series import checked
from statsim.models.series.arma_law import ArmaLaw, checked_arma
from statsim.models.series.arma_starts import fit_from_starts
from statsim.models.series.arma_steps import ArmaSteps
from statsim.models.series.autoregressive_fit import TRENDS
from statsim.models.series.autoregressive_steps import checked_noise
from statsim.models.series.prepared import prepare
from statsim.models.series.series_model import SeriesModel, require_finite
from statsim.models.series.state_space import StateSpace



class ARMA(SeriesModel):
    r"""ARMA series, :math:`y_t = c + \delta t + \sum_{i=1}^p \phi_i y_{t-i} + e_t + \sum_{j=1}^q \theta_j e_{t-j}`, :math:`e_t \sim N(0, \sigma^2)`.

    Sampling, likelihood and forecasts are exact, by way of the state space form begun in the stationary law, or after known values.

    Parameters
    ----------
    order : (int, int)
        p and q.
    trend : {"c", "n", "ct"}
        An intercept; none; an intercept and a slope. Steps count from t = 1.
    method : str or LikelihoodAscent
        How `fit` works; "mle" is the exact Gaussian likelihood over stationary and invertible parameters, climbed from several starts, since with a moving
        average it may have several maxima.
    initial : array (p,), optional
        The values before the first step, the oldest first; the shocks before it are then zero. Left out, a sequence begins in the stationary law, and an
        explosive or unit-root series is refused.
    missing : {"raise", "mar"}
        "mar" takes NaN as a value missing at random.

    Attributes
    ----------
    ar_, ma_ : ndarray (p,), (q,)
    intercept_, slope_, noise_variance_ : float
    initial_ : ndarray (p,) or None
    fit_result_ : FitResult
    n_features_in_ : int

    Examples
    --------
    >>> model = ARMA.from_parameters(ar=[0.7], ma=[0.4], noise_variance=1.0)
    >>> fitted = ARMA((1, 1)).fit(model.sample(2_000, rng=1))
    >>> bool(abs(fitted.ar_[0] - 0.7) < 0.15 and abs(fitted.ma_[0] - 0.4) < 0.15)
    True
    """

    _methods: ClassVar[dict] = {"mle": LikelihoodAscent}

    def __init__(self, order=(1, 1), *, trend="c", method="mle", initial=None, missing="raise"):
        self.order = order
        self.trend = trend
        self.method = method
        self.initial = initial
        self.missing = missing

    # ------------------------------------------------------------ making one

    def fit(self, X, y=None, sample_weight=None):
        """Learn the parameters.

        Parameters
        ----------
        X : array (n_steps,) or (n_steps, 1), list of such arrays, or (array, lengths)
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
            For constant series.
        """
        orders = _orders(self.order)
        trend = checks.choice(self.trend, "trend", TRENDS)
        initial = None if self.initial is None else checked.array(self.initial, "initial", (orders[0],))
        method, sequences, weights = self._read(X, sample_weight, n_features=1)
        needed, steps = sum(orders) + 1 + TRENDS.index(trend), int(sequences.lengths[weights > 0].sum())
        if steps <= needed:
            raise ArgumentError(f"X has {steps} step(s), but order={orders} with trend={self.trend!r} needs more than {needed}; use a lower order")
        rows = prepare(sequences, weights, centred=trend != "n", timed=trend == "ct", initial=None)
        centre, scale = float(rows.centre[0]), float(rows.scale[0])
        known = None if initial is None else (initial - centre) / scale
        law, result = fit_from_starts(method, lambda start: ArmaSteps(rows, orders, trend, initial=known, coefficients=start), orders)
        checked_noise(np.array([[law.noise]]))
        self._set(_in_data_units(law, centre, scale, initial))
        self._remember_fit(result, method, sequences)
        return self

    @classmethod
    def from_parameters(cls, *, ar=(), ma=(), intercept=0.0, slope=0.0, noise_variance, initial=None):
        """An ARMA series with known parameters, ready to use.

        Parameters
        ----------
        ar, ma : array (p,), (q,)
            The first is that of the last value, of the last shock. The AR part must be stationary; the MA part may be any.
        intercept, slope : float
        noise_variance : float
            Positive.
        initial : array (p,), optional
            The values before the first step, the oldest first, with shocks of zero; needed where there is no stationary law.

        Returns
        -------
        ARMA

        Raises
        ------
        ArgumentError
            For an AR part that is not stationary, without `initial`; the message shows the largest root.
        """
        law = checked_arma(ar=ar, ma=ma, intercept=intercept, noise_variance=noise_variance, slope=slope, initial=initial)
        return cls._wrapping(law, trend="ct" if law.slope else "c")

    @classmethod
    def _wrapping(cls, law, *, trend, missing="raise"):
        model = cls((len(law.ar), len(law.ma)), trend=trend, initial=law.initial, missing=missing)
        model._set(law)
        return model

    def _set(self, law):
        self.ar_, self.ma_, self.intercept_, self.slope_ = law.ar, law.ma, law.intercept, law.slope
        self.noise_variance_, self.initial_ = law.noise, law.initial
        self.n_features_in_ = 1

    def _law(self):
        self._require_fitted()
        return ArmaLaw(self.ar_, self.ma_, self.intercept_, self.noise_variance_, self.slope_, self.initial_)

    def _form(self):
        return self._law().form()

    # ------------------------------------------------------------ sampling and scores

    def _output_layout(self):
        return ((1, np.float64),)

    def _sequence_fill(self, key):
        form = self._form()
        _ = form.factors  # once, before the threads

        def fill(first, offsets, arrays):
            form.fill(key, first, offsets, *arrays, np.empty((len(arrays[0]), form.shape[1])))
            require_finite(first, offsets, arrays[0])

        return fill

    def _log_likelihoods(self, sequences):
        return self._form().log_likelihoods(sequences)

    def _innovations(self, sequences):
        return self._form().innovations(sequences)

    def n_parameters(self):
        """Number of free parameters: coefficients, trend and noise variance."""
        return sum(_orders(self.order)) + 1 + TRENDS.index(self.trend)

    # ------------------------------------------------------------ other laws

    def given(self, history):
        """The law of what follows `history`, as a `StateSpace`: exact forecast draws are its `sample`.

        Parameters
        ----------
        history : array (n_steps,) or (n_steps, 1)
            One sequence from its first step on; NaN where missing="mar".

        Returns
        -------
        StateSpace
        """
        return StateSpace._wrapping(self._form().after(self._one(history, "history")), missing=self.missing)

    def to_state_space(self):
        """The same law as a `StateSpace` with max(p, q + 1) states, and the time where there is a slope."""
        return StateSpace._wrapping(self._form(), missing=self.missing)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        law = self._law()
        document = {
            "ar": law.ar.tolist(), "ma": law.ma.tolist(), "intercept": law.intercept, "noise_variance": law.noise,
            "trend": self.trend, "missing": self.missing,
        }  # fmt: skip
        if law.slope or law.initial is not None:  # files of other laws stay as they were
            document |= {"slope": law.slope, "initial": None if law.initial is None else law.initial.tolist()}
        return with_names(document, self)

    @classmethod
    def _from_parameters_document(cls, parameters):
        parameters, names = without_names(parameters)
        parameters = {"slope": 0.0, "initial": None, **parameters}
        closed(parameters, ("ar", "ma", "intercept", "noise_variance", "slope", "initial", "trend", "missing"))
        arrays = {name: files.array_from_document(parameters[name], name, shape=(None,)) for name in ("ar", "ma")}
        numbers = {name: checks.real(parameters[name], name) for name in ("intercept", "noise_variance", "slope")}
        initial = parameters["initial"]
        initial = None if initial is None else files.array_from_document(initial, "initial", shape=(None,))
        law = checked_arma(**arrays, **numbers, initial=initial)
        trend = checks.choice(parameters["trend"], "trend", TRENDS)
        if law.slope and trend != "ct":
            raise FileRefusedError(f"trend={trend!r} does not go with the slope {law.slope} in the file")
        return named(cls._wrapping(law, trend=trend, missing=checks.choice(parameters["missing"], "missing", ("raise", "mar"))), names)


def _orders(order):
    if not isinstance(order, (tuple, list)) or len(order) != 2:
        raise ArgumentTypeError(f"order must be a pair (p, q), got {order!r}")
    return checks.integer(order[0], "order[0]", minimum=0), checks.integer(order[1], "order[1]", minimum=0)


def _in_data_units(law, centre, scale, initial):
    intercept = scale * law.intercept + centre * (1.0 - law.ar.sum())
    return ArmaLaw(law.ar, law.ma, float(intercept), law.noise * scale * scale, law.slope * scale, initial)
