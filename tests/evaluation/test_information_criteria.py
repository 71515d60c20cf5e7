"""Information criteria against scikit-learn, the models' own, and formulas."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import statsim as ss
from statsim.errors import ArgumentError, ArgumentTypeError, NotFittedError
from statsim.models.hmm.emissions import Gaussian
from tests.estimators.uncertainty.plain_models import Categories

RNG = np.random.default_rng(1)
X = np.concatenate([RNG.normal(size=(60, 2)), RNG.normal(size=(40, 2)) * [1.0, 0.3] + [3.0, 1.0]])
MIXTURES = {k: ss.GaussianMixture(k, method=ss.MLE(n_init=5), rng=0).fit(X) for k in (1, 2)}
LINE = X[:, 0]


def value_of(name, model, data=X):
    return ss.compare([model], data, criterion=name).values[0]


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
@pytest.mark.parametrize("name", ["aic", "bic"])
def test_mixtures_have_scikit_learns_values(kind, name):
    model = ss.GaussianMixture(2, covariance_type=kind, method=ss.MLE(n_init=5), rng=0).fit(X)
    found = value_of(name, model)
    assert_allclose(found.value, getattr(model.to_sklearn(), name)(X), rtol=1e-12)
    assert_allclose(found.value, found.pointwise.sum(), rtol=1e-12)


def test_sequences_count_their_steps_as_the_models_do():
    model = ss.HiddenMarkovModel.from_parameters(
        transmat=[[0.9, 0.1], [0.2, 0.8]], emission=Gaussian(means=[[0.0], [3.0]], covariances=[[[1.0]], [[1.0]]])
    )
    sequences = model.sample(30, n_sequences=5, rng=0)
    for name in ("aic", "bic"):
        found = value_of(name, model, sequences)
        assert_allclose(found.value, getattr(model, name)(sequences), rtol=1e-12)
        assert len(found.pointwise) == 5


def test_parameters_are_counted_where_the_model_says_nothing_but_their_support():
    letters = np.array([0, 1, 1, 2, 3, 3, 3])
    found = value_of("aic", Categories().fit(letters), letters)
    assert found.n_parameters == 3
    assert_allclose(found.value, -2 * np.log(np.array([1, 2, 2, 1, 3, 3, 3]) / 7).sum() + 6)


def test_the_correction_for_few_rows():
    rows = LINE[:7]
    model = ss.Normal().fit(rows)
    assert_allclose(value_of("aicc", model, rows).value, value_of("aic", model, rows).value + 2 * 2 * 3 / (7 - 2 - 1), rtol=1e-13)
    few = value_of("aicc", model, rows[:3])
    assert few.value == np.inf and few.warnings == ("3 rows are too few for 2 parameters: AICc needs 4",)


def test_the_completed_likelihood_takes_the_most_probable_component():
    model = MIXTURES[2]
    sure = model.predict_proba(X).max(axis=1)
    assert_allclose(value_of("icl", model).value, model.bic(X) - 2 * np.log(sure).sum(), rtol=1e-13)
    assert_allclose(value_of("icl", MIXTURES[1]).value, MIXTURES[1].bic(X), rtol=1e-13)


def test_the_standard_error_is_that_of_a_sum_of_rows():
    found = value_of("aic", ss.Normal().fit(LINE), LINE)
    scores = ss.Normal().fit(LINE).score_samples(LINE)
    assert_allclose(found.standard_error, 2 * np.sqrt(100 * scores.var(ddof=1)), rtol=1e-12)


def test_the_order_of_rows_and_their_unit_do_not_matter():
    for name in ("aic", "bic", "aicc"):
        plain = value_of(name, ss.Normal().fit(LINE), LINE)
        moved = 5.0 + 3.0 * LINE[::-1]
        assert_allclose(value_of(name, ss.Normal().fit(moved), moved).value, plain.value + 2 * 100 * np.log(3.0), rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.compare([ss.Normal], LINE), r"got <class .*Normal.*write Normal\(...\).fit\(X\)"),
        (lambda: ss.compare([ss.Normal()], LINE), "this Normal has no parameters yet"),
        (lambda: ss.compare([3], LINE), "a criterion needs a fitted model of statsim, got 3"),
        (lambda: ss.compare([], LINE), "models is empty"),
        (lambda: ss.compare(ss.Normal().fit(LINE), LINE), "models must be a list of fitted models"),
        (lambda: ss.compare([ss.Normal().fit(LINE)], LINE, criterion="dic"), "criterion must be one of 'aic', .* got 'dic'"),
        (lambda: ss.compare([ss.Normal().fit(LINE)], LINE, criterion=ss.criteria.BIC), r"write BIC\(\)"),
        (lambda: ss.compare([ss.KernelDensity().fit(X)], X), r"counts parameters \(n_parameters\), and a KernelDensity has no count; use criterion='cv'"),
        (lambda: ss.compare([ss.Normal().fit(LINE)], LINE, criterion="icl"), r"needs components \(predict_proba\), and a Normal has none"),
        (lambda: ss.compare([ss.Normal(method="bayes", rng=0).fit(LINE)], LINE), "this Normal is a Bayesian fit; use 'psis_loo', 'waic' or 'bridge'"),
        (lambda: ss.compare([ss.Normal().fit(LINE)], LINE, criterion="waic"), "this Normal has no posterior_; fit it with method='bayes'"),
        (lambda: ss.compare([ss.Normal().fit(LINE)], LINE, weights="stacking"), "weights='stacking' needs the log scores of rows"),
        (lambda: ss.compare([ss.Normal().fit(LINE)], LINE, weights="evidence"), "weights='evidence' needs an evidence"),
        (lambda: ss.compare([ss.Normal().fit(LINE)], np.r_[LINE, np.nan]), r"X\[100, 0\] = nan"),
    ],
)
def test_what_cannot_be_had_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, NotFittedError), match=words):
        call()
