"""EM of a state space model: the step against its definition, the path, and what is left alone; fits of ARMA series."""

import numpy as np
import pytest

import statsim as ss
from statsim.models.series.state_space_steps import COVARIANCES, PARAMETERS, StateSpaceSteps
from tests.models.series.cases import MODELS, SPACE, gappy, local_level, symbols
from tests.reference import series as twin


def expected_log_density(model, new, parts):
    """E[log p(states, values | new)] given the known values under `model`, by conditioning one long normal vector on what is known."""
    total = 0.0
    for values in parts:
        n, m = len(values), len(model.initial_mean_)
        mean, covariance = twin.state_space_law(*symbols(model), n)
        known = np.concatenate([np.full(n * m, np.nan), values.ravel()])
        mean, covariance = twin.condition(mean, covariance, known)
        new_mean, new_covariance = twin.state_space_law(*new, n)
        precision = np.linalg.inv(new_covariance)
        e = mean - new_mean
        total -= 0.5 * (np.linalg.slogdet(new_covariance)[1] + e @ precision @ e + np.trace(precision @ covariance))
    return total


def em_step(model, parts, free, diagonal=()):
    objective, after = StateSpaceSteps(parts, np.ones(len(parts)), model._form(), free, diagonal).em(model._form())
    return objective, after


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("free", [PARAMETERS, ("transition",), ("observation", "observation_covariance"), ("state_intercept", "observation_intercept")])
def test_the_em_step_maximises_the_expected_log_density(free, gaps, rng):
    """No parameter moved a little from where the step put it does better."""
    model = MODELS["state space"]()
    parts = [gappy(part, rng) if gaps else part for part in model.sample([7, 4, 6], rng=3)]
    objective, after = em_step(model, parts, free)
    dense = [twin.state_space_law(*symbols(model), len(part)) for part in parts]
    known = [twin.log_density(mean[len(part) * 2 :], cov[len(part) * 2 :, len(part) * 2 :], part.ravel()) for part, (mean, cov) in zip(parts, dense, strict=True)]
    assert objective == pytest.approx(sum(known), rel=1e-10)
    best = expected_log_density(model, after.symbols, parts)
    assert best > expected_log_density(model, model._form().symbols, parts)
    for name in free:
        value = getattr(after, name)
        for place in np.ndindex(value.shape):
            for move in (1e-4, -1e-4):
                moved = value.copy()
                moved[place] += move
                moved = (moved + moved.T) / 2 if name in COVARIANCES else moved
                arguments = {p: getattr(after, p) for p in PARAMETERS} | {name: moved}
                assert expected_log_density(model, tuple(arguments[p] for p in PARAMETERS), parts) < best + 1e-9
    for name in set(PARAMETERS) - set(free):
        np.testing.assert_array_equal(getattr(after, name), getattr(model._form(), name))


def test_diagonal_covariances_are_the_best_of_those(rng):
    model = MODELS["state space"]()
    parts = [model.sample(12, rng=3)]
    _, after = em_step(model, parts, COVARIANCES, ("state_covariance", "observation_covariance"))
    assert (after.state_covariance == np.diag(np.diagonal(after.state_covariance))).all()
    best = expected_log_density(model, after.symbols, parts)
    for i in range(2):
        moved = after.state_covariance.copy()
        moved[i, i] *= 1.001
        arguments = [*after.symbols]
        arguments[2] = moved
        assert expected_log_density(model, arguments, parts) < best


def test_packing_gives_the_model_back():
    model = MODELS["state space"]()._form()
    steps = StateSpaceSteps([np.zeros((3, 3))], np.ones(1), model, PARAMETERS, ("initial_covariance",))
    again = steps.unpack(steps.pack(model))
    for name in PARAMETERS:
        wanted = getattr(model, name)
        wanted = np.diag(np.diagonal(wanted)) if name == "initial_covariance" else wanted
        np.testing.assert_allclose(getattr(again, name), wanted, rtol=1e-12)


def test_the_objective_never_falls_and_is_the_log_likelihood(rng):
    model = MODELS["state space"]()
    X = gappy(model.sample(120, rng=5), rng, 0.1)
    fit = ss.StateSpace(2, missing="mar").fit(X)
    assert np.diff(fit.fit_result_.path).min() >= 0
    assert fit.fit_result_.converged
    assert fit.log_likelihood(X) == pytest.approx(fit.fit_result_.path[-1], rel=1e-6)
    model.missing = "mar"
    assert fit.log_likelihood(X) > model.log_likelihood(X)


def test_variances_of_a_local_level_are_at_their_maximum():
    values = local_level().sample(300, rng=1)
    fit = ss.StateSpace(start=local_level(1.0, 0.3), estimate=("state_covariance", "observation_covariance"), method=ss.EM(tol=1e-13)).fit(values)
    best = fit.log_likelihood(values)
    for ratio in (0.99, 1.01):
        for level, noise in ((ratio, 1), (1, ratio)):
            near = local_level(level * fit.state_covariance_[0, 0], noise * fit.observation_covariance_[0, 0])
            assert near.log_likelihood(values) < best
    assert fit.transition_.tolist() == [[1.0]] and fit.n_parameters() == 2


def test_weights_and_order_of_sequences():
    parts = MODELS["state space"]().sample([40, 30, 20], rng=2)
    options = {"method": ss.EM(max_iter=20), "estimate": ("transition", "observation_covariance"), "start": MODELS["state space"]()}

    def fit(parts, **more):
        with pytest.warns(ss.errors.FitWarning, match="max_iter=20"):
            return ss.StateSpace(**options).fit(parts, **more).transition_

    np.testing.assert_allclose(fit(parts, sample_weight=[2, 0, 1]), fit([parts[2], parts[0], parts[0]]), rtol=1e-9)


def test_units_of_columns():
    X, scale = MODELS["state space"]().sample(80, rng=2), np.array([2.0**60, 1.0, 2.0**-40])
    base, scaled = ss.StateSpace(2).fit(X), ss.StateSpace(2).fit(X * scale)
    np.testing.assert_allclose(scaled.observation_, base.observation_ * scale[:, None], rtol=1e-6, atol=1e-9 * scale.max())
    assert scaled.log_likelihood(X * scale) == pytest.approx(base.log_likelihood(X) - 80 * 20 * np.log(2), rel=1e-9)


def test_more_states_than_columns():
    X = MODELS["ARMA(2, 1)"]().sample(150, rng=2)
    fit = ss.StateSpace(2, method=ss.EM(tol=1e-4)).fit(X)
    assert fit.initial_mean_.shape == (2,) and fit.log_likelihood(X) > ss.AutoRegression(0).fit(X).log_likelihood(X)
    assert fit.n_parameters() == 4 + 2 + 1 + 1 + 2 - 1  # T, Z, H, d, a1; less the rotations


# ---------------------------------------------------------------- ARMA


@pytest.mark.parametrize("gaps", [False, True])
def test_arma_is_at_the_maximum(gaps, rng):
    x = MODELS["ARMA(2, 1)"]().sample(200, rng=1)
    x = gappy(x, rng, 0.1) if gaps else x
    fit = ss.ARMA((2, 1), missing="mar").fit(x)
    best = fit.log_likelihood(x)
    assert fit.fit_result_.objective == pytest.approx(best, rel=1e-12) and fit.fit_result_.converged
    for _ in range(20):
        near = ss.ARMA.from_parameters(
            ar=fit.ar_ + 1e-3 * rng.normal(size=2), ma=fit.ma_ + 1e-3 * rng.normal(size=1),
            intercept=fit.intercept_ + 1e-3 * rng.normal(), noise_variance=fit.noise_variance_ * (1 + 1e-3 * rng.normal()),
        )  # fmt: skip
        near.missing = "mar"
        assert near.log_likelihood(x) < best


def test_arma_without_moving_average_is_the_autoregression():
    x = MODELS["AR(3)"]().sample([120, 50], rng=1)
    arma, ar = ss.ARMA((3, 0)).fit(x), ss.AutoRegression(3).fit(x)
    np.testing.assert_allclose(arma.ar_, ar.coefficients_, rtol=1e-5)
    assert arma.fit_result_.objective == pytest.approx(ar.fit_result_.objective, rel=1e-11)
    assert arma.n_parameters() == ar.n_parameters() == 5


def test_a_moving_average_that_is_not_invertible_is_found_as_its_twin():
    model = ss.ARMA.from_parameters(ma=[2.0], noise_variance=1.0)
    twin_model = ss.ARMA.from_parameters(ma=[0.5], noise_variance=4.0)
    x = model.sample(2000, rng=3)
    assert model.log_likelihood(x) == pytest.approx(twin_model.log_likelihood(x), rel=1e-10)
    fit = ss.ARMA((0, 1), trend="n").fit(x)
    assert abs(fit.ma_[0] - 0.5) < 0.1 and fit.log_likelihood(x) > model.log_likelihood(x)


def test_units_of_an_arma_series():
    x = MODELS["ARMA(2, 1)"]().sample(150, rng=1)
    base, scaled = ss.ARMA((1, 1)).fit(x), ss.ARMA((1, 1)).fit(x * 2.0**100)
    assert scaled.ar_.tolist() == base.ar_.tolist() and scaled.noise_variance_ == base.noise_variance_ * 2.0**200


def test_selection_of_parameters_is_kept_in_files(tmp_path):
    model = ss.StateSpace.from_parameters(**SPACE)
    fit = ss.StateSpace(start=model, estimate=("observation_covariance",), diagonal=("observation_covariance",)).fit(model.sample(50, rng=1))
    fit.save(tmp_path / "m.json")
    assert ss.load(tmp_path / "m.json").n_parameters() == fit.n_parameters() == 3
