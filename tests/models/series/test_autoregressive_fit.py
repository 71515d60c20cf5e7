"""Fits of autoregressions: each principle against its definition, and what must not change a fit."""

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz
from scipy.optimize import minimize_scalar

import statsim as ss
from statsim.models.series.autoregressive_steps import AutoregressiveSteps
from statsim.models.series.likelihood_steps import LikelihoodSteps
from statsim.models.series.prepared import prepare
from statsim.sequences import as_sequences
from tests.models.series.cases import DRIFT, MODELS, TWO, gappy, law_of
from tests.reference import series as twin

METHODS = ("mle", "ols", "yule-walker")


@pytest.fixture(scope="module")
def one():
    return ss.AutoRegression.from_parameters(coefficients=[0.6, -0.3], intercept=1.0, noise_variance=2.0).sample([150, 40, 2], rng=1)


@pytest.fixture(scope="module")
def two():
    return MODELS["VAR(2)"]().sample([150, 40, 1], rng=1)


def flat(model):
    """All parameters of a VAR or AR as one vector."""
    noise = model.noise_covariance_ if isinstance(model, ss.VectorAutoRegression) else model.noise_variance_
    return np.concatenate([np.ravel(part) for part in (model.coefficients_, model.intercept_, model.slope_, noise)])


def regression(parts, weights, p, trend, history=None):
    """Slopes on (1, t, lags) and residual covariance by least squares on explicit windows."""
    k = parts[0].shape[1]
    rows, shares = twin.windows(parts, weights, p, np.empty((0, k)) if history is None else history, 0.0, 1.0)
    terms = [0, 1][: {"n": 0, "c": 1, "ct": 2}[trend]]
    lags = [rows[:, 2 + (p - 1 - i) * k : 2 + (p - i) * k] for i in range(p)]
    X, Y, root = np.concatenate([rows[:, terms], *lags], axis=1), rows[:, 2 + p * k :], np.sqrt(shares)[:, None]
    slopes = np.linalg.lstsq(X * root, Y * root, rcond=None)[0]
    e = (Y - X @ slopes) * root
    return slopes, e.T @ e / shares.sum()


# ---------------------------------------------------------------- each principle against its definition


@pytest.mark.parametrize("trend", ["n", "c", "ct"])
@pytest.mark.parametrize("order", [0, 1, 3])
@pytest.mark.parametrize("known", [False, True])
def test_least_squares(two, order, trend, known):
    weights, history = np.array([1.0, 2.5, 1.0]), np.ones((order, 2)) if known else None
    model = ss.VectorAutoRegression(order, trend=trend, method="ols", initial=history).fit(two, sample_weight=weights)
    slopes, noise = regression(two, weights, order, trend, history)
    found = np.concatenate([np.array([model.intercept_, model.slope_])[: len(slopes) - 2 * order], *model.coefficients_.transpose(0, 2, 1)])
    np.testing.assert_allclose(found, slopes, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(model.noise_covariance_, noise, rtol=1e-10)


def test_least_squares_of_nearly_dependent_columns():
    """The refinement: normal equations alone lose half of the digits of a regression with condition number 1e5."""
    x = ss.AutoRegression.from_parameters(coefficients=[0.5], noise_variance=1.0).sample(400, rng=3)
    X = np.concatenate([x, x + 1e-5 * np.random.default_rng(1).normal(size=x.shape)], axis=1)
    model = ss.VectorAutoRegression(1, method="ols").fit(X)
    slopes, noise = regression([X], [1.0], 1, "c")
    np.testing.assert_allclose(model.coefficients_[0].T, slopes[1:], rtol=1e-7)
    np.testing.assert_allclose(model.noise_covariance_, noise, rtol=1e-10)


def test_yule_walker(one):
    model = ss.AutoRegression(2, method="yule-walker").fit(one)
    mean, n = np.concatenate(one).mean(), sum(len(part) for part in one)
    gamma = [sum(((part[h:] - mean) * (part[: len(part) - h] - mean)).sum() for part in one) / n for h in range(3)]
    phi = solve_toeplitz(gamma[:2], gamma[1:])
    np.testing.assert_allclose(model.coefficients_, phi, rtol=1e-10)
    assert model.noise_variance_ == pytest.approx(gamma[0] - phi @ gamma[1:], rel=1e-10)
    assert model.intercept_ == pytest.approx(mean * (1 - phi.sum()), rel=1e-10)


def test_yule_walker_of_several_columns(two):
    model = ss.VectorAutoRegression(2, method="yule-walker").fit(two)
    mean, n = np.concatenate(two).mean(axis=0), sum(len(part) for part in two)
    gamma = [sum((part[h:] - mean).T @ (part[: len(part) - h] - mean) for part in two if len(part) > h) / n for h in range(3)]
    A = model.coefficients_
    np.testing.assert_allclose(A[0] @ gamma[0] + A[1] @ gamma[1].T, gamma[1], atol=1e-11)
    np.testing.assert_allclose(A[0] @ gamma[1] + A[1] @ gamma[0], gamma[2], atol=1e-11)


def test_burg_minimises_forward_and_backward_errors_together(one):
    mean = np.concatenate(one).mean()
    parts = [part[:, 0] - mean for part in one]
    first = sum(2 * (x[1:] @ x[:-1]) for x in parts) / sum(x[1:] @ x[1:] + x[:-1] @ x[:-1] for x in parts)
    assert ss.AutoRegression(1, method="burg").fit(one).coefficients_[0] == pytest.approx(first, rel=1e-10)

    def errors(r):
        a, b = first * (1 - r), r
        return sum(((x[2:] - a * x[1:-1] - b * x[:-2]) ** 2).sum() + ((x[:-2] - a * x[1:-1] - b * x[2:]) ** 2).sum() for x in parts)

    best = minimize_scalar(errors, bounds=(-1, 1), method="bounded", options={"xatol": 1e-10}).x
    np.testing.assert_allclose(ss.AutoRegression(2, method="burg").fit(one).coefficients_, [first * (1 - best), best], rtol=1e-6)


def likelihood_steps(parts, order, trend, *, initial=None, weights=None):
    sequences = as_sequences(parts, allow_missing=True)
    weights = np.ones(len(sequences)) if weights is None else weights
    rows = prepare(sequences, weights, centred=trend != "n", timed=trend == "ct", initial=initial)
    return LikelihoodSteps(rows, order, trend), rows


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize(("order", "trend", "known"), [(0, "c", False), (1, "n", False), (2, "c", False), (2, "ct", False), (2, "ct", True)])
def test_the_gradient_and_the_value_of_the_exact_likelihood(two, order, trend, known, gaps, rng):
    parts = [gappy(two[0][:30], rng), two[1], gappy(two[1][:8], rng), two[2]] if gaps else two
    weights = np.array([1.0, 2.0, 0.5, 1.5])[: len(parts)]
    initial = np.array([[0.5, 1.0], [1.0, -1.0]])[:order] if known else None
    steps, rows = likelihood_steps(parts, order, trend, initial=initial, weights=weights)
    vector = rng.normal(size=steps.n_coordinates)
    value, gradient = steps.value_and_gradient(vector)
    model = ss.VectorAutoRegression._wrapping(rows.law_in_data_units(steps.from_vector(vector).law(rows)), trend=trend, missing="mar")
    dense = [twin.log_density(*law_of(model, len(part)), part.ravel()) for part in parts]
    assert value + steps.offset == pytest.approx(weights @ dense, rel=1e-10)
    for i in range(len(vector)):
        move = np.zeros(len(vector))
        move[i] = 1e-4
        slope = (steps.value_and_gradient(vector + move)[0] - steps.value_and_gradient(vector - move)[0]) / 2e-4
        assert gradient[i] == pytest.approx(slope, rel=1e-5, abs=1e-6)


def test_coordinates_have_unit_information(two):
    """Why the climb is short: the Hessian at the start is near minus the identity."""
    steps, _ = likelihood_steps([two[0]], 1, "c")
    size = steps.n_coordinates
    hessian = np.array([(steps.value_and_gradient(e)[1] - steps.value_and_gradient(-e)[1]) / 2e-3 for e in 1e-3 * np.eye(size)])
    values = np.linalg.eigvalsh(-(hessian + hessian.T) / 2)
    assert 0.3 < values[0] and values[-1] < 3


@pytest.mark.parametrize("gaps", [False, True])
def test_no_parameters_near_the_maximum_are_likelier(two, gaps, rng):
    parts = [gappy(two[0], rng, 0.1)] if gaps else [two[0]]
    model = ss.VectorAutoRegression(2, missing="mar").fit(parts)
    best, steps = model.fit_result_.objective, 1e-3
    assert best == pytest.approx(model.log_likelihood(parts), rel=1e-12)
    assert np.diff(model.fit_result_.path).min() >= 0
    for _ in range(20):
        near = ss.VectorAutoRegression.from_parameters(
            coefficients=model.coefficients_ + steps * rng.normal(size=(2, 2, 2)),
            intercept=model.intercept_ + steps * rng.normal(size=2),
            noise_covariance=model.noise_covariance_ * (1 + steps * rng.normal()),
        )
        near.missing = "mar"
        assert near.log_likelihood(parts) < best


def test_the_exact_likelihood_is_the_highest(one):
    fits = {name: ss.AutoRegression(2, method=name).fit(one) for name in (*METHODS, "burg")}
    values = {name: model.fit_result_.objective for name, model in fits.items()}
    assert all(values["mle"] > value for name, value in values.items() if name != "mle")
    for name, model in fits.items():
        assert values[name] == pytest.approx(model.log_likelihood(one), rel=1e-12)


def test_after_known_values_the_likelihood_is_least_squares(two):
    start = np.array([[1.0, 2.0]])
    exact = ss.VectorAutoRegression(1, initial=start).fit(two)
    np.testing.assert_allclose(flat(exact), flat(ss.VectorAutoRegression(1, initial=start, method="ols").fit(two)), rtol=1e-9)
    assert exact.log_likelihood(two) == pytest.approx(exact.fit_result_.objective, rel=1e-12)


def test_an_explosive_series_is_fitted_after_known_values():
    truth = ss.AutoRegression.from_parameters(coefficients=[1.05], intercept=0.5, noise_variance=1.0, initial=[1.0])
    x = truth.sample(200, rng=2)
    model = ss.AutoRegression(1, initial=x[:1, 0]).fit(x[1:])
    assert model.coefficients_[0] == pytest.approx(1.05, abs=1e-4)
    assert model.sample(3, rng=1).shape == (3, 1)


# ---------------------------------------------------------------- what must not change a fit


def fitted(parts, method="mle", order=2, trend="c", **options):
    return ss.VectorAutoRegression(order, trend=trend, method=method).fit(parts, **options)


@pytest.mark.parametrize("method", METHODS)
def test_weight_two_is_the_sequence_twice_and_weight_zero_is_none(two, method):
    weighted = fitted(two, method, sample_weight=[2.0, 0.0, 1.0])
    repeated = fitted([two[0], two[0], two[2]], method)
    np.testing.assert_allclose(flat(weighted), flat(repeated), rtol=1e-9, atol=1e-11)
    assert weighted.fit_result_.objective == pytest.approx(repeated.fit_result_.objective, rel=1e-12)


@pytest.mark.parametrize("trend", ["n", "c", "ct"])
@pytest.mark.parametrize("method", METHODS)
def test_units(two, method, trend):
    scale = np.array([2.0**-200, 2.0**90])
    base, scaled = fitted(two, method, trend=trend), fitted([part * scale for part in two], method, trend=trend)
    np.testing.assert_allclose(scaled.coefficients_, base.coefficients_ * scale[:, None] / scale, rtol=1e-12)
    np.testing.assert_allclose(scaled.noise_covariance_, base.noise_covariance_ * scale[:, None] * scale, rtol=1e-12)
    steps = sum(len(part) for part in two)
    assert scaled.fit_result_.objective == pytest.approx(base.fit_result_.objective + steps * 110 * np.log(2), rel=1e-11)


@pytest.mark.parametrize("method", METHODS)
def test_shifts(two, method):
    parts = [np.round(part * 2**20) / 2**20 for part in two]
    base, moved = fitted(parts, method), fitted([part + 2.0**20 for part in parts], method)
    np.testing.assert_allclose(moved.coefficients_, base.coefficients_, atol=1e-9)
    np.testing.assert_allclose(moved.noise_covariance_, base.noise_covariance_, rtol=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_order_of_sequences_and_of_columns(two, method):
    base, turned = fitted(two, method), fitted([part[:, ::-1] for part in two[::-1]], method)
    np.testing.assert_allclose(turned.coefficients_, base.coefficients_[:, ::-1, ::-1], rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(turned.noise_covariance_, base.noise_covariance_[::-1, ::-1], rtol=1e-8)


def test_ways_to_give_the_same_sequences(one):
    base = ss.AutoRegression(2).fit(one)
    lengths = [len(part) for part in one]
    locked = np.concatenate(one)
    locked.flags.writeable = False
    for same in ([part[:, 0] for part in one], (locked, lengths), [np.asfortranarray(np.repeat(part, 2, axis=1))[:, :1] for part in one]):
        np.testing.assert_array_equal(flat(ss.AutoRegression(2).fit(same)), flat(base))
    single = [part.astype(np.float32) for part in one]
    np.testing.assert_allclose(flat(ss.AutoRegression(2).fit(single)), flat(base), rtol=1e-5)


def test_a_slope_is_found(one):
    truth = ss.VectorAutoRegression.from_parameters(**TWO, slope=DRIFT)
    X = truth.sample(400, rng=5)
    for method in METHODS:
        model = ss.VectorAutoRegression(2, trend="ct", method=method).fit(X)
        np.testing.assert_allclose(model.slope_, DRIFT, atol=0.05)
        assert model.log_likelihood(X) == pytest.approx(model.fit_result_.objective, rel=1e-11)


def test_missing_values_cost_little_and_none_cost_nothing(two, rng):
    whole, same = fitted([two[0]]), ss.VectorAutoRegression(2, missing="mar").fit([two[0]])
    np.testing.assert_array_equal(flat(same), flat(whole))
    gone = two[0].copy()
    gone[rng.random(gone.shape) < 0.05] = np.nan
    assert np.abs(flat(ss.VectorAutoRegression(2, missing="mar").fit(gone)) - flat(whole)).max() < 0.5


def test_a_near_unit_root_ends_inside():
    x = ss.AutoRegression.from_parameters(coefficients=[1.0], noise_variance=1.0, initial=[0.0]).sample(60, rng=4)
    model = ss.AutoRegression(1).fit(x)
    assert model.fit_result_.converged and abs(model.roots_[0]) < 1


def test_counts_of_parameters_and_criteria(two):
    model = fitted(two)
    assert model.n_parameters() == 2 * 4 + 2 + 3
    assert fitted(two, trend="ct").n_parameters() == 2 * 4 + 4 + 3
    assert model.aic(two) == pytest.approx(-2 * model.log_likelihood(two) + 26, rel=1e-12)
    assert model.bic(two) == pytest.approx(-2 * model.log_likelihood(two) + 13 * np.log(191), rel=1e-12)


def test_steps_without_a_start_are_the_conditional_problem(two):
    """A fit of order 0 after no values and from a stationary start are the same."""
    rows = prepare(as_sequences(two), np.ones(3), centred=True, timed=False, initial=None)
    assert AutoregressiveSteps(rows, 0, "c").is_stationary
    model = fitted(two, order=0)
    np.testing.assert_allclose(model.intercept_, np.concatenate(two).mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(model.noise_covariance_, np.cov(np.concatenate(two).T, bias=True), rtol=1e-8)


def test_impulse_responses():
    model = MODELS["VAR(2)"]()
    A, L = model.coefficients_, np.linalg.cholesky(model.noise_covariance_)
    responses = model.impulse_responses(6)
    F = np.block([[A[0], A[1]], [np.eye(2), np.zeros((2, 2))]])
    for h in range(7):
        np.testing.assert_allclose(responses[h], np.linalg.matrix_power(F, h)[:2, :2], atol=1e-12)
    np.testing.assert_allclose(model.impulse_responses(6, orthogonal=True), responses @ L, atol=1e-12)
