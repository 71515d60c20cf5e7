"""Laws in closed form from batches: the fit in memory, however the rows are split, and summaries that stand for many values."""

import numpy as np
import pyarrow as pa
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import statsim as ss
from statsim import penalties
from statsim.errors import ArgumentError, FitError, TooLargeError
from statsim.models.laws import streamed, summaries
from statsim.tables.batches import Batches
from statsim.tables.writing import write_table

rng = np.random.default_rng(4)
X = rng.standard_normal((3000, 3)) @ rng.standard_normal((3, 3))
VALUES = X[:, 0]


def pieces(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)]


@pytest.mark.parametrize("size", [1, 100, 3000])
@pytest.mark.parametrize("shift", [0.0, 1e9])
@pytest.mark.parametrize("method", ["mle", ss.MAP(penalty=penalties.OAS()), ss.MAP(penalty=penalties.GraphicalLasso(0.1))])
def test_a_multivariate_normal_law(size, shift, method):
    whole, parts = ss.MultivariateNormal(method=method).fit(X + shift), ss.MultivariateNormal(method=method).fit(pieces(X + shift, size))
    assert_allclose(parts.mean_, whole.mean_, rtol=1e-15, atol=1e-13)
    assert_allclose(parts.covariance_, whole.covariance_, rtol=1e-8, atol=1e-10)
    assert_allclose(parts.fit_result_.objective, whole.fit_result_.objective, rtol=1e-10)
    assert parts.fit_document_["n_samples"] == 3000


def test_constant_and_dependent_columns_are_what_they_are_in_memory():
    data = np.column_stack([X[:, :2], X[:, 0], np.full(3000, 0.3)])
    fits = [ss.MultivariateNormal().fit(source) for source in (data, pieces(data, 700))]
    assert fits[1].mean_[3] == 0.3
    assert_array_equal(fits[1].covariance_[3], np.zeros(4))
    assert_allclose(fits[1].covariance_, fits[0].covariance_, rtol=1e-5, atol=1e-12)


def test_weights_and_names_of_a_file(tmp_path):
    w = np.arange(3000) % 3.0
    write_table(pa.table({"a": X[:, 0], "b": X[:, 1], "w": w}), tmp_path / "rows.parquet")
    model = ss.MultivariateNormal().fit(tmp_path / "rows.parquet", sample_weight="w")
    assert_allclose(model.covariance_, np.cov(np.repeat(X[:, :2], w.astype(int), axis=0).T, bias=True), rtol=1e-10)
    assert model.feature_names_in_.tolist() == ["a", "b"]
    law = ss.Normal().fit(Batches(tmp_path / "rows.parquet", columns=["b"], weights="w"))
    assert_allclose(law.loc_, np.average(X[:, 1], weights=w), rtol=1e-12)


@pytest.mark.parametrize("limit", [100, 10_000])
@pytest.mark.parametrize("shift", [0.0, 1e9])
@pytest.mark.parametrize("method", ["mle", "map"])
def test_a_normal_law_by_counts_and_by_its_summary(monkeypatch, limit, shift, method):
    monkeypatch.setattr(streamed.gather, "__kwdefaults__", {"max_distinct": limit})
    data = VALUES + shift
    whole = ss.Normal(method=method).fit(data)
    for source in (pieces(data, 77), pieces(data[:, None], 3000), iter(pieces(data, 1000))):
        parts = ss.Normal(method=method).fit(source)
        assert_allclose(parts.parameter_values, whole.parameter_values, rtol=1e-8)
        assert_allclose(parts.fit_result_.objective, whole.fit_result_.objective, rtol=1e-6)


def test_the_posterior_is_that_of_all_values(monkeypatch):
    monkeypatch.setattr(streamed.gather, "__kwdefaults__", {"max_distinct": 10})
    whole, parts = (ss.Normal(method="bayes", rng=1).fit(source) for source in (VALUES, pieces(VALUES, 500)))
    assert_allclose(parts.posterior_.values, whole.posterior_.values, rtol=1e-10)


LAWS = [
    (summaries.MEAN, stats.expon, [(0, 1.3), (0, 4.0)]),
    (summaries.MEAN_AND_VARIANCE, stats.norm, [(0.3, 1.1), (2.0, 0.7)]),
    (summaries.LOG_MEAN_AND_VARIANCE, stats.lognorm, [(0.9, 0, 1.0), (0.5, 0, 2.0)]),
    (summaries.MEAN_AND_LOG_MEAN, stats.gamma, [(0.6, 0, 2.0), (7.0, 0, 0.2)]),
]


@pytest.mark.parametrize(("summary", "law", "parameters"), LAWS, ids=["exponential", "normal", "log-normal", "gamma"])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_two_values_have_the_likelihood_of_all(summary, law, parameters, scale):
    values, weights = rng.gamma(2.0, 1.0, 500) * scale, rng.uniform(0.0, 2.0, 500)
    moments = summary.begin()
    for part in np.split(np.arange(500), [3, 200]):
        summary.add(moments, values[part], weights[part])
    pair = summary.values(moments)
    for given in parameters:
        given = (*given[:-1], given[-1] * scale)
        assert_allclose(law.logpdf(pair, *given).sum() * weights.sum() / 2, weights @ law.logpdf(values, *given), rtol=1e-11, atol=1e-9)


def test_the_summary_of_another_law_would_not_do():
    moments = summaries.MEAN_AND_VARIANCE.begin()  # the broken twin: mean and variance say too little of a gamma law
    summaries.MEAN_AND_VARIANCE.add(moments, np.abs(VALUES) + 1.0, np.ones(3000))
    pair = summaries.MEAN_AND_VARIANCE.values(moments)
    assert abs(stats.gamma(2.0).logpdf(pair).sum() * 1500 - stats.gamma(2.0).logpdf(np.abs(VALUES) + 1.0).sum()) > 10


def test_a_law_without_a_summary_takes_few_different_values(monkeypatch):
    monkeypatch.setattr(ss.Normal, "_summary", None)
    monkeypatch.setattr(streamed.gather, "__kwdefaults__", {"max_distinct": 50})
    rounded = np.clip(np.round(VALUES), -20, 20)
    assert_allclose(ss.Normal().fit(pieces(rounded, 100)).parameter_values, ss.Normal().fit(rounded).parameter_values, rtol=1e-13)
    with pytest.raises(TooLargeError, match="more than 50 different values, and a Normal has no summary of fewer; round them"):
        ss.Normal().fit(pieces(VALUES, 100))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.Normal().fit(pieces(X, 100)), "the batches have 3 columns, and a law of one number takes one"),
        (lambda: ss.Normal().fit(lambda: iter([np.ones(5), np.ones(4)])), "all values are 1:"),
        (lambda: ss.MultivariateNormal().fit([X[:1]]), "n_samples=1: a covariance needs at least 2 rows"),
        (lambda: ss.MultivariateNormal(method=ss.MAP(penalty=penalties.LedoitWolf())).fit(pieces(X, 100)), "needs all rows at once, .*; use statsim.penalties.OAS"),
        (lambda: ss.MultivariateNormal(missing="mar").fit([X, np.full((1, 3), np.nan)]), "batch 1 contains NaN"),
        (lambda: ss.MultivariateNormal().fit("nowhere.parquet"), "cannot read nowhere.parquet"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, FitError, ValueError), match=words):
        call()
