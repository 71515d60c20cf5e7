"""Autoregressions under priors: conjugate posteriors against formulas, quadrature and each other."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from tests.models.series.cases import TWO
from tests.reference.series_posteriors import regression

X = ss.VectorAutoRegression.from_parameters(**TWO).sample(60, rng=4)
PRIOR = priors.MatrixNormalInverseWishart(
    mean=np.arange(10.0).reshape(5, 2) / 20, row_covariance=np.diag([4.0, 1.0, 1.0, 0.5, 0.5]) + 0.1, scale=[[2.0, 0.3], [0.3, 1.0]], df=5.0
)


def posterior_of(x, order, trend, prior, initial=None):
    """By the formulas, in the units of the data."""
    rows, responses = regression(x, order, trend, initial)
    return prior.updated(rows.T @ rows, rows.T @ responses, responses.T @ responses, len(rows)), rows, responses


@pytest.mark.parametrize(("trend", "initial"), [("c", None), ("c", np.array([[1.0, 0.0], [0.5, -1.0]]))])
def test_the_mode_and_the_evidence_are_those_of_the_formulas(trend, initial):
    after, rows, responses = posterior_of(X, 2, trend, PRIOR, initial)
    model = ss.VectorAutoRegression(2, trend=trend, initial=initial, method=ss.MAP(prior=PRIOR)).fit(X)
    B, sigma = after.mode()
    assert_allclose(model.coefficients_, B[1:].reshape(2, 2, 2).transpose(0, 2, 1), rtol=1e-9, atol=1e-12)
    assert_allclose(model.intercept_, B[0], rtol=1e-9)
    assert_allclose(model.noise_covariance_, sigma, rtol=1e-9)
    likelihood = stats.multivariate_normal(np.zeros(2), sigma).logpdf(responses - rows @ B).sum()
    assert_allclose(model.fit_result_.objective, likelihood + PRIOR.log_density(B, sigma), rtol=1e-10)
    bayes = ss.VectorAutoRegression(2, trend=trend, initial=initial, method=ss.Bayes(prior=PRIOR, draws=2), rng=0).fit(X)
    assert_allclose(bayes.log_evidence_, likelihood + PRIOR.log_density(B, sigma) - after.log_density(B, sigma), rtol=1e-10)


def test_a_slope_has_its_place_in_the_prior():
    prior = priors.MatrixNormalInverseWishart(np.ones((3, 1)) / 5, np.diag([4.0, 0.01, 1.0]), [[2.0]], 3.0)
    x = X[:, :1] + 0.1 * np.arange(60.0)[:, None]
    after, _, _ = posterior_of(x, 1, "ct", prior)
    model = ss.AutoRegression(1, trend="ct", method=ss.MAP(prior=prior)).fit(x)
    assert_allclose([model.intercept_, model.slope_, model.coefficients_[0]], after.mean[:, 0], rtol=1e-8)


def test_the_evidence_of_one_column_is_the_integral():
    x, prior = X[:8, 0], priors.MatrixNormalInverseWishart([[0.2]], [[0.5]], [[1.5]], 3.0)
    model = ss.AutoRegression(1, trend="n", method=ss.Bayes(prior=prior, draws=2), rng=0).fit(x)

    phi, logs = np.meshgrid(np.linspace(-6, 6, 1201), np.linspace(-6, 9, 1201))
    variance = np.exp(logs)
    density = stats.norm.logpdf(phi, 0.2, np.sqrt(0.5 * variance)) + stats.invgamma.logpdf(variance, 1.5, scale=0.75) + logs
    density += sum(stats.norm.logpdf(x[t], phi * x[t - 1], np.sqrt(variance)) for t in range(1, 8))
    value = np.log(np.exp(density).sum() * 0.01 * 0.0125)
    assert_allclose(model.log_evidence_, value, rtol=1e-8)


def test_minnesota_is_its_dummy_observations():
    x = X + 3.0
    s = np.array([np.sqrt(np.linalg.lstsq(*regression(x[:, [j]], 2, "n"), rcond=None)[1][0] / (len(x) - 4)) for j in range(2)])
    tight, own = 0.3, 0.8
    above = np.diag(np.tile(s, 2) * np.repeat([1.0, 2.0], 2) / tight)  # Banbura, Giannone, Reichlin (2010), equation 5
    right = np.concatenate([np.diag(own * s / tight), np.zeros((2, 2))])
    rows, responses = regression(x, 2, "n")
    expected = np.linalg.lstsq(np.concatenate([above, rows]), np.concatenate([right, responses]), rcond=None)[0]
    prior = priors.Minnesota(tightness=tight, own_first_lag=own)
    model = ss.VectorAutoRegression(2, trend="n", method=ss.MAP(prior=prior)).fit(x)
    assert_allclose(model.coefficients_, expected.reshape(2, 2, 2).transpose(0, 2, 1), rtol=1e-8, atol=1e-12)
    dummy = np.tile(np.diag(x[2:].mean(axis=0) / 0.5), 2)
    dummies = np.concatenate([above, dummy, rows]), np.concatenate([right, own * dummy[:, :2], responses])
    summed = ss.VectorAutoRegression(2, trend="n", method=ss.MAP(prior=priors.Minnesota(tightness=tight, own_first_lag=own, sum_of_coefficients=0.5)))
    assert_allclose(summed.fit(x).coefficients_, np.linalg.lstsq(*dummies, rcond=None)[0].reshape(2, 2, 2).transpose(0, 2, 1), rtol=1e-7, atol=1e-10)


def test_units_do_not_matter_to_the_default_prior():
    scale, shift = np.array([1e3, 0.01]), np.array([5e4, -3.0])
    plain, moved = (ss.VectorAutoRegression(2, method="bayes", rng=1).fit(x) for x in (X, X * scale + shift))
    assert_allclose(moved.coefficients_ / (scale[:, None] / scale), plain.coefficients_, rtol=1e-7, atol=1e-10)
    assert_allclose(moved.posterior_["noise_covariance"] / np.outer(scale, scale), plain.posterior_["noise_covariance"], rtol=1e-9)
    assert_allclose(moved.log_evidence_, plain.log_evidence_ - 58 * np.log(scale).sum(), rtol=1e-9)


def test_weight_two_is_the_sequence_twice():
    once = ss.VectorAutoRegression(1, method="map").fit([X, X[:30]], sample_weight=[1.0, 2.0])
    twice = ss.VectorAutoRegression(1, method="map").fit([X, X[:30], X[:30]])
    assert_allclose(once.coefficients_, twice.coefficients_, rtol=1e-10)
    assert_allclose(once.intercept_, twice.intercept_, rtol=1e-10)
    given = priors.MatrixNormalInverseWishart(np.zeros((3, 2)), np.eye(3), np.eye(2), 4.0)
    once, twice = (ss.VectorAutoRegression(1, method=ss.MAP(prior=given)).fit(*data) for data in (([X, X[:30]], None, [1.0, 2.0]), ([X, X[:30], X[:30]],)))
    assert_allclose(once.coefficients_, twice.coefficients_, rtol=1e-10)


def test_draws_and_forecasts_have_the_laws_of_the_formulas():
    prior = priors.MatrixNormalInverseWishart([[0.0], [0.5]], np.diag([4.0, 1.0]), [[2.0]], 3.0)
    x = X[:20, :1]
    after, _, _ = posterior_of(x, 1, "c", prior)
    model = ss.AutoRegression(1, method=ss.Bayes(prior=prior), rng=2).fit(x[:, 0])
    spread = np.sqrt(after.scale[0, 0] / after.df)
    law = stats.t(after.df, after.mean[1, 0], spread * np.sqrt(after.row_covariance[1, 1]))
    testing.assert_follows(model.posterior_["coefficients"].ravel(), law.cdf)
    row = np.array([1.0, x[-1, 0]])
    ahead = stats.t(after.df, row @ after.mean[:, 0], spread * np.sqrt(1 + row @ after.row_covariance @ row))
    futures = np.array(model.given(x).sample(1, n_sequences=10_000, rng=3)).ravel()
    testing.assert_follows(futures, ahead.cdf)
    forecast = model.forecast(x, 1)
    assert_allclose([forecast.mean[0, 0], forecast.standard_deviation[0, 0]], [ahead.mean(), ahead.std()], rtol=0.03)
    with pytest.raises(AssertionError):  # the broken twin: the plug-in law is too narrow
        plain = model.given(x).sample(1, n_sequences=10_000, rng=3, parameters="mean")
        testing.assert_follows(np.array(plain).ravel(), stats.t(3, ahead.mean(), ahead.std()).cdf)
    points = np.linspace(-3, 3, 5)
    scores = model.given(x).score_samples([np.array([[point]]) for point in points])
    assert_allclose(scores, ahead.logpdf(points), atol=0.02)


def test_forecasts_far_ahead_are_means_over_draws():
    model = ss.VectorAutoRegression(2, method=ss.Bayes(draws=100), rng=2, trend="ct").fit(X)
    forecast = model.forecast(X, 4)
    laws = [model._posterior.law(i, initial=None, before=0) for i in range(400)]
    each = [ss.VectorAutoRegression._wrapping(law, trend="ct").forecast(X, 4) for law in laws]
    means, spreads = np.stack([one.mean for one in each]), np.stack([one.covariance for one in each])
    assert_allclose(forecast.mean, means.mean(axis=0), rtol=1e-10)
    away = means - means.mean(axis=0)
    assert_allclose(forecast.covariance, spreads.mean(axis=0) + np.einsum("mhi,mhj->hij", away, away) / 400, rtol=1e-9)


def test_short_simulation_based_calibration():
    rng, prior = np.random.default_rng(8), priors.MatrixNormalInverseWishart(np.zeros((2, 2)), 0.1 * np.eye(2), np.eye(2), 6.0)
    ranks, broken, start = [], [], np.array([[0.5, -0.5]])
    for number in range(150):
        sigma = stats.invwishart.rvs(6.0, np.eye(2), random_state=rng)
        B = np.linalg.cholesky(0.1 * np.eye(2)) @ rng.normal(size=(2, 2)) @ np.linalg.cholesky(sigma).T
        law = ss.VectorAutoRegression.from_parameters(coefficients=B.T[None], noise_covariance=sigma, initial=start)
        x = law.sample(8, rng=number)
        draws = ss.VectorAutoRegression(1, trend="n", initial=start, method=ss.Bayes(prior=prior, draws=99, chains=1), rng=number).fit(x).posterior_
        truths = np.array([B[1, 0], sigma[0, 1], sigma[1, 1]])
        values = np.stack([draws["coefficients[0,0,1]"], draws["noise_covariance[0,1]"], draws["noise_covariance[1,1]"]], axis=-1)[0]
        ranks.append(((values < truths).sum(axis=0) + rng.random(3)) / 100)
        broken.append(((values * 0.5 < truths).sum(axis=0) + rng.random(3)) / 100)
    for column in np.array(ranks).T:
        testing.assert_follows(column, stats.uniform.cdf)
    with pytest.raises(AssertionError):
        testing.assert_follows(np.array(broken)[:, 2], stats.uniform.cdf)


def test_much_data_bring_bayes_to_maximum_likelihood():
    x = ss.VectorAutoRegression.from_parameters(**TWO).sample(20_000, rng=9)
    plain, bayes = ss.VectorAutoRegression(2).fit(x), ss.VectorAutoRegression(2, method="bayes", rng=1).fit(x)
    assert np.abs(plain.coefficients_ - bayes.coefficients_).max() < 0.0005
    assert np.abs(plain.noise_covariance_ - bayes.noise_covariance_).max() < 0.005
    precision = np.linalg.inv(np.cov(np.c_[x[1:-1], x[:-2]].T))[0, 0]
    assert_allclose(bayes.posterior_["coefficients[0,0,0]"].std(), np.sqrt(plain.noise_covariance_[0, 0] * precision / 20_000), rtol=0.1)


def test_the_evidence_chooses_the_order():
    x = ss.AutoRegression.from_parameters(coefficients=[0.6, -0.4], noise_variance=1.0, intercept=3.0).sample(400, rng=1)
    model = ss.AutoRegression(method="bayes")
    found = model.log_evidences(x, (0, 1, 2, 3, 4))
    assert max(found, key=found.get) == 2
    same = ss.AutoRegression(2, method=ss.Bayes(draws=2), rng=0).fit(x[2:])
    assert_allclose(found[2], same.log_evidence_, rtol=1e-12)


def test_draws_may_be_kept_to_stationary_laws():
    walk = np.cumsum(np.random.default_rng(3).normal(size=40))
    free = ss.AutoRegression(1, method=ss.Bayes(prior=priors.Minnesota()), rng=0).fit(walk)
    cut = ss.AutoRegression(1, method=ss.Bayes(prior=priors.Minnesota(stationary=True)), rng=0).fit(walk)
    assert np.abs(free.posterior_["coefficients"]).max() > 1 > np.abs(cut.posterior_["coefficients"]).max()
    assert np.isnan(cut.log_evidence_)
    assert cut.sample(50, n_sequences=3, rng=1)[0].shape == (50, 1)
    for refused in (lambda: free.sample(5, rng=1), lambda: free.score_samples(walk)):
        with pytest.raises(ArgumentError, match="draws of the posterior have no stationary law to begin in; use given"):
            refused()
    assert free.given(walk).sample(5, rng=1).shape == (5, 1)


def test_a_saved_posterior_comes_back_whole(tmp_path):
    model = ss.VectorAutoRegression(2, method=ss.Bayes(draws=50), rng=1).fit(X)
    model.save(tmp_path / "model.json")
    back = ss.load(tmp_path / "model.json")
    assert back.posterior_.names == model.posterior_.names
    assert (back.posterior_.values.ravel() == model.posterior_.values.ravel()).all()
    ahead, again = model.given(X), back.given(X)
    assert all((a == b).all() for a, b in zip(ahead.sample(5, n_sequences=7, rng=5), again.sample(5, n_sequences=7, rng=5), strict=True))
    assert (ahead.sample(5, n_sequences=3, rng=5, start=4)[0] == ahead.sample(5, n_sequences=7, rng=5)[4]).all()
    assert (again.score_samples(X) == ahead.score_samples(X)).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.VectorAutoRegression(2, method=ss.Bayes(prior=priors.Normal())).fit(X), "an autoregression takes statsim.priors.Minnesota"),
        (lambda: ss.VectorAutoRegression(1, method=ss.MAP(prior=PRIOR)).fit(X), r"shape \(5, 2\), but order=1, trend='c' and 2 column\(s\) have 3 regressor"),
        (lambda: ss.VectorAutoRegression(1, method=ss.MAP(penalty=0.1)).fit(X), "penalty=0.1: an autoregression takes"),
        (lambda: ss.VectorAutoRegression(1, method=ss.MAP(prior=PRIOR, penalty=ss.penalties.Ridge())).fit(X), "not both"),
        (lambda: ss.VectorAutoRegression(1, missing="mar", method="bayes").fit(np.where(X > np.median(X), np.nan, X)), "needs every value"),
        (lambda: ss.VectorAutoRegression(1, method="vb").fit(X), "method must be"),
        (lambda: ss.VectorAutoRegression(1).fit(X).sample(3, parameters="mean"), "has no posterior; fit it with method='bayes'"),
        (lambda: ss.VectorAutoRegression(2, method="bayes", rng=0).fit(X).given(X[:1]), "history must end with 2 step"),
        (lambda: ss.AutoRegression(method="bayes").log_evidences(X[:, 0], ()), "orders is empty"),
        (lambda: ss.AutoRegression(method="bayes").log_evidences(X[:5, 0], (1, 9)), "orders go up to 9, and a sequence of X has 5 step"),
        (lambda: ss.AutoRegression(0, trend="n", method="bayes").fit(X[:, 0]), "leave no coefficient"),
        (lambda: priors.Minnesota(tightness=0.0), "tightness must be a finite number above 0"),
        (lambda: ss.VectorAutoRegression(1, method=ss.MAP(prior=priors.Minnesota(df=3.0))).fit(X), "df of Minnesota must be above 3"),
        (lambda: priors.MatrixNormalInverseWishart(np.zeros((2, 1)), [[1.0, 2.0], [2.0, 1.0]], [[1.0]], 3.0), "row_covariance of .* is not positive definite"),
        (lambda: priors.MatrixNormalInverseWishart(np.zeros((2, 2)), np.eye(2), np.eye(2), 1.0), "df must be a finite number above 1"),
        (lambda: ss.AutoRegression(1, method=ss.Bayes(prior=priors.Minnesota(stationary=True)), rng=0).fit(1.2 ** np.arange(60) + X[:, 0]), "too few to draw from"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError), match=words):
        call()
