"""Cross-validation, WAIC and PSIS-LOO against loops, closed forms and ArviZ."""

import numpy as np
import pytest
from arviz_stats.base import array_stats
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim import priors
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.evaluation.criteria.waic import waic_of_scores
from statsim.models.hmm.emissions import Gaussian

X = np.random.default_rng(3).normal(1.0, 2.0, 40)
PRIOR = priors.NormalInverseGamma(mean=0.0, mean_precision=0.5, shape=2.0, scale=3.0)
BAYES = ss.Normal(method=ss.Bayes(prior=PRIOR, draws=1000), rng=0).fit(X)
SCORES = np.random.default_rng(4).normal(-1.0, 0.4, size=(4, 250, 12))
SCORES[:, :, 3] -= 5 * np.random.default_rng(5).standard_exponential((4, 250))  # a row with a heavy tail


def test_leaving_out_one_row_is_a_loop_over_fits():
    found = ss.criteria.CrossValidation(folds="loo").value(ss.Normal().fit(X), X)
    rest = [np.delete(X, i) for i in range(40)]
    assert_allclose(found.pointwise, [stats.norm.logpdf(x, part.mean(), part.std()) for x, part in zip(X, rest, strict=True)], rtol=1e-12)
    assert_allclose(found.standard_error, np.sqrt(40 * found.pointwise.var(ddof=1)), rtol=1e-12)


def test_folds_are_balanced_keyed_by_the_seed_and_the_same_for_every_model():
    folds = ss.criteria.CrossValidation(folds=7)._folds(40)
    assert sorted(np.bincount(folds)) == [5, 5, 6, 6, 6, 6, 6]
    assert (folds == ss.criteria.CrossValidation(folds=7)._folds(40)).all()
    assert (folds != ss.criteria.CrossValidation(folds=7, rng=1)._folds(40)).any()
    found = ss.criteria.CrossValidation(folds=7).value(ss.Normal().fit(X), X).pointwise
    inside = X[folds != 2]
    assert_allclose(found[folds == 2], stats.norm.logpdf(X[folds == 2], inside.mean(), inside.std()), rtol=1e-12)


def test_whole_sequences_are_left_out():
    model = ss.HiddenMarkovModel.from_parameters(transmat=[[0.9, 0.1], [0.2, 0.8]], emission=Gaussian(means=[[0.0], [3.0]], covariances=[[[1.0]], [[1.0]]]))
    sequences = model.sample(20, n_sequences=6, rng=0)
    single = ss.HiddenMarkovModel(1).fit(sequences)
    found = ss.criteria.CrossValidation(folds=3).value(single, sequences)
    folds = ss.criteria.CrossValidation(folds=3)._folds(6)
    rest = np.concatenate([part for part, fold in zip(sequences, folds, strict=True) if fold != folds[0]])
    assert_allclose(found.pointwise[0], stats.norm.logpdf(sequences[0], rest.mean(), rest.std()).sum(), rtol=1e-6)


def test_loo_and_its_k_are_arvizs_on_the_same_array():
    found = ss.criteria.PSISLOO(relative_efficiency=0.8).of_scores(SCORES)
    pointwise, k_hat, effective = array_stats.loo(np.moveaxis(SCORES, -1, 0), r_eff=0.8)[:3]
    assert_allclose(found.pointwise, pointwise, atol=1e-10)
    assert_allclose(found.pareto_k, k_hat, atol=1e-10)
    assert_allclose(found.n_parameters, effective.sum(), atol=1e-9)
    assert found.warnings[0].startswith("k-hat above 0.67 in 1 row(s) (3): the score there is too high")


def test_waic_is_the_formula():
    found = waic_of_scores(SCORES)
    table = SCORES.reshape(-1, 12)
    mean = np.array([np.log(np.mean(np.exp(column))) for column in table.T])
    variance = np.array([np.sum((column - column.mean()) ** 2) / 999 for column in table.T])
    assert_allclose(found.pointwise, mean - variance, rtol=1e-12)
    assert_allclose(found.n_parameters, variance.sum(), rtol=1e-12)
    assert found.warnings[0].startswith("the log density of 1 row(s) varies by more than 0.4")


def test_loo_from_one_fit_is_the_closed_form_of_all_the_fits():
    found = ss.criteria.PSISLOO().value(BAYES, X)
    exact = [_predictive(np.delete(X, i)).logpdf(X[i]) for i in range(40)]
    waic = ss.criteria.WAIC().value(BAYES, X)
    assert_allclose(found.value, np.sum(exact), atol=0.15)  # 4000 draws of which the scores differ by 0.16: twenty standard errors and more
    assert_allclose(found.pointwise, exact, atol=0.1)
    assert abs(waic.value - found.value) < 0.1 and 1.0 < found.n_parameters < 3.0
    inside = [_predictive(X).logpdf(x) for x in X]  # the broken twin: nothing is left out
    assert abs(found.value - np.sum(inside)) > 1.0


def _predictive(rows):
    after = PRIOR.updated(len(rows), rows.mean(), len(rows) * rows.var())
    return stats.t(2 * after.shape, after.mean, np.sqrt(after.scale * (1 + after.mean_precision) / (after.shape * after.mean_precision)))


def test_stretches_of_rows_change_nothing(monkeypatch):
    whole = ss.criteria.PSISLOO().value(BAYES, X)
    monkeypatch.setattr("statsim.evaluation.criteria.posterior_scores._CELLS", 4000 * 20)
    assert (ss.criteria.PSISLOO().value(BAYES, X).pointwise == whole.pointwise).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.criteria.CrossValidation(folds=1), "folds must be at least 2, got 1; or folds='loo'"),
        (lambda: ss.criteria.CrossValidation(rng=None), "rng must be an integer or a SeedSequence, so that every model has the same folds; got None"),
        (lambda: ss.compare([ss.Normal().fit(X)], X[:4], criterion="cv"), r"X has 4 independent part\(s\) .* fewer than the 10 folds"),
        (lambda: ss.compare([ss.Normal().fit(X)], np.r_[np.zeros(19), 1.0], criterion="cv"), "fold .* of 10 could not be fitted: all values are 0"),
        (lambda: ss.criteria.PSISLOO(relative_efficiency=0.0), "relative_efficiency must be a finite number above 0.0, got 0.0"),
        (lambda: ss.compare([_graph()], _graph().sample(rng=0), criterion="cv"), "takes rows or sequences apart, and what a BernoulliGraph models is one draw"),
    ],
)
def test_bad_requests_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError), match=words):
        call()


def _graph():
    return ss.BernoulliGraph.from_parameters(n_nodes=10, p=0.3)
