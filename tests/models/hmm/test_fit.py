"""Baum-Welch: an objective that never falls, oracles for its steps, structure that is kept, data it must refuse."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError, FitWarning
from statsim.models.hmm.chain import Chain, stationary
from statsim.models.hmm.emissions import Categorical, Gaussian
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from statsim.models.hmm.stationary_start import raised
from tests.models.hmm.cases import MODELS, categorical, gaussian, left_right
from tests.models.hmm.recovery import assert_recovers

QUICK = ss.MLE(n_init=6)


def fitted(name, X, **options):
    model = MODELS[name]()
    options = {"emission": Gaussian(model.emission_.covariance_type) if name != "categorical" else "categorical", "method": QUICK, "rng": 0, **options}
    if name == "left-right":
        options["topology"] = "left-right"
    return HiddenMarkovModel(len(model.startprob_), **options).fit(X)


@pytest.fixture(scope="module")
def fits():
    """Each law fitted to a sample of it."""
    found = {}
    for name, make in MODELS.items():
        X = make().sample(60, n_sequences=60, rng=11)
        found[name] = X, fitted(name, X)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_the_objective_never_falls_and_beats_the_truth(fits, name):
    X, model = fits[name]
    path = model.fit_result_.path
    assert np.diff(path).min() >= -1e-10 * abs(path[-1])
    assert model.fit_result_.converged
    assert_allclose(model.log_likelihood(X), model.fit_result_.objective, rtol=1e-9)
    assert model.log_likelihood(X) >= MODELS[name]().log_likelihood(X)


@pytest.mark.parametrize("name", MODELS)
def test_a_fit_to_a_sample_recovers_the_model(fits, name):
    X, model = fits[name]
    assert_recovers(model, MODELS[name](), X)
    other = MODELS[name]()
    moved = HiddenMarkovModel.from_parameters(startprob=other.startprob_, transmat=0.5 * other.transmat_ + 0.5 / len(other.startprob_), emission=other.emission_)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):  # a chain that forgets half
        assert_recovers(model, moved, X)


def test_no_other_parameters_are_more_likely():
    """The fit of a small categorical model is a local optimum of the likelihood itself."""
    X = categorical().sample(30, n_sequences=10, rng=4)
    model = HiddenMarkovModel(2, emission="categorical", rng=0).fit(X)
    best = model.log_likelihood(X)

    def minus(v):
        table = [np.exp(row - np.logaddexp.reduce(row)) for row in np.array_split(v, [2, 4, 6, 9])]
        other = HiddenMarkovModel.from_parameters(startprob=table[0], transmat=table[1:3], emission=Categorical(probabilities=table[3:]))
        return -other.log_likelihood(X)

    with np.errstate(divide="ignore"):
        at = np.concatenate([np.log(np.maximum(part, 1e-12)).ravel() for part in (model.startprob_, model.transmat_, model.emission_.probabilities)])
    polished = optimize.minimize(minus, at, method="BFGS", options={"maxiter": 60})
    assert -polished.fun - best < 1e-5


def test_one_state_is_the_normal_law():
    X = np.random.default_rng(0).normal(size=(200, 2)) * [2.0, 0.5] + [10.0, -3.0]
    model = HiddenMarkovModel(1, rng=0).fit(X)
    assert_allclose(model.emission_.means[0], X.mean(axis=0), rtol=1e-10)
    assert_allclose(model.emission_.covariances[0], np.cov(X.T, bias=True), rtol=1e-9)


@pytest.mark.parametrize("name", ["full", "categorical"])
def test_weight_two_is_the_sequence_twice_and_zero_is_none(name):
    X = MODELS[name]().sample(40, n_sequences=6, rng=2)
    first = MODELS[name]()
    steps = {"warm_start": True, "method": ss.MLE(max_iter=5)}

    def run(X, weights=None):
        model = HiddenMarkovModel(len(first.startprob_), emission=first.emission, **steps)
        model._set(first._law(), None)
        with pytest.warns(FitWarning):
            return model.fit(X, sample_weight=weights)

    weighted, repeated = run(X, [2, 1, 1, 0, 1, 1]), run([X[0], X[0], X[1], X[2], X[4], X[5]])
    assert_allclose(weighted.transmat_, repeated.transmat_, rtol=1e-10, atol=1e-14)
    assert_allclose(weighted.emission_.mean(), repeated.emission_.mean(), rtol=1e-10)


def test_units_do_not_matter():
    X = gaussian("diag").sample(50, n_sequences=8, rng=3)
    moved = [part * [2.0**40, 2.0**-30] + [2.0**60, 0.0] * np.array([0.0, 1.0]) for part in X]
    a, b = (HiddenMarkovModel(3, emission=Gaussian("diag"), method=QUICK, rng=0).fit(part) for part in (X, moved))
    assert_allclose(a.transmat_, b.transmat_, rtol=1e-10)
    assert_allclose(b.emission_.means, a.emission_.means * [2.0**40, 2.0**-30], rtol=1e-10)
    assert_allclose(b.score(moved), a.score(X) - np.log(2.0**10), rtol=1e-10)


def test_float32_and_any_layout():
    X = gaussian().sample(100, rng=1)
    model = gaussian()
    for other in (X.astype(np.float32), np.asfortranarray(X), X[::-1][::-1], X.tolist()):
        assert_allclose(model.score(other), model.score(X), rtol=1e-6)
    X.flags.writeable = False
    model.score(X)


def test_structure_is_kept():
    X = left_right().sample(60, n_sequences=20, rng=5)
    model = HiddenMarkovModel(3, emission=Gaussian("diag"), topology="left-right", method=QUICK, rng=0).fit(X)
    assert_array_equal(model.startprob_, [1, 0, 0])
    assert (model.transmat_[[1, 2, 2, 0], [0, 0, 1, 2]] == 0).all()
    banded = HiddenMarkovModel(3, emission=Gaussian("diag"), topology="banded", method=QUICK, rng=0).fit(X)
    assert banded.transmat_[0, 2] == banded.transmat_[2, 0] == 0
    mask = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], bool)
    ring = HiddenMarkovModel(3, emission=Gaussian("diag"), topology=mask, method=QUICK, rng=0).fit(X)
    assert (ring.transmat_[~mask] == 0).all()


def test_the_start_is_what_was_asked_for():
    X = gaussian().sample(30, n_sequences=30, rng=6)
    options = {"method": QUICK, "rng": 0}
    stationary_fit = HiddenMarkovModel(3, start="stationary", **options).fit(X)
    assert_allclose(stationary_fit.startprob_, stationary(stationary_fit.transmat_), rtol=1e-9)
    assert np.diff(stationary_fit.fit_result_.path).min() >= -1e-10 * abs(stationary_fit.fit_result_.objective)
    given = HiddenMarkovModel(3, start=[0.2, 0.3, 0.5], topology=np.ones((3, 3), bool), **options).fit(X)
    assert_array_equal(given.startprob_, [0.2, 0.3, 0.5])
    free = HiddenMarkovModel(3, **options).fit(X)
    assert free.log_likelihood(X) >= stationary_fit.log_likelihood(X)


def test_a_stationary_start_ends_at_an_optimum():
    """The gradient of the expected log-likelihood along every row vanishes at the fixed point."""
    rng = np.random.default_rng(1)
    pairs, first = rng.uniform(1, 10, (3, 3)), rng.uniform(1, 10, 3)
    chain = Chain(np.full(3, 1 / 3), np.full((3, 3), 1 / 3))
    for _ in range(500):
        chain = raised(chain, pairs, first)

    def value(logs):
        transmat = np.exp(logs.reshape(3, 3))
        transmat /= transmat.sum(axis=1, keepdims=True)
        return (pairs * np.log(transmat)).sum() + (first * np.log(stationary(transmat))).sum()

    at, step = np.log(chain.transmat).ravel(), 1e-5
    slopes = [(value(at + step * e) - value(at - step * e)) / (2 * step) for e in np.eye(9)]
    rounding = np.finfo(float).eps * abs(value(at)) / step  # of a central difference; its own error is of the order of step squared
    assert np.abs(slopes).max() < 10 * rounding + 10 * step**2 * pairs.sum()
    best = optimize.minimize(lambda logs: -value(logs), np.zeros(9), method="BFGS", options={"gtol": 1e-7})
    assert_allclose(value(at), -best.fun, rtol=1e-10)


def test_missing_values_are_missing_at_random():
    rng = np.random.default_rng(3)
    X = gaussian().sample(50, n_sequences=40, rng=9)
    gone = [np.where(rng.uniform(size=part.shape) < 0.2, np.nan, part) for part in X]
    gone[0][:3] = np.nan
    model = HiddenMarkovModel(3, missing="mar", method=QUICK, rng=0).fit(gone)
    truth = gaussian()
    truth.missing = "mar"
    assert np.diff(model.fit_result_.path).min() >= -1e-10 * abs(model.fit_result_.objective)
    assert_recovers(model, truth, gone)
    shifted = HiddenMarkovModel.from_parameters(
        startprob=truth.startprob_, transmat=truth.transmat_, emission=Gaussian(means=truth.emission_.means + 0.25, covariances=truth.emission_.covariances)
    ).set_params(missing="mar")
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):  # means a quarter too high
        assert_recovers(model, shifted, gone)


@pytest.mark.parametrize(
    ("X", "options", "error", "words"),
    [
        ([np.zeros((3, 1)), np.zeros((0, 1))], {}, ArgumentError, "sequence 1 of X is empty; leave it out"),
        ((np.zeros((5, 1)), [2, 2]), {}, ArgumentError, r"the lengths in X\[1\] add up to 4, but X\[0\] has 5 steps"),
        (np.array([[0.0], [np.nan]]), {}, ArgumentError, r"X contains NaN: X\[1, 0\]"),
        (np.ones((30, 2)), {}, FitError, "column 0 of X is the constant 1: .*leave the column out"),
        (np.array([[0.5]]), {"emission": "categorical"}, ArgumentError, "the symbol 0.5, which is not in the alphabet"),
        (np.array([[5], [1]]), {"emission": Categorical(3)}, ArgumentError, "symbol 5, which is not in the alphabet 0 to 2"),
        (np.zeros((9, 1)), {"emission": "poisson "}, ArgumentError, "emission must be one of 'gaussian'"),
        (np.zeros((9, 1)), {"emission": 3}, ArgumentTypeError, "or an Emission, got 3"),
        (np.zeros((9, 1)), {"topology": "ring"}, ArgumentError, "topology must be one of 'ergodic', 'left-right', 'banded'; got 'ring'"),
        (np.zeros((9, 1)), {"start": [0.5, 0.6]}, ArgumentError, r"start as an array must hold 2 probabilities that sum to 1, got \[0.5, 0.6\]"),
    ],
)
def test_what_cannot_be_fitted(X, options, error, words):
    with pytest.raises(error, match=words):
        HiddenMarkovModel(**{"n_components": 2, "rng": 0, "method": QUICK, **options}).fit(X)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"transmat": [[0.9, 0.09], [0.5, 0.5]]}, r"each row of transmat must sum to 1, got row 0 = \[0.9, 0.09\] with sum 0.99; divide it by its sum"),
        ({"transmat": [[1.5, -0.5], [0.5, 0.5]]}, r"transmat must not be negative, got transmat\[0, 1\] = -0.5"),
        ({"transmat": [[0.5, 0.5]]}, "transmat must be square"),
        ({"transmat": np.eye(2)}, "no unique stationary law"),
        ({"startprob": [1.0]}, r"startprob must have shape \(2,\)"),
        ({"emission": Gaussian(means=[[0.0]], covariances=[[[1.0]]])}, "emission has parameters for 1 states, but transmat for 2"),
        ({"emission": Gaussian(means=[[0.0], [1.0]], covariances=[[[1.0]], [[-1.0]]])}, "not all positive definite"),
        ({"emission": Gaussian()}, "Gaussian emissions need means"),
        ({"emission": Categorical(probabilities=[[0.5, 0.6], [1, 0]])}, r"each row of probabilities must sum to 1, got row 0"),
    ],
)
def test_parameters_that_are_none(change, words):
    good = {"startprob": "stationary", "transmat": [[0.5, 0.5], [0.5, 0.5]], "emission": Gaussian(means=[[0.0], [1.0]], covariances=[[[1.0]], [[1.0]]])}
    with pytest.raises(ArgumentError, match=words):
        HiddenMarkovModel.from_parameters(**{**good, **change})


def test_a_row_that_sums_to_almost_one_is_fine():
    model = HiddenMarkovModel.from_parameters(
        transmat=[[0.5, 0.5 - 1e-16], [0.25, 0.75]], emission=Categorical(probabilities=[[0.5, 0.5], [0.1, 0.9]])
    )
    assert_allclose(model.transmat_.sum(axis=1), 1.0)


def test_as_many_states_as_steps_is_told():
    with pytest.warns(FitWarning, match="eigenvalues were bounded below at 0.01 of the variance of the columns"):
        HiddenMarkovModel(3, method=QUICK, rng=0).fit(np.arange(3.0))


def test_one_step():
    X = np.array([[3.0]])
    assert np.isfinite(gaussian().score(np.array([[0.0, 1.0]])))
    with pytest.raises(FitError, match="constant 3"):
        HiddenMarkovModel(2, rng=0).fit(X)
    assert HiddenMarkovModel(1, emission=Categorical(2), rng=0).fit([[1]]).emission_.probabilities[0, 1] == 1.0
