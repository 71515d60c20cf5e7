"""What cannot be fitted, drawn or asked is refused before any work, with the name, the value and the remedy."""

import json

import numpy as np
import pytest

import statsim as ss
from statsim.catalog import from_document
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError, FitError, FitWarning, NotFittedError, TooLargeError
from tests.models.series.cases import MODELS, SPACE, local_level

AR, VAR, SPACES, ARMA = ss.AutoRegression, ss.VectorAutoRegression, ss.StateSpace, ss.ARMA
x = AR.from_parameters(coefficients=[0.5], noise_variance=1.0).sample(50, rng=1)
X = VAR.from_parameters(coefficients=[[[0.5, 0.1], [0.0, 0.3]]], noise_covariance=np.eye(2)).sample(50, rng=1)
GAP = np.where(np.arange(50) == 3, np.nan, x[:, 0])
GROWING = AR.from_parameters(coefficients=[1.2], noise_variance=1.0, initial=[1.0]).sample(60, rng=1)


def ar(**options):
    return AR.from_parameters(**{"coefficients": [0.5], "noise_variance": 1.0, **options})


def var(**options):
    return VAR.from_parameters(**{"coefficients": np.zeros((1, 2, 2)), "noise_covariance": np.eye(2), **options})


def space(**options):
    return SPACES.from_parameters(**{**SPACE, **options})


FITS = [
    (lambda: AR(1).fit([1.0]), ArgumentError, r"X has 1 step\(s\), 0 of them with 1 known step\(s\) before; .* need at least 3"),
    (lambda: AR(3).fit(x[:3]), ArgumentError, r"X has 3 step\(s\), 0 of them with 3 .* lower order"),
    (lambda: VAR(2).fit(X[:8]), ArgumentError, "need at least 7"),
    (lambda: AR(1).fit([]), ArgumentError, "X is empty"),
    (lambda: AR(1).fit([x, x[:0], x]), ArgumentError, "sequence 1 of X is empty"),
    (lambda: AR(1).fit(GAP), ArgumentError, r"X\[3, 0\] = nan.*missing='mar'"),
    (lambda: AR(1).fit(np.where(np.isnan(GAP), -np.inf, GAP)), ArgumentError, r"X\[3, 0\] = -inf"),
    (lambda: AR(1, method="ols", missing="mar").fit(GAP), ArgumentError, "method='ols' needs every value.*use method='mle'"),
    (lambda: AR(1, missing="mar").fit(np.full(30, np.nan)), FitError, "column 0 has no values"),
    (lambda: AR(1).fit(np.ones(30)), FitError, r"column 0 is the constant 1\.0: its noise variance is zero"),
    (lambda: VAR(1).fit(np.c_[x, np.full(50, 3.5)]), FitError, r"column 1 is the constant 3\.5"),
    (lambda: SPACES(1).fit(np.ones(30)), FitError, r"column 0 is the constant 1\.0"),
    (lambda: ARMA((1, 1)).fit(np.ones(30)), FitError, r"column 0 is the constant 1\.0"),
    (lambda: VAR(1).fit(np.c_[x, 2 * x]), FitError, "linearly dependent"),
    (lambda: AR(1, trend="ct").fit(np.arange(30.0)), FitError, "linearly dependent"),
    (lambda: AR(1, method="ols").fit(0.5 ** np.arange(30)), FitError, "column 0 is predicted without error"),
    (lambda: AR(1, method="ols").fit(GROWING), FitError, r"largest eigenvalue .* is 1\.19999.*initial="),
    (lambda: AR(1).fit(X), ArgumentError, "X has 2 features.*use VectorAutoRegression"),
    (lambda: ARMA().fit(X), ArgumentError, "X has 2 features"),
    (lambda: AR(1).fit((x, [20, 20])), ArgumentError, r"add up to 40, but X\[0\] has 50"),
    (lambda: AR(1).fit([x, x], sample_weight=[1, -1]), ArgumentError, r"sample_weight\[1\] = -1"),
    (lambda: AR(1).fit([x, x], sample_weight=[0, 0]), ArgumentError, "positive sum"),
    (lambda: AR(1).fit([x, X]), ArgumentError, r"X\[1\] has 2 features"),
    (lambda: AR(-1).fit(x), ArgumentError, "order must be at least 0, got -1"),
    (lambda: AR(1.5).fit(x), ArgumentTypeError, "order must be an integer, got 1.5"),
    (lambda: AR(1, trend="cubic").fit(x), ArgumentError, "trend must be one of 'n', 'c', 'ct'; got 'cubic'"),
    (lambda: AR(1, method="magic").fit(x), ArgumentError, "'yule-walker', 'map', 'bayes' or a method object, got 'magic'"),
    (lambda: VAR(1, method="burg").fit(X), ArgumentError, "got 'burg'"),
    (lambda: AR(1, method=ss.MLE(n_init=3)).fit(x), ArgumentError, "is fitted by LikelihoodAscent, which has no 'n_init'"),
    (lambda: AR(1, missing="drop").fit(x), ArgumentError, "missing must be one of 'raise', 'mar'; got 'drop'"),
    (lambda: AR(1, initial=[0.0], method="yule-walker").fit(x), FitError, "no stationary law to match; use method='mle' or 'ols'"),
    (lambda: AR(2, initial=[0.0]).fit(x), ArgumentError, r"initial must have shape \(2,\), got \(1,\)"),
    (lambda: VAR(1, initial=[0.0]).fit(X), ArgumentError, r"initial must have shape \(1, 2\)"),
    (lambda: AR(1).fit(x * 1e-170), FitError, r"column 0 has values of size \d.*e-170, whose variance is beyond doubles"),
    (lambda: SPACES(1).fit(x * 1e170), FitError, r"e\+170, whose variance is beyond doubles; change its unit"),
    (lambda: AR(1).fit(np.r_[x[:, 0], 1e14]), FitError, "a value that dwarfs all others"),
    (lambda: ARMA(2).fit(x), ArgumentTypeError, r"order must be a pair \(p, q\), got 2"),
    (lambda: ARMA((1, -1)).fit(x), ArgumentError, r"order\[1\] must be at least 0, got -1"),
    (lambda: ARMA((2, 2)).fit(x[:6]), ArgumentError, r"X has 6 step\(s\), but order=\(2, 2\)"),
    (lambda: ARMA(trend="t").fit(x), ArgumentError, "trend must be one of 'n', 'c', 'ct'; got 't'"),
    (lambda: ARMA((2, 1), initial=[1.0]).fit(x), ArgumentError, r"initial must have shape \(2,\), got \(1,\)"),
    (lambda: SPACES(0).fit(x), ArgumentError, "n_states must be at least 1, got 0"),
    (lambda: SPACES(5).fit(x[:6]), ArgumentError, r"too few steps for n_states=5: \[6\]"),
    (lambda: SPACES(1, estimate=("speed",)).fit(x), ArgumentError, "estimate must be one of .* got 'speed'"),
    (lambda: SPACES(1, estimate=()).fit(x), ArgumentError, "estimate must name what to estimate"),
    (lambda: SPACES(1, diagonal=("transition",)).fit(x), ArgumentError, "diagonal must be one of .* got 'transition'"),
    (lambda: SPACES(start=3).fit(x), ArgumentTypeError, "start must be a StateSpace with parameters, got 3"),
    (lambda: SPACES(start=SPACES(1)).fit(x), NotFittedError, "StateSpace has no parameters yet"),
    (lambda: SPACES(2, start=local_level()).fit(x), ArgumentError, "start has 1 states and 1 columns, but n_states=2"),
    (lambda: SPACES(2).fit(np.c_[x, x]), FitError, "without a likelihood.*predicts a value of step 0 without error"),
]
PARAMETERS = [
    (lambda: ar(coefficients=[1.2]), r"coefficients have no stationary law: .* is 1\.2, of size 1\.2, .* pass initial="),
    (lambda: ar(coefficients=[1 - 1e-11]), r"of size 0\.99999999999, but it must be below 1 by 1e-10"),
    (lambda: ar(coefficients=[1.0]), r"eigenvalue .* is 1, of size 1"),
    (lambda: ar(coefficients=[1.2, -1.1]), r"is 0\.6\+0\.860233i, of size 1\.04881"),
    (lambda: var(coefficients=[[[1.0, 0.0], [0.0, 0.2]]]), "coefficients have no stationary law"),
    (lambda: ARMA.from_parameters(ar=[1.0], noise_variance=1.0), "ar has no stationary law.*differences.*initial= with the 1 value"),
    (lambda: ARMA.from_parameters(ar=[0.5], noise_variance=1.0, initial=[1.0, 2.0]), r"initial must have shape \(1,\)"),
    (lambda: ARMA.from_parameters(ar=[0.5], noise_variance=1.0, slope=np.nan), "slope must be finite, got nan"),
    (lambda: ar(noise_variance=-1.0), r"noise_variance must be a finite number above 0\.0, got -1\.0"),
    (lambda: ar(noise_variance=0.0), r"above 0\.0, got 0\.0"),
    (lambda: ar(coefficients=[np.nan]), "coefficients must be finite, got nan"),
    (lambda: ar(coefficients=[[0.5]]), r"coefficients must have shape .* got \(1, 1\)"),
    (lambda: ar(coefficients="a"), "coefficients must be an array of numbers"),
    (lambda: ar(initial=[1.0, 2.0]), r"initial must have shape \(1,\), got \(2,\)"),
    (lambda: var(coefficients=[[0.2]]), r"coefficients must have shape \(p, k, k\).*got shape \(1, 1\)"),
    (lambda: var(coefficients=np.zeros((1, 2, 3))), r"coefficients must have shape .* got \(1, 2, 3\)"),
    (lambda: var(noise_covariance=[[1, 2], [2, 1]]), r"noise_covariance is not positive definite.*\[1\.0, 2\.0\]"),
    (lambda: var(noise_covariance=[[1, 1], [1, 1]]), "noise_covariance is not positive definite .column 1 has no variance of its own"),
    (lambda: var(noise_covariance=[[1, 0.5], [0, 1]]), "noise_covariance is not symmetric"),
    (lambda: var(intercept=[1.0]), r"intercept must have shape \(2,\), got \(1,\)"),
    (lambda: space(transition=np.eye(2)), r"transition has an eigenvalue of size 1,.*initial_mean= and initial_covariance="),
    (lambda: space(transition=np.zeros((2, 3))), r"transition must have shape .* got \(2, 3\)"),
    (lambda: space(observation=np.ones((3, 4))), r"observation must have shape .* got \(3, 4\)"),
    (lambda: space(state_covariance=[[1, 2], [2, 1]]), "state_covariance is not positive definite, nor a singular covariance"),
    (lambda: space(observation_covariance=-np.eye(3)), "observation_covariance is not positive definite"),
    (lambda: space(initial_covariance=np.eye(3)), r"initial_covariance must have shape \(2, 2\), got \(3, 3\)"),
    (lambda: space(selection=np.ones((3, 1))), r"selection must have shape \(2, 'any'\)"),
]
USES = [
    (lambda: ar().forecast([], 1), ArgumentError, "history is empty"),
    (lambda: ar().forecast([x, x]), ArgumentError, "history must be one sequence, got 2"),
    (lambda: ar().given(GAP), ArgumentError, r"history\[3, 0\] = nan"),
    (lambda: ar().forecast(x, 0), ArgumentError, "steps must be at least 1, got 0"),
    (lambda: var().forecast(X, 10**12), TooLargeError, "a forecast of 1000000000000 steps would take"),
    (lambda: var().score(x), ArgumentError, "X has 1 features, but VectorAutoRegression is expecting 2"),
    (lambda: var().impulse_responses(-1), ArgumentError, "steps must be at least 0, got -1"),
    (lambda: ar().forecast(x).interval(2), ArgumentError, "probability must be .* got 2"),
    (lambda: local_level().sample_states([x, x]), ArgumentError, "X must be one sequence, got 2"),
    (lambda: local_level().sample_states(x, -1), ArgumentError, "n_draws must be at least 0, got -1"),
    (lambda: local_level().sample_states(x, 10**12), TooLargeError, "draw fewer at a time"),
    (lambda: local_level(0.0, 0.0).log_likelihood(x), ArgumentError, "predicts a value of step 1 without error"),
    (lambda: ar(coefficients=[1.5], initial=[1.0]).sample(5000, rng=1), ArgumentError, r"sequence 0 leaves the range of doubles at step 17\d\d"),
    (lambda: ar(coefficients=[1.5], initial=[1.0]).sample(5000, n_sequences=2, rng=1, start=7), ArgumentError, "sequence 7 leaves the range"),
    (lambda: AR(1).forecast(x), NotFittedError, "AutoRegression has no parameters yet"),
    (lambda: AR(1).roots_, NotFittedError, "AutoRegression has no parameters yet"),
    (lambda: VAR(1).sample(3), NotFittedError, "VectorAutoRegression has no parameters yet"),
    (lambda: ARMA().residuals(x), NotFittedError, "ARMA has no parameters yet"),
    (lambda: SPACES(1).smoothed_states(x), NotFittedError, "StateSpace has no parameters yet"),
]


@pytest.mark.parametrize(("call", "error", "message"), FITS)
def test_what_cannot_be_fitted(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(("call", "message"), PARAMETERS)
def test_what_are_no_parameters(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()


@pytest.mark.parametrize(("call", "error", "message"), USES)
def test_what_cannot_be_asked(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_an_explosive_series_with_a_stationary_start_is_fitted_with_a_warning():
    with pytest.warns(FitWarning, match=r"look explosive: for least squares the largest eigenvalue .* is 1\.19999.*initial="):
        model = AR(1).fit(GROWING)
    assert abs(model.roots_[0]) < 1


# ---------------------------------------------------------------- files that mean harm


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("VAR(2)", "coefficients", [[[2.0, 0.0], [0.0, 2.0]]], "no stationary law"),
        ("VAR(2)", "coefficients", [[[0.5]]], "coefficients must have shape"),
        ("VAR(2)", "noise_covariance", [[1.0, 2.0], [2.0, 1.0]], "not positive definite"),
        ("VAR(2)", "noise_covariance", [[0.0, 0.0], [0.0, 0.0]], "not positive definite"),
        ("VAR(2)", "initial", [[1.0, 2.0]], "initial must have shape"),
        ("VAR(2)", "steps_before", -1, "steps_before must be an integer from 0 to 2"),
        ("VAR(2)", "steps_before", True, "steps_before"),
        ("VAR(2)", "trend", "n", "trend='n' does not go with"),
        ("VAR(2)", "missing", 3, "missing"),
        ("AR(3)", "noise_covariance", [[1.0, 0.0], [0.0, 1.0]], "coefficients|has one column"),
        ("ARMA(2, 1)", "ar", [1.5], "no stationary law"),
        ("ARMA(2, 1)", "noise_variance", -1.0, "noise_variance"),
        ("ARMA(2, 1)", "ma", [[1.0]], "ma must have shape"),
        ("state space", "observation", [[1.0]], "observation must have shape"),
        ("state space", "state_covariance", [[1.0, 2.0], [2.0, 1.0]], "state_covariance"),
        ("state space", "estimate", ["os.system"], "estimate must be one of"),
        ("state space", "diagonal", "x", "diagonal must be a list"),
    ],
)
def test_a_wrong_document_is_refused(name, key, value, message):
    document = json.loads(json.dumps(MODELS[name]().to_document()))
    document["parameters"][key] = value
    with pytest.raises(FileRefusedError, match=message):
        from_document(document)


@pytest.mark.parametrize("value", [None, True, -1, 1e308, 2**70, "x", [], [[]], [[[[0.0]]]], {}])
@pytest.mark.parametrize("name", MODELS)
def test_any_value_in_any_place_is_refused_or_usable(name, value):
    good = json.loads(json.dumps(MODELS[name]().to_document()))
    for key in good["parameters"]:
        document = {**good, "parameters": {**good["parameters"], key: value}}
        try:
            model = from_document(document)
        except FileRefusedError:
            continue
        try:
            model.sample(2, rng=1)
        except ArgumentError as error:  # parameters near the largest double
            assert "range of doubles" in str(error)
