"""Linear Gaussian state space models. Durbin, Koopman (2012), Time Series Analysis by State Space Methods, second edition."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.expectation_maximisation import EM
from statsim.models.feature_names import named, with_names, without_names
from statsim.models.series.linear_gaussian import LinearGaussian
from statsim.models.series.prepared import prepare
from statsim.models.series.series_model import SeriesModel, require_finite
from statsim.models.series.state_space_parameters import checked_model, read_model, write_model
from statsim.models.series.state_space_start import first_model
from statsim.models.series.state_space_steps import COVARIANCES, PARAMETERS, StateSpaceSteps

_USUAL = ("transition", "observation", "observation_covariance", "observation_intercept", "initial_mean")


@dataclass(frozen=True)
class StateLaws:
    """Normal laws of the states of one sequence: `mean` (n_steps, m) and `covariance` (n_steps, m, m)."""

    mean: np.ndarray
    covariance: np.ndarray


class StateSpace(SeriesModel):
    r"""Linear Gaussian state space model.

    .. math:: y_t = d + Z \alpha_t + \varepsilon_t, \qquad \alpha_{t+1} = c + T \alpha_t + \eta_t

    with :math:`\varepsilon_t \sim N(0, H)`, :math:`\eta_t \sim N(0, Q)` and :math:`\alpha_1 \sim N(a_1, P_1)`.

    Parameters
    ----------
    n_states : int, optional
        m; left out, that of `start`, or 1.
    estimate : tuple of str
        What `fit` estimates; the rest stays as in `start`.
    diagonal : tuple of str
        Which of the covariances are estimated without correlations.
    start : StateSpace, optional
        Where EM begins. Left out, principal components of the data are the first states, in the basis where the state noise has unit
        covariance; only its rotations are then arbitrary.
    method : str or EM
        How `fit` works; "mle" is `EM()`.
    missing : {"raise", "mar"}
        "mar" takes NaN as a value missing at random.

    Attributes
    ----------
    transition_, observation_ : ndarray (m, m), (k, m)
        T and Z.
    state_covariance_, observation_covariance_ : ndarray (m, m), (k, k)
        Q and H; with a selection matrix R, Q is R Q R'.
    state_intercept_, observation_intercept_ : ndarray (m,), (k,)
        c and d.
    initial_mean_, initial_covariance_ : ndarray (m,), (m, m)
        a_1 and P_1.
    initial_diffuse_ : ndarray (m, m) or None
        What is infinite of the first variance.
    fit_result_ : FitResult
    n_features_in_ : int

    Examples
    --------
    >>> level = StateSpace.from_parameters(
    ...     transition=[[1.0]], observation=[[1.0]], state_covariance=[[0.25]], observation_covariance=[[1.0]],
    ...     initial_mean=[0.0], initial_covariance=[[1.0]],
    ... )
    >>> values, states = level.sample(200, rng=1, return_latent=True)
    >>> values.shape, states.shape
    ((200, 1), (200, 1))
    >>> variances = ("state_covariance", "observation_covariance")
    >>> StateSpace(start=level, estimate=variances).fit(values).fit_result_.converged
    True
    """

    _methods: ClassVar[dict] = {"mle": EM}

    def __init__(self, n_states=None, *, estimate=_USUAL, diagonal=(), start=None, method="mle", missing="raise"):
        self.n_states = n_states
        self.estimate = estimate
        self.diagonal = diagonal
        self.start = start
        self.method = method
        self.missing = missing

    # ------------------------------------------------------------ making one

    def fit(self, X, y=None, sample_weight=None):
        """Learn the parameters named in `estimate`.

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
            For constant columns, and when EM leads to a singular model.
        """
        free, diagonal = self._chosen()
        method, sequences, weights = self._read(X, sample_weight)
        rows = prepare(sequences, weights, centred=True, timed=False, initial=None)
        steps = StateSpaceSteps(rows.parts(), rows.weights, self._first(rows), free, diagonal, -rows.log_scale_total())
        model, result = method.fit(steps)
        self._set(model.rescaled(rows.scale, rows.centre))
        self._remember_fit(result, method, sequences)
        return self

    def _chosen(self):
        free = tuple(checks.choice(name, "estimate", PARAMETERS) for name in self.estimate)
        if not free:
            raise ArgumentError(f"estimate must name what to estimate, one or more of {PARAMETERS}; got none")
        return free, tuple(checks.choice(name, "diagonal", COVARIANCES) for name in self.diagonal)

    def _first(self, rows):
        """The model that EM begins at, of the standardised values."""
        k = rows.values.shape[1]
        if self.start is None:
            return first_model(rows.filled().parts(), checks.integer(1 if self.n_states is None else self.n_states, "n_states", minimum=1))
        if not isinstance(self.start, StateSpace):
            raise ArgumentTypeError(f"start must be a StateSpace with parameters, got {self.start!r}")
        first = self.start._form()
        if self.n_states not in (None, first.shape[1]) or first.shape[0] != k:
            raise ArgumentError(f"start has {first.shape[1]} states and {first.shape[0]} columns, but n_states={self.n_states} and X has {k} columns")
        return first.rescaled(1.0 / rows.scale, -rows.centre / rows.scale)

    @classmethod
    def from_parameters(
        cls, *, transition, observation, state_covariance, observation_covariance, selection=None, state_intercept=None,
        observation_intercept=None, initial_mean=None, initial_covariance=None, initial_diffuse=None,
    ):  # fmt: skip
        """A state space model with known parameters, ready to use.

        Parameters
        ----------
        transition : array (m, m)
            T.
        observation : array (k, m)
            Z.
        state_covariance : array (m, m), or (r, r) with `selection`
            Q; may be singular.
        observation_covariance : array (k, k)
            H; may be singular.
        selection : array (m, r), optional
            R: the state moves by R eta.
        state_intercept, observation_intercept : array (m,), (k,), optional
            c and d; default zero.
        initial_mean, initial_covariance : array (m,), (m, m), optional
            a_1 and P_1; default the stationary law of the states.
        initial_diffuse : True, array (m,) of bool or array (m, m), optional
            The states whose first variance is infinite, exactly (Durbin, Koopman 2012, chapter 5): nothing is known of them before the data. With a matrix
            P the variance is the limit of P_1 + k P for k to infinity, and likelihoods leave out the power of k. The other states default to
            their stationary law.

        Returns
        -------
        StateSpace

        Raises
        ------
        ArgumentError
            For wrong shapes, matrices that are no covariances, and states without a stationary law and without a first state.
        """
        model = checked_model(
            transition=transition, observation=observation, state_covariance=state_covariance, observation_covariance=observation_covariance,
            selection=selection, state_intercept=state_intercept, observation_intercept=observation_intercept, initial_mean=initial_mean,
            initial_covariance=initial_covariance, initial_diffuse=initial_diffuse,
        )  # fmt: skip
        return cls._wrapping(model)

    @classmethod
    def _wrapping(cls, model, *, missing="raise", **structure):
        result = cls(model.shape[1], missing=missing, **structure)
        result._set(model)
        return result

    def _set(self, model):
        for name in PARAMETERS:
            setattr(self, f"{name}_", getattr(model, name))
        self.initial_diffuse_ = model.initial_diffuse
        self.n_features_in_ = model.shape[0]

    def _form(self):
        self._require_fitted()
        return LinearGaussian(**{name: getattr(self, f"{name}_") for name in PARAMETERS}, initial_diffuse=self.initial_diffuse_)

    # ------------------------------------------------------------ sampling

    def _output_layout(self):
        return (self.n_features_in_, np.float64), (len(self.initial_mean_), np.float64)

    def _sequence_fill(self, key):
        model = self._form()
        model.require_proper("draws")
        _ = model.factors  # once, before the threads

        def fill(first, offsets, arrays):
            model.fill(key, first, offsets, *arrays)
            require_finite(first, offsets, arrays[0])

        return fill

    def sample_states(self, X, n_draws=1, *, rng=None):
        """Draw the states of a sequence given its values (simulation smoother).

        Parameters
        ----------
        X : array (n_steps, n_features)
        n_draws : int
        rng : None, int, SeedSequence or Generator

        Returns
        -------
        ndarray (n_draws, n_steps, m)
        """
        model, values = self._form(), self._one(X, "X")
        model.require_proper("draws of states")
        count = checks.integer(n_draws, "n_draws", minimum=0)
        m = model.shape[1]
        checks.memory(8 * (count + 3 * m) * len(values) * m, None, what=f"{count} draws of {len(values)} states", remedy="draw fewer at a time")
        return model.state_draws(values, rngs.stream_key(rng, rngs.Purpose.SAMPLE, 1), count)

    # ------------------------------------------------------------ scores and states

    def _log_likelihoods(self, sequences):
        return self._form().log_likelihoods(sequences)

    def _innovations(self, sequences):
        return self._form().innovations(sequences)

    def filtered_states(self, X):
        """Laws of the states given the values up to each step.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)

        Returns
        -------
        StateLaws, or list of them, as X was given
        """

        def laws(model, part):
            known = model.filtered(part)
            return StateLaws(known.filtered_means, known.filtered_covariances)

        return self._each(X, laws)

    def smoothed_states(self, X):
        """Laws of the states given all values of a sequence.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)

        Returns
        -------
        StateLaws, or list of them, as X was given
        """

        def laws(model, part):
            smoothed, _ = model.smoothed(part)
            return StateLaws(smoothed.means, smoothed.covariances)

        return self._each(X, laws)

    def _each(self, X, function):
        model, sequences = self._form(), self._sequences(X)
        if sequences.is_single:
            return function(model, sequences.values)
        return [function(model, part) for part in sequences.split(sequences.values)]

    def n_parameters(self):
        """Number of free parameters among those in `estimate`; what another basis of the states would undo is not counted."""
        model, (free, diagonal) = self._form(), self._chosen()
        m, total = model.shape[1], 0
        for name in free:
            size = len(getattr(model, name))
            if name in COVARIANCES:
                total += size if name in diagonal else size * (size + 1) // 2
            else:
                total += getattr(model, name).size
        if {"transition", "observation"} <= set(free):
            moved = "state_covariance" in free and "state_covariance" not in diagonal
            total -= m * m if moved else m * (m - 1) // 2 if "state_covariance" not in free else 0
        return total - (m if {"state_intercept", "observation_intercept"} <= set(free) else 0)

    # ------------------------------------------------------------ other laws

    def given(self, history):
        """The law of what follows `history`: exact forecast draws are its `sample`.

        Parameters
        ----------
        history : array (n_steps, n_features) or (n_steps,)
            One sequence from its first step on; NaN where missing="mar".

        Returns
        -------
        StateSpace
            It begins with the law of the next state.
        """
        return self._wrapping(self._form().after(self._one(history, "history")), missing=self.missing)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return with_names(write_model(self._form(), self.missing, self.estimate, self.diagonal), self)

    @classmethod
    def _from_parameters_document(cls, parameters):
        parameters, names = without_names(parameters)
        model, missing, estimate, diagonal = read_model(parameters)
        return named(cls._wrapping(model, missing=missing, estimate=estimate, diagonal=diagonal), names)
