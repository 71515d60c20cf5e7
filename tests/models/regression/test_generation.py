"""Regressions as generators: features resampled or modelled, responses by family, the contract of draws, files."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, FileRefusedError
from tests.models.regression.cases import BINARY, COUNTS, FAMILIES, NUMBERS, OFFSET, WEIGHTS, X


def test_rows_are_those_of_the_data_by_weight_with_their_offsets():
    model = ss.PoissonRegression().fit(X, COUNTS, sample_weight=WEIGHTS, offset=OFFSET)
    rows, y = model.sample(30_000, rng=0)
    place = {row.tobytes(): i for i, row in enumerate(X)}
    found = np.array([place[row.tobytes()] for row in rows])
    assert (WEIGHTS[found] > 0).all() and y.dtype == np.int64
    testing.assert_probability(int((WEIGHTS[found] == 3).sum()), len(rows), float((WEIGHTS == 3).sum() * 3 / WEIGHTS.sum()))
    mean = model.predict(rows, offset=OFFSET[found])
    testing.assert_mean(stats.poisson.cdf(y, mean) - 0.5 * stats.poisson.pmf(y, mean), 0.5, bounds=(0, 1))
    mean = model.predict(rows, offset=OFFSET[found] + 0.2)
    with pytest.raises(AssertionError):  # the broken twin: means a fifth too high
        testing.assert_mean(stats.poisson.cdf(y, mean) - 0.5 * stats.poisson.pmf(y, mean), 0.5, bounds=(0, 1))


def test_a_model_of_features_is_fitted_along_and_drawn_from():
    model = ss.LinearRegression(features=ss.GaussianMixture(2, rng=0)).fit(X, NUMBERS)
    alone = ss.GaussianMixture(2, rng=0).fit(X)
    assert_allclose(model.features_.means_, alone.means_, rtol=1e-12)
    rows, y = model.sample(20_000, rng=3)
    testing.assert_same_distribution(rows[:, 0], alone.sample(20_000, rng=4)[:, 0])
    z = (y - model.predict(rows)) / model.scale_
    testing.assert_follows(z, stats.norm.cdf)
    with pytest.raises(AssertionError):  # the broken twin: noise too small by a seventh
        testing.assert_follows(z * 0.85, stats.norm.cdf)
    assert_allclose(model.score_samples(rows[:5]), alone.score_samples(rows[:5]), rtol=1e-12)  # X alone: the features' own density


def test_draws_of_classes_keep_their_chances_and_labels():
    labels = np.where(BINARY == 1, "yes", "no")
    model = ss.LogisticRegression().fit(X, labels)
    assert model.classes_.tolist() == ["no", "yes"]
    rows, y = model.sample(20_000, rng=1)
    chance = model.predict_proba(rows)[:, 1]
    testing.assert_mean((y == "yes") - chance, 0.0, bounds=(-1, 1))
    for part in (chance < 0.3, chance > 0.7):
        testing.assert_mean(((y == "yes") - chance)[part], 0.0, bounds=(-1, 1))
    with pytest.raises(AssertionError):  # the broken twin: the likelier class always
        testing.assert_mean(((model.predict(rows) == "yes") - chance)[chance < 0.3], 0.0, bounds=(-1, 1))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_seed_is_a_data_set_for_any_split_and_threads(name):
    kind, y = FAMILIES[name]
    model = kind(method=ss.VB(draws=200, family="laplace"), rng=0).fit(X, y) if name == "poisson" else kind(features=ss.GaussianMixture(2, rng=0)).fit(X, y)
    rows, response = model.sample(3000, rng=9)
    for threads in (1, 3):
        part = model.sample(1200, rng=9, start=1500, num_threads=threads)
        assert (part[0] == rows[1500:2700]).all() and (part[1] == response[1500:2700]).all()
    batches = list(model.sample_batches(3000, rng=9, batch_rows=700))
    assert (np.concatenate([one[1] for one in batches]) == response).all()
    assert (model.sample(5, rng=9, start=2**62)[1] == model.sample(6, rng=9, start=2**62 - 1)[1][1:]).all()
    assert model.sample(0, rng=1)[0].shape == (0, 3)
    assert (model.sample_y(X, rng=4, num_threads=1) == model.sample_y(X, rng=4, num_threads=2)).all()


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("method", ["mle", "posterior"])
@pytest.mark.parametrize("features", ["rows", "mixture"])
@pytest.mark.filterwarnings("ignore:Pareto k")
def test_a_file_holds_it_all(name, method, features, tmp_path):
    kind, y = FAMILIES[name]
    how = "mle" if method == "mle" else ss.VB(draws=100)
    model = kind(method=how, features=None if features == "rows" else ss.GaussianMixture(2, rng=0), rng=0).fit(X, y, sample_weight=WEIGHTS)
    if features == "rows":
        with pytest.raises(ArgumentError, match=r"save\(path, rows=True\)"):
            model.save(tmp_path / "model.json")
    model.save(tmp_path / "model.json", rows=features == "rows")
    back = ss.load(tmp_path / "model.json")
    for ours, theirs in zip(model.sample(2000, rng=5), back.sample(2000, rng=5), strict=True):
        assert (ours == theirs).all()
    assert (back.score_samples(X, y) == model.score_samples(X, y)).all()
    assert (back.covariance_ == model.covariance_).all() and back.to_document()["parameters"] == model.to_document()["parameters"]


def test_an_edited_file_is_refused():
    document = ss.LogisticRegression(features=ss.GaussianMixture()).fit(X, BINARY).to_document()
    for key, value, words in [
        ("classes", [1], "classes must be two different"),
        ("classes", [[0], [1]], "classes must be two different"),
        ("fit_intercept", 1, "fit_intercept must be true or false"),
        ("features", {"kind": "model", "model": {"model": "Normal"}}, "features must be a model of GaussianMixture, KernelDensity"),
        ("features", {"kind": "rows", "rows": [[1.0, 2.0, 3.0]], "weights": [0.0], "offsets": [0.0]}, "weights above 0"),
        ("features", 3, "kind 'rows' or 'model'"),
        ("covariance", [[1.0]], "covariance must have shape"),
        ("coefficients", [[1.0]], "coefficients must have shape"),
        ("extra", 1, "unknown keys"),
    ]:
        with pytest.raises(FileRefusedError, match=words):
            ss.LogisticRegression.from_document({**document, "parameters": {**document["parameters"], key: value}})


def test_known_parameters_need_no_data():
    model = ss.LinearRegression.from_parameters(coefficients=[2.0, -1.0], intercept=3.0, scale=0.5, features=[[0.0, 1.0], [2.0, 3.0]])
    rows, y = model.sample(1000, rng=0)
    assert set(rows[:, 0].tolist()) == {0.0, 2.0}
    testing.assert_follows((y - rows @ [2.0, -1.0] - 3.0) / 0.5, stats.norm.cdf)
    assert_allclose(model.score_samples((rows, y)), stats.norm.logpdf(y, rows @ [2.0, -1.0] + 3.0, 0.5), rtol=1e-12)
    moved = model.with_parameters([1.0, 1.0, 0.0, 2.0])
    assert moved.parameter_names == ("coefficients[0]", "coefficients[1]", "intercept", "scale") and moved.scale_ == 2.0
    with pytest.raises(ArgumentError, match="knows no features to draw; use sample_y"):
        ss.LinearRegression.from_parameters(coefficients=[1.0]).sample(3)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_fit_to_draws_recovers_the_parameters(name):
    kind, y = FAMILIES[name]
    model = kind().fit(X, y)
    again = kind().fit(*model.sample(20_000, rng=6))
    z = (again.parameter_values[:4] - model.parameter_values[:4]) / again.standard_errors_
    testing.assert_mean(np.clip(z, -10, 10) / 20 + 0.5, 0.5, bounds=(0, 1))
    assert np.abs(z).max() < 6


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.LinearRegression().fit(X), "y is missing"),
        (lambda: ss.LinearRegression().fit(X, NUMBERS[:9]), "y has 9 values and X 300 rows"),
        (lambda: ss.LinearRegression().fit(X, np.where(NUMBERS > 0, np.nan, 1.0)), "y contains NaN"),
        (lambda: ss.LinearRegression().fit(X[:3], NUMBERS[:3]), r"3 sample\(s\).* for 4 coefficients"),
        (lambda: ss.LinearRegression().fit(X, NUMBERS, sample_weight=np.zeros(300)), "every row has weight zero"),
        (lambda: ss.LinearRegression().fit(X, NUMBERS, offset=[1.0, 2.0]), r"offset must be one number for each of the 300 rows, got shape \(2,\)"),
        (lambda: ss.LogisticRegression().fit(X, COUNTS), "y must have two values, such as 0 and 1, got"),
        (lambda: ss.LogisticRegression().fit(X, np.ones(300)), "y has one class, np.float64|y has one class, 1.0"),
        (lambda: ss.LogisticRegression().fit(X, BINARY).score_samples(X[:1], [2]), r"y must hold the classes \[0, 1\], got y\[0\] = .*2"),
        (lambda: ss.PoissonRegression().fit(X, COUNTS - 1), r"whole numbers from 0, got y\[\d+\] = -1"),
        (lambda: ss.PoissonRegression().fit(X, COUNTS + 0.5), r"whole numbers from 0, got y\[0\] = \d+.5; for other numbers use LinearRegression"),
        (lambda: ss.PoissonRegression().fit(X, 0 * COUNTS), "all counts of y are 0"),
        (lambda: ss.LinearRegression(features=3).fit(X, NUMBERS), "features must be a model of rows of numbers"),
        (lambda: ss.LinearRegression(features=ss.Normal()).fit(X[:, :1], NUMBERS), "features must draw rows of 1 numbers|draws 1"),
        (lambda: ss.PoissonRegression(features=ss.GaussianMixture()).fit(X, COUNTS, offset=OFFSET), "features= a model draws none"),
        (lambda: ss.LinearRegression().fit(X, NUMBERS).sample(2, return_latent=True), r"sample\(n\) returns \(X, y\)"),
        (lambda: ss.LinearRegression().fit(X, NUMBERS).predict(X[:, :2]), "X has 2 features, but LinearRegression is expecting 3"),
        (lambda: ss.LinearRegression().predict(X), "no parameters yet"),
        (lambda: ss.LinearRegression(method="em").fit(X, NUMBERS), "method must be 'mle', 'map', 'bayes', 'vb'"),
        (lambda: ss.LinearRegression.from_parameters(coefficients=[np.inf]), "coefficients must be finite"),
        (lambda: ss.LinearRegression.from_parameters(coefficients=[1.0], scale=-1.0), "scale must be .* got -1.0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ValueError, TypeError), match=words):
        call()
