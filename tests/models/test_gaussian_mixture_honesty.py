"""Units, shifts, order, weights, precision, missing values, constant and dependent columns: what must not change a fit, and how."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from statsim.distributions.covariance import KINDS
from statsim.errors import ArgumentError, FitWarning, ImpossibleConditionError
from statsim.estimators.mle import MLE
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.models.mixture.rows import prepare
from statsim.models.mixture.steps import MixtureState, MixtureSteps, _missing_sums
from tests.reference import mixture as twin

NIST = Path(__file__).parents[1] / "data" / "nist_univariate.json"
QUICK = MLE(n_init=6)


@pytest.fixture
def X(rng):
    """Two clear groups; multiples of 2^-20, so that dyadic shifts are exact."""
    rows = np.concatenate([rng.normal(c, 1, size=(80, 3)) for c in (0, 4)])
    return np.round(rows * 2**20) / 2**20


def fit(X, kind="full", **options):
    return GaussianMixture(2, covariance_type=kind, method=QUICK, rng=0, **options).fit(X)


def dense(model):
    k, d = model.means_.shape
    return KINDS[model.covariance_type].dense(model.covariances_, k, d)


# ---------------------------------------------------------------- metamorphic


@pytest.mark.parametrize("exponent", [-500, -30, 1, 40, 500])
@pytest.mark.parametrize("kind", list(KINDS))
def test_dyadic_scales(X, kind, exponent):
    scale = 2.0**exponent
    base, scaled = fit(X, kind), fit(X * scale, kind)
    np.testing.assert_array_equal(scaled.means_, base.means_ * scale)
    np.testing.assert_array_equal(scaled.covariances_, base.covariances_ * scale * scale)
    np.testing.assert_array_equal(scaled.weights_, base.weights_)
    shifted = base.fit_result_.objective - X.size * exponent * np.log(2)
    assert scaled.fit_result_.objective == pytest.approx(shifted, rel=1e-12)


def test_columns_may_have_different_units(X):
    scale = np.array([2.0**-300, 1.0, 2.0**400])
    base, scaled = fit(X), fit(X * scale)
    np.testing.assert_allclose(scaled.means_, base.means_ * scale, rtol=1e-12)
    np.testing.assert_allclose(scaled.covariances_, base.covariances_ * scale[:, None] * scale, rtol=1e-9)


@pytest.mark.parametrize("kind", list(KINDS))
def test_exact_shifts_of_a_billion_spreads(X, kind):
    shift = 2.0**30
    base, moved = fit(X, kind), fit(X + shift, kind)
    np.testing.assert_array_equal(moved.covariances_, base.covariances_)
    np.testing.assert_allclose(moved.means_ - shift, base.means_, atol=2e-7)


def test_order_of_rows_does_not_matter(X, rng):
    base, shuffled = fit(X), fit(X[rng.permutation(len(X))])
    np.testing.assert_array_equal(shuffled.means_, base.means_)
    np.testing.assert_array_equal(shuffled.covariances_, base.covariances_)


def test_weight_two_is_the_row_twice_and_weight_zero_is_no_row(X, rng):
    weights = rng.integers(0, 4, len(X))
    weighted = GaussianMixture(2, method=QUICK, rng=0).fit(X, sample_weight=weights)
    repeated = fit(np.repeat(X, weights, axis=0))
    np.testing.assert_allclose(weighted.means_, repeated.means_, rtol=1e-10)
    np.testing.assert_allclose(weighted.covariances_, repeated.covariances_, rtol=1e-10)
    assert weighted.fit_result_.objective == pytest.approx(repeated.fit_result_.objective, rel=1e-12)


def test_one_component_is_mean_and_covariance(X):
    model = GaussianMixture(1).fit(X)
    np.testing.assert_allclose(model.means_[0], X.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(model.covariances_[0], np.cov(X.T, bias=True), rtol=1e-12)


@pytest.mark.parametrize("name", list(json.loads(NIST.read_text())["datasets"]))
def test_nist_standard_deviations_keep_their_digits(name):
    """NIST asks for 8 digits of the standard deviation where the mean is 10^7 to 10^9 spreads away, 12 elsewhere."""
    entry = json.loads(NIST.read_text())["datasets"][name]
    y = np.array([float(value) for value in entry["data"]])
    model = GaussianMixture(1).fit(y[:, None])
    sd = np.sqrt(model.covariances_[0, 0, 0] * len(y) / (len(y) - 1))
    digits = 8 if name in ("NumAcc3", "NumAcc4") else 12
    assert sd == pytest.approx(float(entry["certified"]["sd"]), rel=10.0**-digits)
    assert model.means_[0, 0] == pytest.approx(float(entry["certified"]["mean"]), rel=1e-14)


# ---------------------------------------------------------------- missing values


def test_missing_values_in_one_gaussian_reach_a_point_where_em_stands_still(rng):
    rows = rng.normal(size=(120, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    rows[rng.random(rows.shape) < 0.3] = np.nan
    rows = rows[~np.isnan(rows).all(axis=1)]
    model = GaussianMixture(1, missing="mar").fit(rows)
    objective, _, means, covariances = twin.em_step(
        rows, np.ones(len(rows)), model.weights_, model.means_, model.covariances_, "full"
    )
    assert model.fit_result_.objective == pytest.approx(objective, rel=1e-12)
    np.testing.assert_allclose(means, model.means_, atol=1e-7)
    np.testing.assert_allclose(covariances, model.covariances_, atol=1e-7)


def test_rows_with_nothing_observed_change_nothing(X):
    empty = np.full((5, 3), np.nan)
    base, more = fit(X, missing="mar"), fit(np.concatenate([empty, X]), missing="mar")
    np.testing.assert_array_equal(more.means_, base.means_)


def test_masked_cells_are_missing_cells(X):
    masked = np.ma.masked_array(X, mask=np.zeros(X.shape, bool))
    masked[5, 2] = np.ma.masked
    holes = X.copy()
    holes[5, 2] = np.nan
    np.testing.assert_array_equal(fit(masked, missing="mar").means_, fit(holes, missing="mar").means_)
    with pytest.raises(ArgumentError, match=r"X contains NaN: X\[5, 2\]"):
        fit(masked)
    with pytest.raises(ArgumentError, match=r"X contains NaN: X\[5, 2\]"):
        fit(X).score_samples(masked)
    whole = np.ma.masked_array((100 * X).astype(int))
    whole[7, 0] = np.ma.masked
    with pytest.raises(ArgumentError, match=r"X contains NaN: X\[7, 0\]"):
        fit(whole)


def test_the_number_of_threads_changes_no_bit_where_values_are_missing(rng, monkeypatch):
    rows = rng.normal(size=(9_000, 3)) + 4 * (np.arange(9_000) % 2)[:, None]
    rows[rng.random(rows.shape) < 0.2] = np.nan
    method = MLE(n_init=2, short_iter=5, max_iter=12, tol=1e-2)
    fitted = []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv("STATSIM_NUM_THREADS", threads)
        fitted.append(GaussianMixture(2, missing="mar", method=method, rng=0).fit(rows))
    assert len({model.covariances_.tobytes() for model in fitted}) == 1
    assert len({model.fit_result_.objective for model in fitted}) == 1


@pytest.mark.parametrize("n", [4096, 4097, 9_000])
def test_chunks_of_rows_add_up_to_the_whole(rng, n):
    rows = rng.normal(size=(n, 3))
    rows[1:][rng.random((n - 1, 3)) < 0.3] = np.nan
    prepared = prepare(rows, None, one_scale=False)
    steps = MixtureSteps(prepared, KINDS["full"], 2)
    state = MixtureState(np.array([0.3, 0.7]), rng.normal(size=(2, prepared.values.shape[1])), np.array([np.eye(prepared.values.shape[1])] * 2))
    got = steps._moments_missing(state, prepared.weights, np.log(state.weights))
    expected = _missing_sums(prepared, prepared.weights, 0, len(prepared.weights), state, state.covariances, np.log(state.weights))
    for ours, whole in zip(got, expected, strict=True):
        np.testing.assert_allclose(ours, whole, rtol=1e-11, atol=1e-9)


@pytest.mark.parametrize("kind", list(KINDS))
def test_complete_data_fit_alike_with_and_without_missing_values_declared(X, kind):
    np.testing.assert_array_equal(fit(X, kind, missing="mar").means_, fit(X, kind).means_)


def test_groups_are_found_through_holes(X, rng):
    holes = X.copy()
    holes[rng.random(X.shape) < 0.2] = np.nan
    model = fit(holes, missing="mar")
    np.testing.assert_allclose(model.means_, fit(X).means_, atol=0.5)
    assert np.diff(model.fit_result_.path).min() >= 0


# ---------------------------------------------------------------- degenerate data


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_constant_column_is_a_point_mass(X, kind):
    data = np.insert(X, 1, 7.25, axis=1)
    model, base = fit(data, kind), fit(X, kind)
    assert model.constant_features_.tolist() == [False, True, False, False]
    assert "[1] are constant" in model.fit_result_.warnings[0]
    assert (model.sample(500, rng=1)[:, 1] == 7.25).all()
    np.testing.assert_array_equal(model.score_samples(data), base.score_samples(X))
    off = data.copy()
    off[:, 1] = 7.0
    assert (model.score_samples(off) == -np.inf).all()
    np.testing.assert_array_equal(model.predict(off), base.predict(X))
    again = GaussianMixture.from_document(json.loads(json.dumps(model.to_document())))
    np.testing.assert_array_equal(again.sample(50, rng=2), model.sample(50, rng=2))


def test_conditioning_on_a_constant_column(X):
    model = fit(np.insert(X, 1, 7.25, axis=1))
    np.testing.assert_allclose(model.given({1: 7.25}).means_, fit(X).means_)
    with pytest.raises(ImpossibleConditionError, match="column 1 is the constant 7.25, it cannot have the value 7"):
        model.given({1: 7.0})


def test_every_column_constant():
    model = GaussianMixture(1).fit(np.tile([1.0, -2.0], (5, 1)))
    assert (model.sample(10, rng=0) == [1.0, -2.0]).all()
    assert model.score_samples([[1.0, -2.0]])[0] == 0.0


def test_dependent_columns_are_regularised_relative_to_their_scale_and_reported(X):
    for scale in (1.0, 2.0**60):
        data = np.column_stack([X, X[:, 0] + X[:, 1]]) * scale
        with pytest.warns(FitWarning, match="linearly dependent"):
            model = fit(data)
        assert model.fit_result_.regularised
        # the bound acts on eigenvalues in units of the columns' variances
        unit = np.sqrt(np.outer(data.var(axis=0), data.var(axis=0)))
        assert np.linalg.eigvalsh(dense(model)[0] / unit).min() == pytest.approx(1e-6, rel=1e-3)


def test_rows_too_few_for_full_covariances_still_give_an_answer(rng):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        model = GaussianMixture(3, rng=0).fit(rng.normal(size=(10, 4)))
    assert np.isfinite(model.covariances_).all()
    assert model.fit_result_.regularised


def test_a_column_never_observed_is_named(X):
    data = np.insert(X, 1, np.nan, axis=1)
    with pytest.raises(Exception, match="column 1 of X has no observed value"):
        fit(data, missing="mar")


def test_float32_rows_give_bit_for_bit_what_the_same_numbers_give_in_float64():
    single = np.random.default_rng(11).normal(size=(300, 3)).astype(np.float32) + np.float32(1000)
    low, high = (GaussianMixture(2, rng=0).fit(X) for X in (single, single.astype(np.float64)))
    assert low.covariances_.tobytes() == high.covariances_.tobytes()
    assert low.means_.tobytes() == high.means_.tobytes()
    assert low.fit_result_.objective == high.fit_result_.objective
