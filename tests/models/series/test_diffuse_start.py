"""A first state of infinite variance: against generalised least squares, statsmodels and a published fit; what it has no law for is refused."""

import numpy as np
import pytest

import statsim as ss
from statsim.errors import ArgumentError
from tests.models.series.cases import symbols
from tests.reference import series as twin

TREND = {"transition": [[1.0, 1.0], [0.0, 1.0]], "observation": [[1.0, 0.0]], "state_covariance": np.diag([0.3, 0.1]), "observation_covariance": [[1.0]]}
THREE = {"transition": [[1.0, 0.2, 0.0], [0.0, 1.0, 0.3], [0.0, 0.0, 0.7]], "state_covariance": np.diag([0.3, 0.1, 1.0])}
CASES = {
    "local level": ({"transition": [[1.0]], "observation": [[1.0]], "state_covariance": [[0.3]], "observation_covariance": [[2.0]], "initial_diffuse": True}, 1),
    "trend": ({**TREND, "state_intercept": [0.2, -0.1], "observation_intercept": [3.0], "initial_diffuse": True}, 2),
    "two columns, a stationary state": (
        {**THREE, "observation": [[1.0, 0.0, 0.5], [0.0, 0.3, 1.0]], "observation_covariance": [[1.0, 0.4], [0.4, 0.8]], "initial_diffuse": [True, True, False]}, 2
    ),
    "more columns than states": (
        {**THREE, "observation": [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [2.0, 2.0, 1.0], [0.0, 0.1, 0.0]], "observation_covariance": 0.5 * np.eye(4) + 0.2, "initial_diffuse": True}, 3
    ),
    "correlated directions": ({**TREND, "initial_covariance": np.diag([0.5, 2.0]), "initial_mean": [1.0, -1.0], "initial_diffuse": [[2.0, 1.0], [1.0, 0.5]]}, 1),
    "explosive": ({"transition": [[1.3]], "observation": [[1.0]], "state_covariance": [[0.3]], "observation_covariance": [[2.0]], "initial_diffuse": [True]}, 1),
}  # fmt: skip


def model_of(name):
    model = ss.StateSpace.from_parameters(**CASES[name][0])
    model.missing = "mar"
    return model


def values_of(model, gaps, n=14):
    rng = np.random.default_rng(3)
    values = np.cumsum(rng.normal(size=(n, model.n_features_in_)), axis=0)
    if gaps:
        values[0, 0] = values[1, -1] = values[2] = values[9] = np.nan
    return values


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_likelihood_and_smoothed_states_are_those_of_generalised_least_squares(name, gaps):
    model = model_of(name)
    values, n = values_of(model, gaps), 14
    loglik, mean, covariance = twin.diffuse_law(*symbols(model), model.initial_diffuse_, values)
    assert model.log_likelihood(values) == pytest.approx(loglik, rel=1e-10)
    smoothed, _ = model._form().smoothed(values)
    np.testing.assert_allclose(smoothed.means, mean, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(smoothed.covariances, covariance[np.arange(n), :, np.arange(n)], rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(smoothed.lagged, covariance[np.arange(1, n), :, np.arange(n - 1)], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_a_large_variance_tends_to_it(name):
    """The other way to know nothing, digits lost: the log likelihood plus half of log k for each direction, and the smoothed states."""
    options, directions = CASES[name]
    model, values, k = model_of(name), values_of(model_of(name), False), 1e7
    wide = ss.StateSpace.from_parameters(
        **{**options, "initial_diffuse": None, "initial_covariance": model.initial_covariance_ + k * model.initial_diffuse_, "initial_mean": model.initial_mean_}
    )
    assert wide.log_likelihood(values) + 0.5 * directions * np.log(k) == pytest.approx(model.log_likelihood(values), abs=1e-4)
    np.testing.assert_allclose(wide.smoothed_states(values).mean, model.smoothed_states(values).mean, atol=1e-4)


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.OutputWarning", "ignore::UserWarning")
@pytest.mark.parametrize("noise", [1.0, 0.0])
@pytest.mark.parametrize("gaps", [False, True])
def test_statsmodels_agrees_also_without_observation_noise(gaps, noise):
    from statsmodels.tsa.statespace.mlemodel import MLEModel

    model = ss.StateSpace.from_parameters(**{**TREND, "observation_covariance": [[noise]], "initial_diffuse": True})
    model.missing = "mar"
    values = values_of(model, gaps, 30)
    peer = MLEModel(values, k_states=2, k_posdef=2)
    peer["design"], peer["transition"], peer["selection"] = model.observation_, model.transition_, np.eye(2)
    peer["state_cov"], peer["obs_cov"] = model.state_covariance_, model.observation_covariance_
    peer.ssm.initialize_diffuse()
    found = peer.ssm.smooth()
    assert model.log_likelihood(values) == pytest.approx(found.llf_obs.sum(), rel=1e-10)
    smoothed = model.smoothed_states(values)
    np.testing.assert_allclose(smoothed.mean, found.smoothed_state.T, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(smoothed.covariance, found.smoothed_state_cov.transpose(2, 0, 1), rtol=1e-7, atol=1e-8)
    end = model.filtered_states(values).mean[-1]
    np.testing.assert_allclose(end, found.filtered_state[:, -1], rtol=1e-8)


def test_the_level_of_the_nile():
    """The variances of Durbin, Koopman (2012), section 2.10.3: 15099 and 1469.1; the log likelihood of statsmodels there."""
    from statsmodels.datasets import nile
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    flow = nile.load_pandas().data["volume"].to_numpy(np.float64)
    start = ss.StateSpace.from_parameters(
        transition=[[1.0]], observation=[[1.0]], state_covariance=[[5000.0]], observation_covariance=[[5000.0]], initial_diffuse=True
    )
    model = ss.StateSpace(start=start, estimate=("state_covariance", "observation_covariance")).fit(flow)
    assert np.diff(model.fit_result_.path).min() >= 0 and model.fit_result_.converged
    assert model.observation_covariance_[0, 0] == pytest.approx(15099, abs=1.5)
    assert model.state_covariance_[0, 0] == pytest.approx(1469.1, abs=0.6)
    peer = UnobservedComponents(flow, "local level", use_exact_diffuse=True)
    peer.ssm.loglikelihood_burn = 0
    there = [model.observation_covariance_[0, 0], model.state_covariance_[0, 0]]
    assert model.log_likelihood(flow) == pytest.approx(peer.loglike(there), rel=1e-10)
    assert model.fit_result_.objective == pytest.approx(model.log_likelihood(flow), rel=1e-12)


def test_the_start_of_a_diffuse_direction_does_not_matter():
    base, values = model_of("trend"), values_of(model_of("trend"), True)
    moved = ss.StateSpace.from_parameters(**{**CASES["trend"][0], "initial_mean": [64.0, -32.0], "initial_covariance": [[4.0, 1.0], [1.0, 2.0]]})
    moved.missing = "mar"
    assert moved.log_likelihood(values) == pytest.approx(base.log_likelihood(values), rel=1e-10)
    np.testing.assert_allclose(moved.smoothed_states(values).covariance, base.smoothed_states(values).covariance, rtol=1e-7)


def test_residuals_and_filtered_states_of_the_first_steps():
    model, values = model_of("trend"), values_of(model_of("trend"), False)
    assert np.isnan(model.residuals(values)[:, 0]).tolist() == [True, True] + [False] * 12
    filtered = model.filtered_states(values).covariance
    assert np.isposinf(filtered[0, 1, 1]) and np.isfinite(filtered[0, 0, 0]) and np.isfinite(filtered[1:]).all()


def test_what_follows_a_history():
    model, values = model_of("trend"), values_of(model_of("trend"), False, 10)
    law = model.given(values)
    assert law.initial_diffuse_ is None and law.sample(5, rng=1).shape == (5, 1)
    wide = np.full((1, 1), np.nan)
    mean, variance = model.smoothed_states(np.concatenate([values, wide])).mean[-1, 0] + 3.0, model.smoothed_states(np.concatenate([values, wide])).covariance[-1, 0, 0] + 1.0
    forecast = model.forecast(values, 1)
    assert forecast.mean[0, 0] == pytest.approx(mean, rel=1e-9) and forecast.covariance[0, 0, 0] == pytest.approx(variance, rel=1e-9)
    part = model.given(values[:1])
    assert part.initial_diffuse_ is not None
    assert part.log_likelihood(values[1:]) + model.log_likelihood(values[:1]) == pytest.approx(model.log_likelihood(values), rel=1e-10)


def test_save_and_load_are_the_identity(tmp_path):
    model = model_of("correlated directions")
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and (again.initial_diffuse_ == model.initial_diffuse_).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: model_of("trend").sample(3, rng=0), r"draws have no law.*given\(history\)"),
        (lambda: model_of("trend").sample_states(np.zeros((4, 1)), rng=0), "draws of states have no law"),
        (lambda: model_of("trend").forecast(np.zeros((1, 1)), 2), "forecasts have no law"),
        (lambda: model_of("trend").smoothed_states(np.zeros((1, 1))), "does not determine every state"),
        (lambda: ss.StateSpace.from_parameters(**TREND, initial_diffuse=[True]), r"2 truth values, one for each state.*\[True\]"),
        (lambda: ss.StateSpace.from_parameters(**TREND, initial_diffuse=[[1.0, 2.0], [2.0, 1.0]]), "initial_diffuse is not positive definite"),
        (lambda: ss.StateSpace.from_parameters(**TREND, initial_diffuse=[False, True]), r"states \[0\] .* move with states \[1\]"),
        (lambda: ss.StateSpace.from_parameters(**TREND, initial_diffuse="all"), "'all'"),
        (lambda: ss.StateSpace.from_parameters(**{**TREND, "observation": [[1.0, 0.0], [1.0, 0.0]], "observation_covariance": np.zeros((2, 2))}, initial_diffuse=True).score(np.ones((4, 2))), "step 0 without error"),
        (lambda: ss.StateSpace.from_parameters(transition=[[0.5, 1e200], [0.0, 0.5]], observation=[[1.0, 0.0]], state_covariance=np.eye(2), observation_covariance=[[1.0]]), r"beyond doubles: transition has entries up to 1e\+200"),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_refused(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()
