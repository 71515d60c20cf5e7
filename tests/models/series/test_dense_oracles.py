"""Every series against one long normal vector: densities, residuals, smoothers, forecasts, the stationary law."""

import numpy as np
import pytest

import statsim as ss
from statsim.catalog import from_document
from statsim.errors import TooLargeError
from tests.models.series.cases import MODELS, SPACE, gappy, law_of, symbols
from tests.reference import series as twin

N = 9


def width(model):
    return model.n_features_in_


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]()


@pytest.mark.parametrize("n", [1, 2, 3, N])
def test_log_likelihood(model, n):
    values = model.sample(n, rng=3)
    assert model.log_likelihood(values) == pytest.approx(twin.log_density(*law_of(model, n), values.ravel()), rel=1e-11, abs=1e-9)


def test_log_likelihood_with_missing_values(model, rng):
    model.missing = "mar"
    values = gappy(model.sample(N, rng=3), rng)
    assert model.log_likelihood(values) == pytest.approx(twin.log_density(*law_of(model, N), values.ravel()), rel=1e-10, abs=1e-9)


def test_several_sequences_are_independent(model):
    parts = model.sample([4, 1, N], rng=5)
    each = [twin.log_density(*law_of(model, len(part)), part.ravel()) for part in parts]
    np.testing.assert_allclose(model.score_samples(parts), each, rtol=1e-10, atol=1e-9)
    joined = (np.concatenate(parts), [4, 1, N])
    np.testing.assert_array_equal(model.score_samples(joined), model.score_samples(parts))
    assert model.score(parts) == pytest.approx(sum(each) / (5 + N), rel=1e-10)
    assert model.log_likelihood(parts, sample_weight=[2, 0, 1]) == pytest.approx(2 * each[0] + each[2], rel=1e-10, abs=1e-9)


@pytest.mark.parametrize("gaps", [False, True])
def test_residuals(model, rng, gaps):
    values = model.sample(N, rng=3)
    if gaps:
        model.missing = "mar"
        values = gappy(values, rng)
    expected = twin.innovations(*law_of(model, N), values.ravel()).reshape(values.shape)
    np.testing.assert_allclose(model.residuals(values), expected, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("gaps", [False, True])
def test_forecast_and_the_law_given_the_history(model, rng, gaps):
    steps, k = 4, width(model)
    history = model.sample(N, rng=3)
    if gaps:
        model.missing = "mar"
        history = gappy(history, rng)
    mean, covariance = law_of(model, N + steps)
    known = np.concatenate([history.ravel(), np.full(steps * k, np.nan)])
    mean, covariance = (part[N * k :] for part in twin.condition(mean, covariance, known))
    covariance = covariance[:, N * k :]
    forecast = model.forecast(history, steps)
    np.testing.assert_allclose(forecast.mean, mean.reshape(steps, k), rtol=1e-9, atol=1e-9)
    blocks = covariance.reshape(steps, k, steps, k)[np.arange(steps), :, np.arange(steps)]
    np.testing.assert_allclose(forecast.covariance, blocks, rtol=1e-9, atol=1e-9)
    future = model.given(history).sample(steps, rng=1)
    assert model.given(history).log_likelihood(future) == pytest.approx(twin.log_density(mean, covariance, future.ravel()), rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("name", ["AR(3)", "VAR(2)", "VAR(2) with a slope", "explosive VAR(1)"])
@pytest.mark.parametrize("n", [1, 2])
def test_a_history_shorter_than_the_order(name, n):
    model = MODELS[name]()
    k, history = width(model), model.sample(n, rng=8)
    mean, covariance = law_of(model, n + 3)
    known = np.concatenate([history.ravel(), np.full(3 * k, np.nan)])
    mean, covariance = (part[n * k :] for part in twin.condition(mean, covariance, known))
    future = np.arange(3.0 * k).reshape(3, k)
    assert model.given(history).log_likelihood(future) == pytest.approx(twin.log_density(mean, covariance[:, n * k :], future.ravel()), rel=1e-9)


def test_what_follows_goes_on_with_the_time():
    model = MODELS["AR(1) with a slope"]()
    values = model.sample(12, rng=1)
    whole = model.log_likelihood(values)
    assert model.log_likelihood(values[:5]) + model.given(values[:5]).log_likelihood(values[5:]) == pytest.approx(whole, rel=1e-12)
    assert model.given(values[:5]).given(values[5:7]).steps_before_ == 7


@pytest.mark.parametrize("name", [name for name in MODELS if name not in ("state space", "local level")])
def test_as_a_state_space_model(name):
    model = MODELS[name]()
    values = model.sample(200, rng=4)
    space = model.to_state_space()
    assert space.log_likelihood(values) == pytest.approx(model.log_likelihood(values), rel=1e-9)
    np.testing.assert_allclose(space.residuals(values), model.residuals(values), rtol=1e-7, atol=1e-9)


def test_special_cases_are_the_general_one():
    values = MODELS["AR(3)"]().sample(300, rng=2)
    phi, c, s2 = [0.5, -0.3, 0.2], 1.0, 2.0
    scalar = ss.AutoRegression.from_parameters(coefficients=phi, intercept=c, noise_variance=s2)
    vector = ss.VectorAutoRegression.from_parameters(coefficients=np.reshape(phi, (3, 1, 1)), intercept=[c], noise_covariance=[[s2]])
    arma = ss.ARMA.from_parameters(ar=phi, intercept=c, noise_variance=s2)
    assert vector.log_likelihood(values) == scalar.log_likelihood(values)
    assert vector.sample(50, rng=9).tobytes() == scalar.sample(50, rng=9).tobytes()
    assert arma.log_likelihood(values) == pytest.approx(scalar.log_likelihood(values), rel=1e-12)
    white = ss.AutoRegression.from_parameters(coefficients=[], intercept=c, noise_variance=s2)
    expected = -0.5 * ((values - c) ** 2 / s2 + np.log(2 * np.pi * s2)).sum()
    assert white.log_likelihood(values) == pytest.approx(expected, rel=1e-13)


# ---------------------------------------------------------------- states


def states_given(model, values):
    """Mean and covariance of all states given the values, by conditioning."""
    n, m = len(values), len(model.initial_mean_)
    mean, covariance = twin.state_space_law(*symbols(model), n)
    known = np.concatenate([np.full(n * m, np.nan), values.ravel()])
    mean, covariance = twin.condition(mean, covariance, known)
    return mean[: n * m].reshape(n, m), covariance[: n * m, : n * m].reshape(n, m, n, m)


@pytest.mark.parametrize("name", ["state space", "local level", "ARMA(2, 1)", "VAR(2) with a slope"])
@pytest.mark.parametrize("gaps", [False, True])
def test_smoothed_and_filtered_states(name, gaps, rng):
    model = MODELS[name]()
    model = model if isinstance(model, ss.StateSpace) else model.to_state_space()
    values = model.sample(N, rng=6)
    if gaps:
        model.missing = "mar"
        values = gappy(values, rng)
    mean, covariance = states_given(model, values)
    smoothed = model.smoothed_states(values)
    np.testing.assert_allclose(smoothed.mean, mean, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(smoothed.covariance, covariance[np.arange(N), :, np.arange(N)], rtol=1e-8, atol=1e-9)
    for t in (0, 4, N - 1):
        mean, covariance = states_given(model, values[: t + 1])
        filtered = model.filtered_states(values)
        np.testing.assert_allclose(filtered.mean[t], mean[t], rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(filtered.covariance[t], covariance[t, :, t], rtol=1e-8, atol=1e-9)


def test_covariances_of_neighbouring_states(rng):
    model = MODELS["state space"]()
    values = gappy(model.sample(N, rng=6), rng)
    _, covariance = states_given(model, values)
    smoothed, _ = model._form().smoothed(values)
    np.testing.assert_allclose(smoothed.lagged, covariance[np.arange(1, N), :, np.arange(N - 1)], rtol=1e-9, atol=1e-10)


def test_the_stationary_start_is_the_default():
    model = ss.StateSpace.from_parameters(**SPACE)
    T, Q, c = SPACE["transition"], SPACE["state_covariance"], SPACE["state_intercept"]
    np.testing.assert_allclose(model.initial_mean_, np.linalg.solve(np.eye(2) - T, c), rtol=1e-13)
    gamma = np.linalg.solve(np.eye(4) - np.kron(T, T), Q.ravel()).reshape(2, 2)
    np.testing.assert_allclose(model.initial_covariance_, gamma, rtol=1e-13)


def test_selection_matrix():
    R = np.array([[1.0], [0.5]])
    space = {**SPACE, "state_covariance": [[2.0]]}
    folded = ss.StateSpace.from_parameters(**{**SPACE, "state_covariance": 2 * R @ R.T})
    assert ss.StateSpace.from_parameters(**space, selection=R).log_likelihood(np.ones((4, 3))) == pytest.approx(folded.log_likelihood(np.ones((4, 3))), rel=1e-13)


def test_covariances_stay_positive_where_the_textbook_form_loses_them():
    """Two nearly equal, nearly exact observations (Bierman 1977, section V.3); broken twin: P - K Z P has a negative eigenvalue."""
    small = 1e-5
    Z, H = np.array([[1.0, 1.0], [1.0, 1.0 + small]]), small**2 * np.eye(2)
    model = ss.StateSpace.from_parameters(
        transition=np.eye(2), observation=Z, state_covariance=np.eye(2), observation_covariance=H, initial_mean=[0, 0], initial_covariance=np.eye(2)
    )
    exact = np.linalg.eigvalsh(np.linalg.inv(np.eye(2) + Z.T @ Z / small**2))
    ours = np.linalg.eigvalsh(model.filtered_states(np.zeros((1, 2))).covariance[0])
    np.testing.assert_allclose(ours, exact, rtol=1e-4)
    textbook = np.eye(2) - Z.T @ np.linalg.inv(Z @ Z.T + H) @ Z
    assert np.linalg.eigvalsh((textbook + textbook.T) / 2)[0] < 0


@pytest.mark.parametrize("name", ["state space", "local level", "ARMA(2, 1)"])
def test_the_steady_state_short_cut_is_exact(name):
    """Long enough that the covariances repeat themselves bit for bit; then the short cut is taken, and a missing value ends it."""
    model = MODELS[name]()
    form, n = model._form(), 150
    values = model.sample(n, rng=1)
    values[120, 0] = np.nan
    covariances = form.filtered(values).covariances
    assert (covariances[119] == covariances[120]).all() and (covariances[121] != covariances[120]).any()
    model.missing = "mar"
    assert model.log_likelihood(values) == pytest.approx(twin.log_density(*law_of(model, n), values.ravel()), rel=1e-12)
    np.testing.assert_allclose(model.residuals(values), twin.innovations(*law_of(model, n), values.ravel()).reshape(values.shape), rtol=1e-9, atol=1e-10)


def test_too_many_covariances_are_refused_before_they_are_made():
    form = MODELS["state space"]()._form()
    with pytest.raises(TooLargeError, match=r"the covariances of 2 state\(s\) at \d+ steps would take"):
        form.filtered(np.lib.stride_tricks.as_strided(np.zeros((1, 3)), (10**12, 3), (0, 8)))


@pytest.mark.parametrize("name", [name for name in MODELS if name not in ("state space", "local level")])
def test_singular_states_never_become_indefinite(name, rng):
    """States that the values determine leave rounding of either sign behind; draws stay finite and agree with the values known."""
    space = MODELS[name]().to_state_space()
    space.missing = "mar"
    for seed in range(5):
        values = space.sample(400 if space.transition_.max() <= 1.0 else 60, rng=seed)
        values[rng.random(values.shape) < 0.2] = np.nan
        draws = space.sample_states(values, 2, rng=seed)
        shown = space.observation_intercept_ + draws @ space.observation_.T
        seen = ~np.isnan(values)
        np.testing.assert_allclose(shown[:, seen], np.broadcast_to(values[seen], (2, seen.sum())), rtol=1e-9, atol=1e-6)
        after = space.given(values)
        assert from_document(after.to_document()).to_document() == after.to_document()
        assert np.linalg.eigvalsh(space.smoothed_states(values).covariance).min() > -1e-12
