"""Gaussian mixtures from batches: exact EM in passes equals the fit in memory, for any split, and online EM comes to the truth."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitWarning
from statsim.models.mixture import streamed
from statsim.models.mixture.online_steps import MixtureStatistics, OnlineMixtureSteps

TRUTH = ss.GaussianMixture.from_parameters(weights=[0.3, 0.5, 0.2], means=[[0, 0], [4, 0], [0, 5.0]], covariances=[np.eye(2), [[1, 0.7], [0.7, 1]], np.eye(2) / 2])
X = TRUTH.sample(6000, rng=3)
KINDS = ("full", "tied", "diag", "spherical")


def pieces(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)]


def begun(kind, **control):
    """A mixture whose next fit begins at fixed parameters."""
    model = ss.GaussianMixture(3, covariance_type=kind, method=ss.MLE(**control), rng=0, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        return model.fit(X[:60])


@pytest.fixture
def small_sample(monkeypatch):
    """A sample smaller than the data, so that passes over the batches do the work."""
    monkeypatch.setattr(streamed, "SAMPLE_ROWS", 500)


@pytest.mark.filterwarnings("ignore::statsim.errors.FitWarning")  # ten steps do not converge
@pytest.mark.parametrize("kind", KINDS)
def test_each_pass_is_the_step_in_memory(kind):
    whole, parts = begun(kind, max_iter=10).fit(X), begun(kind, max_iter=10).fit(pieces(X, 777))
    assert_allclose(parts.fit_result_.path, whole.fit_result_.path, rtol=1e-12)
    for name in ("weights_", "means_", "covariances_"):
        assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_optimum_is_that_of_the_fit_in_memory(kind, small_sample):
    method = ss.MLE(n_init=5, tol=1e-14)
    whole = ss.GaussianMixture(3, covariance_type=kind, method=method, rng=0).fit(X)
    parts = ss.GaussianMixture(3, covariance_type=kind, method=method, rng=0).fit(pieces(X, 777))
    assert_allclose(parts.fit_result_.objective, whole.fit_result_.objective, rtol=1e-12)
    assert_allclose(parts.fit_result_.objective, parts.log_likelihood(X), rtol=1e-12)
    assert_allclose(parts.means_, whole.means_, atol=1e-6)
    assert np.diff(parts.fit_result_.path).min() > 0


def test_no_split_changes_a_bit(small_sample):
    fits = [ss.GaussianMixture(3, method=ss.MLE(n_init=4), rng=0).fit(pieces(X, size)) for size in (100, 6000)]
    assert_array_equal(fits[0].means_, fits[1].means_)
    assert_array_equal(fits[0].covariances_, fits[1].covariances_)


def test_order_and_chunks_change_rounding_alone(small_sample):
    method = ss.MLE(n_init=4, tol=1e-15)
    parts = pieces(X, 500)
    fits = [ss.GaussianMixture(3, method=method, rng=0).fit(ss.Batches(source, batch_rows=rows)) for source, rows in ((parts, 512), (parts[::-1], 512), (parts, 2000))]
    for other in fits[1:]:
        assert_allclose(other.fit_result_.objective, fits[0].fit_result_.objective, rtol=1e-13)
        assert_allclose(other.means_, fits[0].means_, atol=1e-6)


def test_weights_are_repeated_rows_and_zero_is_none(small_sample):
    w = np.arange(6000) % 3.0
    far = X.copy()
    far[w == 0] = 1e200
    method = ss.MLE(n_init=4, tol=1e-14)
    weighted = ss.GaussianMixture(3, method=method, rng=0).fit([(far[:1000], w[:1000]), (far[1000:], w[1000:])])
    repeated = ss.GaussianMixture(3, method=method, rng=0).fit(np.repeat(X, w.astype(int), axis=0))
    assert_allclose(weighted.fit_result_.objective, repeated.fit_result_.objective, rtol=1e-12)
    frame = pd.DataFrame(np.column_stack([far, w]), columns=["x", "y", "w"])
    named = ss.GaussianMixture(3, method=method, rng=0).fit([frame[:3000], frame[3000:]], sample_weight="w")
    assert_array_equal(named.means_, weighted.means_)
    assert named.feature_names_in_.tolist() == ["x", "y"]


def test_a_column_that_moves_where_the_sample_does_not_see_it(small_sample):
    data = np.column_stack([X, np.zeros(6000), np.full(6000, 2.0)])
    data[4321, 2] = 1.0
    model = ss.GaussianMixture(1, rng=0).fit(pieces(data, 1000))
    assert model.constant_features_.tolist() == [False, False, False, True]
    assert_allclose(model.covariances_[0, 2, 2], data[:, 2].var(), rtol=1e-9)
    assert (model.means_[:, 3] == 2.0).all()


def test_columns_that_are_all_constant_are_point_masses():
    for method in ("mle", "online"):
        model = ss.GaussianMixture(1, method=method, rng=0).fit([np.ones((5, 2)), np.ones((3, 2))])
        assert model.constant_features_.all() and (model.means_ == 1.0).all()


def test_far_and_narrow_components_keep_their_digits():
    shifted = np.round(X, 6) + 2.0**30
    whole, parts = (ss.GaussianMixture(3, method=ss.MLE(n_init=3), rng=0).fit(data) for data in (shifted, pieces(shifted, 999)))
    assert_allclose(parts.covariances_, whole.covariances_, rtol=1e-6)


# ---------------------------------------------------------------- online EM


def errors(n_replications, n, first_seed):
    """Estimates less truth, in standard deviations of one row, of two components far apart: (replications, 4)."""
    truth = ss.GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[0.0], [20.0]], covariances=[[[1.0]], [[1.0]]])
    found = []
    for seed in range(first_seed, first_seed + n_replications):
        model = ss.GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[0.0], [20.0]], covariances=[[[1.0]], [[1.0]]])
        model.method = ss.OnlineEM(batch_rows=64)
        model.partial_fit(truth.sample(n, rng=seed))
        found.append(np.r_[(model.means_[:, 0] - [0.0, 20.0]) * np.sqrt(n / 2), (model.covariances_[:, 0, 0] - 1.0) * np.sqrt(n / 4)])
    return np.array(found)


def test_the_truth_is_recovered(seed, monkeypatch):
    z = errors(30, 12_800, seed)
    testing.assert_mean(z.ravel(), 0.0, sd=np.sqrt(9 / 5))  # the limit law of the average of the states
    def forgetful(self, old, new, share):
        return MixtureStatistics(*((1 - share) * a + share * b for a, b in zip(old, new, strict=True)))
    monkeypatch.setattr(OnlineMixtureSteps, "blend", forgetful)  # the broken twin: what the means have moved is lost from the scatter
    with pytest.raises(AssertionError):
        testing.assert_mean(errors(30, 12_800, seed).ravel(), 0.0, sd=np.sqrt(9 / 5))


def test_the_error_falls_with_the_rows(seed):
    few, many = errors(15, 1600, seed), errors(15, 25_600, seed)
    assert np.sqrt(np.mean(many**2)) < 2 * np.sqrt(np.mean(few**2))  # both in units of 1 / sqrt(n); F(60, 60) exceeds 4 with probability 1e-7


def test_one_pass_comes_near_the_optimum():
    data = TRUTH.sample(100_000, rng=8)
    exact = ss.GaussianMixture(3, method=ss.MLE(n_init=5), rng=0).fit(data)
    for source in (data, iter(pieces(data, 10_000)), pieces(data, 7000)):
        model = ss.GaussianMixture(3, method=ss.OnlineEM(batch_rows=1000, start=ss.MLE(n_init=5)), rng=0).fit(source)
        assert exact.score(data) - model.score(data) < 18 / len(data)  # 17 parameters at 9/5 the variance of the optimum: half of that, and room
        assert model.fit_result_.criterion == "held-out log-likelihood of a row"
        assert len(model.fit_result_.path) == 100
        assert_allclose(model.fit_result_.objective, TRUTH.score(data), atol=0.05)


def test_partial_fit_is_the_fit_in_pieces():
    method = ss.OnlineEM(batch_rows=250, start=ss.MLE(n_init=3))
    first = ss.GaussianMixture(3, method=method, rng=0).partial_fit(X[:2000])
    by_hand = first.partial_fit(X[2000:4000]).partial_fit(ss.Batches(pieces(X[4000:], 300)))
    assert by_hand.fit_document_["n_samples"] == 6000
    assert len(by_hand.fit_result_.path) == 24
    other = ss.GaussianMixture(3, method=method, rng=0).partial_fit(X[:2000]).partial_fit(X[2000:])
    assert_allclose(other.means_, by_hand.means_, rtol=1e-12, atol=1e-12)
    assert abs(by_hand.score(X) - TRUTH.score(X)) < 0.02


def test_a_fit_that_has_not_settled_says_so():
    far = ss.GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[-1.0], [1.0]], covariances=[[[1.0]], [[1.0]]])
    far.method, far.warm_start = ss.OnlineEM(batch_rows=50, decay=1.0), True
    drifting = np.random.default_rng(1).normal(0, 1 / np.linspace(1, 30, 5000))[:, None]
    with pytest.warns(FitWarning, match="the held-out log-likelihood still rises .*; give more batches, raise n_passes"):
        far.fit(drifting)
    with pytest.warns(FitWarning, match="2 batch.es. are too few to tell"):
        ss.GaussianMixture(1, method="online", rng=0).fit(X)


def test_a_failed_batch_leaves_the_model_as_it_was():
    model = ss.GaussianMixture(3, method=ss.OnlineEM(batch_rows=500, start=ss.MLE(n_init=2)), rng=0).partial_fit(X)
    means, path = model.means_.copy(), len(model.fit_result_.path)
    with pytest.raises(ArgumentError, match="batch 1 contains NaN"):
        model.partial_fit(ss.Batches([X[:1000], np.full((3, 2), np.nan)], batch_rows=500))
    assert_array_equal(model.means_, means)
    assert len(model.partial_fit(X[:500]).fit_result_.path) == path + 1


def once():
    return iter(pieces(X, 1000))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.GaussianMixture(2).fit(once()), r"EM \(method='mle'\) reads them several times; pass a Parquet path"),
        (lambda: ss.GaussianMixture(2, method=ss.OnlineEM(n_passes=2)).fit(once()), "n_passes=2 reads them several times"),
        (lambda: ss.GaussianMixture(2).fit([X, X[:, :1]]), r"batch 1 has 1 feature\(s\), expected 2"),
        (lambda: ss.GaussianMixture(5).fit([X[:2], X[:1]]), "n_components=5 is more than n_samples=3 rows"),
        (lambda: ss.GaussianMixture(1).fit([X[:1]]), "at least 2 rows, more than n_samples=1"),
        (lambda: ss.GaussianMixture(2, rng=0).fit([np.ones((9, 1)), np.ones((9, 1))]), "1 distinct row"),
        (lambda: ss.GaussianMixture(2).fit(pieces(X, 1000), sample_weight=np.ones(6000)), "let each one be a pair"),
        (lambda: ss.OnlineEM(decay=0.5), "decay must be a finite number above 0.5 and at most 1.0, got 0.5; 0.6 is a good choice"),
        (lambda: ss.OnlineEM(start=3), r"start must be MLE\(...\), how a start is searched for, got 3"),
        (lambda: ss.OnlineEM(batch_rows=0), "batch_rows must be at least 1, got 0"),
        (lambda: TRUTH.partial_fit(X[:, :1]), "X has 1 features, but GaussianMixture is expecting 2"),
        (lambda: TRUTH.partial_fit(ss.Batches([X[:, :1]])), r"batch 0 has 1 feature\(s\), expected 2"),
        (lambda: ss.GaussianMixture(2, rng=0).partial_fit(X).set_params(n_components=3).partial_fit(X), "goes on with 2 components .* n_components=3"),
        (lambda: ss.GaussianMixture(1, rng=0).partial_fit(np.c_[X, np.ones(6000)]).partial_fit(np.c_[X, np.zeros(6000)]), "column 2 of X was 1 in all rows .* and is 0 now"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, RuntimeError), match=words):
        call()
