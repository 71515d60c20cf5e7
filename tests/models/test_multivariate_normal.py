"""The multivariate normal law against formulas, SciPy, scikit-learn and the mixture of one component."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from sklearn.utils.estimator_checks import check_estimator

import statsim as ss
from statsim import penalties, priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError
from statsim.models.multivariate_normal.predictive import predictive_mixture

X = np.random.default_rng(2).normal(size=(60, 4)) @ np.random.default_rng(3).normal(size=(4, 4)) + 10.0


@pytest.mark.filterwarnings("ignore:Estimator MultivariateNormal does not inherit", "ignore:Skipping check check_array_api_input")
@pytest.mark.parametrize("method", ["mle", *(ss.MAP(penalty=one) for one in (penalties.LedoitWolf(), penalties.OAS(), penalties.GraphicalLasso(0.2)))])
def test_it_is_an_estimator(method):
    check_estimator(ss.MultivariateNormal(method=method, rng=0))


def test_the_fit_is_the_formula():
    model = ss.MultivariateNormal().fit(X)
    assert_allclose(model.mean_, X.mean(axis=0), rtol=1e-13)
    assert_allclose(model.covariance_, np.cov(X.T, bias=True), rtol=1e-12)
    assert_allclose(model.score_samples(X), stats.multivariate_normal(model.mean_, model.covariance_).logpdf(X), rtol=1e-10)
    assert_allclose(model.fit_result_.objective, model.log_likelihood(X), rtol=1e-12)
    assert_allclose(model.precision_ @ model.covariance_, np.eye(4), atol=1e-8)


def test_missing_values_have_the_likelihood_of_what_was_seen():
    holes = X.copy()
    holes[::7, 1] = np.nan
    holes[3, :3] = np.nan
    model = ss.MultivariateNormal(missing="mar").fit(holes)

    def total(mean, covariance):
        return sum(stats.multivariate_normal(mean[o], covariance[np.ix_(o, o)]).logpdf(x[o]) for x in holes for o in [~np.isnan(x)])

    best = total(model.mean_, model.covariance_)
    assert_allclose(model.log_likelihood(holes), best, rtol=1e-10)
    for place in range(4):
        assert total(model.mean_ + 1e-3 * np.eye(4)[place], model.covariance_) < best
        assert total(model.mean_, model.covariance_ * (1 + (place - 1.5) * 1e-3)) < best


@pytest.mark.parametrize("penalty", [penalties.LedoitWolf(), penalties.OAS(), penalties.GraphicalLasso(0.2)], ids=lambda one: type(one).__name__)
def test_penalised_fits_shrink_the_rows_own_covariance(penalty):
    model = ss.MultivariateNormal(method=ss.MAP(penalty=penalty)).fit(X)
    centred = X - X.mean(axis=0)
    assert_allclose(model.covariance_, penalty.shrink(np.cov(X.T, bias=True), n=60, rows=centred), rtol=1e-9)
    assert model.log_likelihood(X) < ss.MultivariateNormal().fit(X).log_likelihood(X)
    assert model.fit_result_.criterion == "penalised log-likelihood"


def test_the_sparse_objective_is_the_top():
    penalty = penalties.GraphicalLasso(0.2, tol=1e-12)
    model = ss.MultivariateNormal(method=ss.MAP(penalty=penalty)).fit(X)

    def objective(covariance):
        return stats.multivariate_normal(model.mean_, covariance).logpdf(X).sum() - 60 * _penalty(covariance)

    def _penalty(covariance):
        scale = X.std(axis=0)
        precision = np.linalg.inv(covariance / np.outer(scale, scale))
        return 0.1 * (np.abs(precision).sum() - np.trace(np.abs(precision)))

    best = objective(model.covariance_)
    assert_allclose(model.fit_result_.objective, best, rtol=1e-9)
    random = np.random.default_rng(0)
    for _ in range(20):
        noise = random.normal(size=(4, 4)) * 1e-2
        assert objective(model.covariance_ + (noise + noise.T) * 0.1) < best


def test_zeros_survive_a_file(tmp_path):
    independent = np.random.default_rng(1).normal(size=(300, 3))
    model = ss.MultivariateNormal(method=ss.MAP(penalty=penalties.GraphicalLasso(0.3))).fit(independent)
    assert (model.precision_[0, 1:] == 0).all()
    model.save(tmp_path / "model.json")
    back = ss.load(tmp_path / "model.json")
    assert (back.precision_ == model.precision_).all()
    document = model.to_document()
    document["parameters"]["precision"] = [[2.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]]
    with pytest.raises(FileRefusedError, match="precision is not the inverse"):
        ss.MultivariateNormal.from_document(document)


def test_other_laws_are_those_of_the_mixture():
    model = ss.MultivariateNormal().fit(X)
    mixture = ss.GaussianMixture.from_parameters(weights=[1.0], means=model.mean_[None], covariances=model.covariance_[None])
    assert_allclose(model.given({0: 9.0}).covariance_, mixture.given({0: 9.0}).covariances_[0])
    assert_allclose(model.marginal([2, 0]).mean_, model.mean_[[2, 0]])
    assert (model.sample(50, rng=1) == mixture.sample(50, rng=1)).all()
    assert_allclose(model.to_target().gradient(X[0]), mixture.to_target().gradient(X[0]))


def test_a_constant_column_is_a_point_mass_under_a_penalty_too():
    table = np.column_stack([X[:, :2], np.full(60, 7.0)])
    model = ss.MultivariateNormal(method=ss.MAP(penalty=penalties.OAS())).fit(table)
    assert (model.covariance_[2] == 0).all()
    assert (model.sample(20, rng=0)[:, 2] == 7.0).all()


PRIOR = priors.NormalInverseWishart(mean=np.full(4, 9.0), mean_precision=2.0, degrees_of_freedom=7.0, scale=np.diag([1.0, 2.0, 3.0, 4.0]))


def test_the_mode_is_the_top_of_likelihood_times_prior():
    model = ss.MultivariateNormal(method=ss.MAP(prior=PRIOR)).fit(X)

    def objective(mean, covariance):
        return stats.multivariate_normal(mean, covariance).logpdf(X).sum() + PRIOR.log_density(mean, covariance)

    best = objective(model.mean_, model.covariance_)
    assert_allclose(model.fit_result_.objective, best, rtol=1e-11)
    random = np.random.default_rng(0)
    for _ in range(20):
        noise = random.normal(size=(4, 4)) * 1e-3
        assert objective(model.mean_ + 1e-3 * random.normal(size=4), model.covariance_ + (noise + noise.T)) < best


def test_exact_draws_have_the_law_of_the_posterior():
    model = ss.MultivariateNormal(method=ss.Bayes(prior=PRIOR), rng=0).fit(X)
    mean, scatter = X.mean(axis=0), 60 * np.cov(X.T, bias=True)
    kappa, nu, gap = 62.0, 67.0, mean - 9.0
    scale = PRIOR.scale + scatter + 2.0 * 60 / 62 * np.outer(gap, gap)
    centre = (2.0 * 9.0 + 60 * mean) / kappa
    draws = model.posterior_.values[0]
    testing.assert_follows(draws[:, 1], stats.t(nu - 3, centre[1], np.sqrt(scale[1, 1] / (kappa * (nu - 3)))).cdf)
    testing.assert_follows(draws[:, 4 + 5] ** -1.0, stats.gamma((nu - 3) / 2, scale=2 / scale[1, 1]).cdf)
    with pytest.raises(AssertionError):  # the broken twin: the mean as sure as of half the rows
        testing.assert_follows(draws[:, 1], stats.t(nu - 3, centre[1], np.sqrt(2 * scale[1, 1] / (kappa * (nu - 3)))).cdf)


def test_rows_and_densities_are_those_of_the_predictive_law(tmp_path):
    few = X[:8, :2]
    model = ss.MultivariateNormal(method="bayes", rng=1).fit(few)
    mixture = predictive_mixture(model.posterior_, 2)
    assert_allclose(model.score_samples(few), mixture.score_samples(few), rtol=1e-12)
    assert (model.sample(100, rng=2) == mixture.sample(100, rng=2)).all()
    nu, kappa = 4.0 + 8, 8.01
    scale = (np.diag(few.var(axis=0)) + 8 * np.cov(few.T, bias=True)) * (kappa + 1) / (kappa * (nu - 1))
    predictive = stats.multivariate_t(few.mean(axis=0), scale, df=nu - 1)
    far = few.mean(axis=0) + np.array([3.0, -3.0]) * few.std(axis=0)
    densities = [stats.multivariate_normal(draw[:2], draw[2:].reshape(2, 2)).pdf(far) for draw in model.posterior_.values[0]]
    testing.assert_mean(np.array(densities), predictive.pdf(far))
    with pytest.raises(AssertionError):  # the broken twin: the density at the means of the parameters
        testing.assert_mean(np.array(densities), stats.multivariate_normal(model.mean_, model.covariance_).pdf(far))
    model.save(tmp_path / "model.json")
    assert (ss.load(tmp_path / "model.json").sample(50, rng=3) == model.sample(50, rng=3)).all()


def test_much_data_gives_maximum_likelihood_at_the_rate_of_one_over_n():
    """The prior counts as 13 rows: its pull on the mode falls as 1 / (n + 13), so a thousandfold weight leaves a thousandth of it."""
    plain = ss.MultivariateNormal().fit(X)
    pulls = []
    for weight in (1e3, 1e6):
        mode = ss.MultivariateNormal(method=ss.MAP(prior=PRIOR)).fit(X, sample_weight=np.full(60, weight))
        pulls.append(np.abs(mode.covariance_ - plain.covariance_).max())
    assert_allclose(pulls[1] / pulls[0], 1e-3, rtol=2 * 13 / 60e3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.MultivariateNormal(method=ss.MAP(prior=priors.Normal())).fit(X), "prior must be statsim.priors.NormalInverseWishart"),
        (lambda: ss.MultivariateNormal(method=ss.Bayes(prior=PRIOR)).fit(X[:, :2]), "the prior is of 4 columns, and X has 2"),
        (lambda: ss.MultivariateNormal(method="bayes").fit(np.column_stack([X, np.ones(60)])), "column 4 is constant"),
        (lambda: ss.MultivariateNormal(method="bayes", missing="mar").fit(np.where(X > 11, np.nan, X)), "needs complete rows"),
        (lambda: ss.MultivariateNormal(method=ss.MAP(penalty=0.1)).fit(X), "penalty must be LedoitWolf"),
        (lambda: ss.MultivariateNormal(method=ss.MAP(penalty=penalties.OAS()), missing="mar").fit(np.where(X > 11, np.nan, X)), "needs complete rows"),
        (lambda: ss.MultivariateNormal.from_parameters(mean=1.0, covariance=[[1.0]]), "mean must be a vector"),
        (lambda: ss.MultivariateNormal.from_parameters(mean=[0.0, 0.0], covariance=[[1.0, 2.0], [2.0, 1.0]]), "positive definite"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
