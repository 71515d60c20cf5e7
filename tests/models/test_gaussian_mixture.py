"""The model's interface: parameters in, laws out, files, scikit-learn."""

import json

import numpy as np
import pytest
from scipy import stats

from statsim.distributions.covariance import KINDS
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError, FitError, ImpossibleConditionError
from statsim.estimators.mle import MLE
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from tests.reference import mixture as twin

WEIGHTS = np.array([0.3, 0.7])
MEANS = np.array([[0.0, 1.0, -2.0], [4.0, 0.5, 1.0]])
DENSE = np.array(
    [[[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.5]], [[1.0, 0.0, 0.4], [0.0, 0.3, 0.0], [0.4, 0.0, 1.5]]]
)


def known(kind="full", **options):
    covariances = KINDS[kind].from_dense(DENSE)
    model = GaussianMixture.from_parameters(weights=WEIGHTS, means=MEANS, covariances=covariances, covariance_type=kind)
    return model.set_params(**options), np.array(KINDS[kind].dense(covariances, 2, 3))


@pytest.fixture(params=list(KINDS))
def kind(request):
    return request.param


@pytest.fixture
def rows(rng):
    return rng.normal(1, 3, size=(40, 3))


# ---------------------------------------------------------------- densities


def test_scores_equal_the_textbook(kind, rows):
    model, dense = known(kind)
    expected = twin.log_density(rows, WEIGHTS, MEANS, dense)
    np.testing.assert_allclose(model.score_samples(rows), expected, rtol=1e-12)
    assert model.score(rows) == pytest.approx(expected.mean(), rel=1e-12)
    assert model.log_likelihood(rows) == pytest.approx(expected.sum(), rel=1e-12)
    np.testing.assert_allclose(model.predict_proba(rows), twin.posterior(rows, WEIGHTS, MEANS, dense), rtol=1e-10, atol=1e-15)
    assert (model.predict(rows) == model.predict_proba(rows).argmax(axis=1)).all()


def test_missing_values_are_integrated_out(kind, rows, rng):
    model, dense = known(kind, missing="mar")
    rows[rng.random(rows.shape) < 0.4] = np.nan
    rows[0] = np.nan
    np.testing.assert_allclose(model.score_samples(rows), twin.log_density(rows, WEIGHTS, MEANS, dense), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(model.predict_proba(rows), twin.posterior(rows, WEIGHTS, MEANS, dense), rtol=1e-9, atol=1e-15)


def test_missing_values_are_refused_unless_declared(rows):
    rows[3, 1] = np.nan
    with pytest.raises(ArgumentError, match=r"X\[3, 1\] = nan.*missing='mar'"):
        known()[0].score_samples(rows)


def test_one_component_is_a_gaussian(rows):
    model = GaussianMixture.from_parameters(weights=[1.0], means=MEANS[:1], covariances=DENSE[:1])
    np.testing.assert_allclose(model.score_samples(rows), stats.multivariate_normal(MEANS[0], DENSE[0]).logpdf(rows), rtol=1e-12)


def test_rows_beyond_every_density_still_have_a_component():
    model, _ = known()
    far = np.array([[1e200, 0.0, 0.0], [-1e300, 2.0, 1e250]])
    assert (model.score_samples(far) == -np.inf).all()
    posterior = model.predict_proba(far)
    assert np.isfinite(posterior).all()
    np.testing.assert_array_equal(posterior.sum(axis=1), 1.0)


def test_criteria_count_free_parameters(kind, rows):
    model, _ = known(kind)
    free = {"full": 1 + 6 + 12, "tied": 1 + 6 + 6, "diag": 1 + 6 + 6, "spherical": 1 + 6 + 2}[kind]
    total = model.log_likelihood(rows)
    assert model.aic(rows) == pytest.approx(2 * free - 2 * total)
    assert model.bic(rows) == pytest.approx(free * np.log(40) - 2 * total)


# ---------------------------------------------------------------- other laws


def test_given_equals_the_textbook(kind):
    model, dense = known(kind)
    conditional = model.given({1: 0.7, 0: 3.0})
    weights, means, covariances = twin.conditional(WEIGHTS, MEANS, dense, [1, 0], [0.7, 3.0])
    np.testing.assert_allclose(conditional.weights_, weights, rtol=1e-11)
    np.testing.assert_allclose(conditional.means_, means, rtol=1e-11)
    np.testing.assert_allclose(KINDS[kind].dense(conditional.covariances_, 2, 1), covariances, rtol=1e-11)


def test_joint_is_marginal_times_conditional(kind, rows):
    model, _ = known(kind)
    for row in rows[:5]:
        joint = model.score_samples(row[None])[0]
        parts = model.marginal([2, 0]).score_samples(row[None, [2, 0]])[0] + model.given({2: row[2], 0: row[0]}).score_samples(
            row[None, [1]]
        )
        assert joint == pytest.approx(parts[0], rel=1e-11)


def test_a_wrong_conditional_covariance_is_noticed(rows):
    """Broken twin: with the marginal in the place of the conditional the product rule fails."""
    model, _ = known()
    row = rows[0]
    parts = model.marginal([0]).score_samples(row[None, [0]]) + model.marginal([1, 2]).score_samples(row[None, 1:])
    assert model.score_samples(row[None])[0] != pytest.approx(parts[0], rel=1e-3)


def test_names_are_kept_and_understood():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(np.random.default_rng(0).normal(size=(50, 3)), columns=["a", "b", "c"])
    model = GaussianMixture(1).fit(frame)
    assert list(model.feature_names_in_) == ["a", "b", "c"]
    assert list(model.given({"b": 0.1}).feature_names_in_) == ["a", "c"]
    assert list(model.marginal(["c", "a"]).feature_names_in_) == ["c", "a"]
    with pytest.raises(ArgumentError, match="there is no column 'z'; the columns are"):
        model.given({"z": 1.0})
    with pytest.raises(ArgumentError, match="feature names should match"):
        model.score_samples(frame[["b", "a", "c"]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        model.score_samples(frame.to_numpy())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({0: 1.0, 1: 1.0, 2: 1.0}, "at least one column free"),
        ({3: 1.0}, "got 3"),
        ({0: np.nan}, r"values\[0\] must be a finite number.*nan"),
    ],
)
def test_impossible_requests_of_given(values, message):
    with pytest.raises(ArgumentError, match=message):
        known()[0].given(values)


def test_values_of_density_zero_are_refused():
    with pytest.raises(ImpossibleConditionError, match="1e\\+200.*density zero"):
        known()[0].given({0: 1e200})


def test_given_nothing_is_the_same_law(rows):
    model, _ = known()
    np.testing.assert_array_equal(model.given({}).score_samples(rows), model.score_samples(rows))


# ---------------------------------------------------------------- parameters and files


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": [0.3, 0.6]}, "sum to 1.*0.6"),
        ({"weights": [-0.5, 1.5]}, "non-negative.*-0.5"),
        ({"weights": [1.0]}, "shapes"),
        ({"means": [[0.0, np.inf, 0.0]] * 2}, "means must be finite, got inf"),
        ({"covariances": DENSE[:1]}, r"shape \(2, 3, 3\).*\(1, 3, 3\)"),
        ({"covariances": -DENSE}, "not all positive definite"),
        ({"covariances": DENSE + np.triu(np.ones((3, 3)), 1)}, r"covariances\[0\] is not symmetric"),
        ({"covariances": [np.diag([1.0, 0.0, 1.0]), np.eye(3)]}, "column 1 has variance zero in some components only"),
        ({"covariances": [np.diag([0.0, 1.0, 1.0])] * 2}, r"column 0 has variance zero but the values \[0.0, 4.0\]"),
        ({"covariance_type": "round"}, "covariance_type must be one of.*'round'"),
    ],
)
def test_impossible_parameters_are_refused(change, message):
    arguments = {"weights": WEIGHTS, "means": MEANS, "covariances": DENSE, **change}
    with pytest.raises(ArgumentError, match=message):
        GaussianMixture.from_parameters(**arguments)


def test_documents_are_lossless(kind):
    model, _ = known(kind, missing="mar")
    text = json.dumps(model.to_document())
    again = GaussianMixture.from_document(json.loads(text))
    for name in ("weights_", "means_", "covariances_", "constant_features_"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model, name))
    assert again.get_params() == model.get_params()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("weights", [0.5], "weights must have shape"),
        ("covariances", [[[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]] * 2, "positive definite"),
        ("constant", [7], "constant must list column numbers from 0 to 2"),
        ("constant", [0], r"constant names \[0\], the covariances say otherwise"),
        ("missing", "guess", "missing must be one of"),
        ("feature_names", ["a"], "feature_names must be 3 strings"),
        ("surprise", 1, "surprise"),
    ],
)
def test_documents_that_lie_are_refused(key, value, message):
    document = known()[0].to_document()
    document["parameters"] = {**document["parameters"], key: value}
    with pytest.raises((FileRefusedError, ArgumentError), match=message):
        GaussianMixture.from_document(document)


def test_to_and_from_sklearn(kind, rows):
    model, _ = known(kind)
    peer = model.to_sklearn()
    np.testing.assert_allclose(peer.score_samples(rows), model.score_samples(rows), rtol=1e-10)
    np.testing.assert_allclose(peer.predict_proba(rows), model.predict_proba(rows), rtol=1e-9, atol=1e-14)
    again = GaussianMixture.from_sklearn(peer)
    np.testing.assert_array_equal(again.covariances_, model.covariances_)
    with pytest.raises(ArgumentTypeError, match="has no weights_"):
        GaussianMixture.from_sklearn(type(peer)())


# ---------------------------------------------------------------- input of fit


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        (np.ones((2, 2)), {"n_components": 3}, "n_components=3 is more than n_samples=2"),
        (np.ones((1, 2)), {}, "n_samples=1: a covariance needs at least 2 rows"),
        (np.ones((0, 2)), {}, "0 sample"),
        (np.array([[1.0], [np.inf]]), {}, r"X\[1, 0\] = inf"),
        (np.eye(3), {"n_components": 0}, "n_components must be at least 1, got 0"),
        (np.eye(3), {"covariance_type": "oval"}, "'oval'"),
        (np.eye(3), {"method": "guess"}, "method must be 'mle'.*'guess'"),
        (np.eye(3), {"missing": "drop"}, "missing must be one of 'raise', 'mar'; got 'drop'"),
        (np.eye(3), {"rng": -1}, "rng must be a non-negative integer, got -1"),
    ],
)
def test_wrong_input_is_refused_before_any_work(X, options, message):
    with pytest.raises(ArgumentError, match=message):
        GaussianMixture(**options).fit(X)


def test_wrong_weights_are_refused():
    X = np.arange(6.0)[:, None]
    for weights, message in [([1, 1, -1, 1, 1, 1], "-1"), ([1, np.nan, 1, 1, 1, 1], "nan"), ([1, 1], "shape"), ([0] * 6, "sum")]:
        with pytest.raises(ArgumentError, match=message):
            GaussianMixture().fit(X, sample_weight=weights)
    with pytest.raises(ArgumentError, match="n_samples=1"):
        GaussianMixture().fit(X, sample_weight=[0, 0, 1, 0, 0, 0])


def test_too_few_distinct_rows_are_named():
    with pytest.raises(FitError, match=r"2 distinct row\(s\), fewer than n_components=3"):
        GaussianMixture(3).fit(np.array([[0.0], [1.0], [0.0], [1.0]]))


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_a_variance_outside_the_range_of_doubles_is_named(scale):
    X = np.array([[1.0, 0.0], [2.0, scale], [3.0, -scale]])
    with pytest.raises(FitError, match="column 1 of X spreads over 1e[+-]300"):
        GaussianMixture().fit(X)


def test_a_failed_fit_leaves_no_parameters():
    model = GaussianMixture(3)
    with pytest.raises(FitError):
        model.fit(np.array([[0.0], [1.0], [0.0]]))
    assert not model.__sklearn_is_fitted__()


def test_warm_start_goes_on_from_the_last_fit(rng):
    X = np.concatenate([rng.normal(c, 1, size=(100, 2)) for c in (0, 3)])
    model = GaussianMixture(2, rng=0, warm_start=True).fit(X)
    cold = model.fit_result_
    model.fit(X)
    assert model.fit_result_.n_starts == 1
    assert model.fit_result_.n_iter < 10
    assert model.fit_result_.objective == pytest.approx(cold.objective, rel=1e-12)
    with pytest.raises(ArgumentError, match="warm_start=True, but the last fit had means of shape"):
        model.set_params(n_components=3).fit(X)


def test_fits_do_not_depend_on_global_state_and_integers_repeat(rng):
    X = rng.normal(size=(60, 2))
    before = np.random.get_state()[1].tobytes()
    first, second = (GaussianMixture(2, method=MLE(n_init=4), rng=5).fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.means_, second.means_)
    assert np.random.get_state()[1].tobytes() == before


# ---------------------------------------------------------------- sampling


def test_a_fit_to_its_own_sample_recovers_the_parameters():
    """Limits are 6 standard errors of the maximum-likelihood estimates, from the curvature of well separated groups."""
    n = 40_000
    truth = GaussianMixture.from_parameters(weights=WEIGHTS, means=MEANS * 3, covariances=DENSE)
    rows, labels = truth.sample(n, rng=11, return_latent=True)
    model = GaussianMixture(2, method=MLE(n_init=4), rng=0).fit(rows)
    sizes = WEIGHTS * n
    assert abs(model.weights_[0] - WEIGHTS[0]) < 6 * np.sqrt(WEIGHTS[0] * WEIGHTS[1] / n)
    variances = np.diagonal(DENSE, axis1=1, axis2=2)
    assert (np.abs(model.means_ - MEANS * 3) < 6 * np.sqrt(variances / sizes[:, None])).all()
    spread = np.sqrt((variances[:, :, None] * variances[:, None, :] + DENSE**2) / sizes[:, None, None])
    assert (np.abs(model.covariances_ - DENSE) < 6 * spread).all()
    assert (model.predict(rows) == labels).mean() > 0.999
    wrong = DENSE * (1 + 12 / np.sqrt(n))  # a broken twin: a covariance 6 % too wide is seen
    assert not (np.abs(model.covariances_ - wrong) < 6 * spread).all()
