"""Laws with a vector of parameters: categories, counts of categories, shares."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats
from scipy.special import gammaln

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError, NotFittedError, TooLargeError
from statsim.models.laws.law_target import LawTarget
from statsim.models.laws.observations import observed

P = [0.5, 0.2, 0.0, 0.3]
ALPHA = np.array([1.5, 0.7, 3.0])
SHARES = np.random.default_rng(3).dirichlet(ALPHA, size=80)


def test_categories_are_drawn_and_scored_by_their_probabilities(seed):
    law = ss.Categorical.from_parameters(p=P)
    draws = law.sample(100_000, rng=seed)
    assert draws.dtype == np.int64
    testing.assert_follows(draws, np.array(P))
    with testing.Budget(), pytest.raises(AssertionError):
        testing.assert_follows(draws, np.array([0.47, 0.23, 0.0, 0.3]))
    with np.errstate(divide="ignore"):
        assert_allclose(law.score_samples([0, 1, 2, 3, 4, 0.5, -1]), np.log([*P, 0, 0, 0]))
    assert_allclose(law.cdf([-1, 0, 1.5, 3, 9]), [0, 0.5, 0.7, 1, 1])
    assert (law.quantile([0.0, 0.5, 0.51, 0.7, 0.9, 1.0]) == [0, 0, 1, 1, 3, 3]).all()
    peer = stats.rv_discrete(values=(range(4), P))
    assert_allclose((law.mean(), law.variance()), peer.stats(moments="mv"))


def test_counts_of_categories_are_drawn_and_scored_by_their_law(seed):
    law = ss.Multinomial.from_parameters(n_trials=12, p=P)
    draws = law.sample(60_000, rng=seed)
    assert draws.shape == (60_000, 4) and draws.dtype == np.int64 and (draws.sum(axis=1) == 12).all() and not draws[:, 2].any()
    testing.assert_follows(draws[:, 0] + 20 * draws[:, 3], _pairs())
    with testing.Budget(), pytest.raises(AssertionError):  # the broken twin: categories independent of each other
        testing.assert_follows(draws[:, 0] + 20 * np.roll(draws[:, 3], 1), _pairs())
    rows = [[6, 2, 0, 4], [12, 0, 0, 0], [6, 2, 1, 3], [1, 1, 0, 1], [6.5, 1.5, 0, 4]]
    assert_allclose(law.score_samples(rows)[:2], stats.multinomial(12, P).logpmf(rows[:2]), rtol=1e-12)
    assert (law.score_samples(rows)[2:] == -np.inf).all()
    assert_allclose(law.variance(), np.diag(stats.multinomial(12, P).cov()))


def _pairs():
    """Probabilities of first count + 20 * last count."""
    full = stats.multinomial(12, [P[0], P[1] + P[2], P[3]])
    return {i + 20 * j: float(full.pmf([i, 12 - i - j, j])) for i in range(13) for j in range(13 - i)}


def test_shares_are_drawn_and_scored_by_their_law(seed):
    law = ss.Dirichlet.from_parameters(alpha=ALPHA)
    draws = law.sample(60_000, rng=seed)
    assert_allclose(draws.sum(axis=1), 1.0, atol=1e-14)
    for j in range(3):
        testing.assert_follows(draws[:, j], stats.beta(ALPHA[j], ALPHA.sum() - ALPHA[j]).cdf)
    testing.assert_follows(draws[:, 0] / (draws[:, 0] + draws[:, 1]), stats.beta(ALPHA[0], ALPHA[1]).cdf)
    with testing.Budget(), pytest.raises(AssertionError):
        testing.assert_follows(draws[:, 0], stats.beta(ALPHA[0] * 1.07, ALPHA.sum() - ALPHA[0]).cdf)
    peer = stats.dirichlet(ALPHA)
    assert_allclose(law.score_samples(SHARES), [peer.logpdf(row) for row in SHARES], rtol=1e-11, atol=1e-11)
    assert_allclose((law.mean(), law.variance()), (peer.mean(), peer.var()))


def test_shares_are_fitted_to_the_top_of_the_likelihood():
    model = ss.Dirichlet().fit(SHARES)

    def loss(log_alpha):
        return -stats.dirichlet(np.exp(log_alpha)).logpdf(SHARES.T).sum()

    found = optimize.minimize(loss, np.log(model.alpha_) + 0.05, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11})
    assert_allclose(model.alpha_, np.exp(found.x), rtol=1e-5)
    assert_allclose(model.fit_result_.objective, -found.fun, rtol=1e-12)
    flat = ss.Dirichlet(method=ss.MAP(prior={"alpha": priors.Flat()})).fit(SHARES)
    assert_allclose(flat.alpha_, model.alpha_, rtol=1e-9)
    twice = ss.Dirichlet().fit(np.r_[SHARES[:1], SHARES])
    assert_allclose(ss.Dirichlet().fit(SHARES, sample_weight=np.r_[2.0, np.ones(79)]).alpha_, twice.alpha_, rtol=1e-10)
    assert_allclose(ss.Dirichlet().fit(SHARES[:, ::-1]).alpha_, model.alpha_[::-1], rtol=1e-8)
    two = ss.Beta().fit(SHARES[:, 0] / (SHARES[:, 0] + SHARES[:, 1]))
    pair = SHARES[:, :2] / SHARES[:, :2].sum(axis=1, keepdims=True)
    assert_allclose(ss.Dirichlet().fit(pair).alpha_, two.parameter_values, rtol=1e-7)


def test_slopes_of_shares_agree_with_differences():
    law = ss.Dirichlet.from_parameters(alpha=ALPHA)
    prior = priors.Independent({"alpha": priors.Gamma(2.0, 1.0)})
    target = LawTarget(law, observed(SHARES, np.linspace(0.5, 2, 80)), prior)
    _, gradient = target.value_and_gradient(ALPHA)
    for i in range(3):
        step = np.eye(3)[i] * 1e-3
        values = target.log_density(ALPHA + np.outer([-2, -1, 1, 2], step))
        assert_allclose(gradient[i], values @ [1, -8, 8, -1] / (12e-3), rtol=1e-8)


@pytest.mark.parametrize(("kind", "rows"), [(ss.Categorical, [0, 1, 1, 3, 0, 0]), (ss.Multinomial, [[2, 1, 0, 0], [1, 1, 0, 1]])])
def test_probabilities_are_shares_and_their_posterior_a_dirichlet_law(kind, rows):
    counts = np.array([3, 2, 0, 1])
    assert_allclose(kind().fit(rows).p_, counts / 6, rtol=1e-15)
    prior = priors.Dirichlet((2.0, 1.0, 1.5, 3.0))
    alpha = np.array(prior.concentration) + counts
    assert_allclose(kind(method=ss.MAP(prior=prior)).fit(rows).p_, (alpha - 1) / (alpha - 1).sum(), rtol=1e-14)
    assert_allclose(kind(method=ss.MAP(prior=priors.Dirichlet(1.0))).fit(rows).p_, counts / 6, rtol=1e-14)
    model = kind(method=ss.Bayes(prior=prior, draws=5000), rng=1).fit(rows)
    assert model.posterior_.names == ("p[0]", "p[1]", "p[2]", "p[3]")
    testing.assert_follows(model.posterior_.values.reshape(-1, 4)[:, 1], stats.beta(alpha[1], alpha.sum() - alpha[1]).cdf)
    nearest = kind(method=ss.VB(prior=prior), rng=1).fit(rows)
    evidence = gammaln(sum(prior.concentration)) - gammaln(alpha.sum()) + (gammaln(alpha) - gammaln(prior.concentration)).sum()
    evidence += 0.0 if kind is ss.Categorical else sum(gammaln(4) - gammaln(np.array(row) + 1).sum() for row in rows)
    assert_allclose(nearest.fit_result_.objective, evidence, rtol=1e-12)
    assert nearest.fit_result_.pareto_k == -np.inf
    model = kind(method=ss.Bayes(prior=prior), rng=2).fit(rows)
    trials = {} if kind is ss.Categorical else {"n_trials": 3}
    chances = np.exp([kind.from_parameters(**trials, p=p).score_samples(rows[:1])[0] for p in model.posterior_.values[0]])
    assert_allclose(np.exp(model.score_samples(rows[:1])[0]), chances.mean(), rtol=1e-12)
    testing.assert_mean(chances, np.exp(_predictive(kind, rows, alpha)))
    with pytest.raises(AssertionError):  # the broken twin: the prior forgotten
        testing.assert_mean(chances, np.exp(_predictive(kind, rows, counts + 1e-9)))


def _predictive(kind, rows, alpha):
    if kind is ss.Categorical:
        return np.log(alpha[rows[0]] / alpha.sum())
    return stats.dirichlet_multinomial(alpha, 3).logpmf(rows[0])


def test_chains_of_shares_agree_with_much_data():
    X = np.random.default_rng(4).dirichlet(ALPHA, size=1500)
    model = ss.Dirichlet(method=ss.Bayes(draws=600, chains=2), rng=1).fit(X)
    assert model.posterior_.names == ("alpha[0]", "alpha[1]", "alpha[2]")
    assert_allclose(model.alpha_, ss.Dirichlet().fit(X).alpha_, rtol=0.02)


@pytest.mark.parametrize("make", [lambda m: ss.Categorical(method=m, rng=1).fit([0, 1, 1, 3]), lambda m: ss.Multinomial(method=m, rng=1).fit([[2, 1], [3, 0]]), lambda m: ss.Dirichlet(method=m, rng=1).fit(SHARES)])
def test_files_and_rebuilding_keep_everything(make, tmp_path):
    model = make(ss.Bayes(draws=800, chains=2))
    model.save(tmp_path / "m.json")
    back = ss.load(tmp_path / "m.json")
    assert (back.posterior_.values == model.posterior_.values).all() and back.parameter_names == model.parameter_names
    assert (back.sample(700, rng=2) == model.sample(700, rng=2)).all() and back.to_document() == model.to_document()
    other = model.with_parameters(model.parameter_values[::-1])
    assert (other.parameter_values == model.parameter_values[::-1]).all()
    assert model.sample(3, parameters="mean", rng=1).shape == model.sample(3, rng=1).shape


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.Categorical().fit([0, 1.5]), r"X\[1\] = 1.5 is no category"),
        (lambda: ss.Categorical().fit([0, -1]), r"X\[1\] = -1 is no category"),
        (lambda: ss.Categorical(n_categories=2).fit([0, 2]), r"X\[1\] = 2 is no category: they are the whole numbers from 0 to 1"),
        (lambda: ss.Categorical().fit([0, 1e15]), "code the values as 0, 1, 2"),
        (lambda: ss.Categorical(method=ss.Bayes(prior={"p": priors.Flat()})).fit([0, 1]), "Categorical takes statsim.priors.Dirichlet"),
        (lambda: ss.Categorical(method=ss.Bayes(prior=priors.Dirichlet((1.0, 2.0, 3.0)))).fit([0, 1]), "has 3 numbers and 2 are needed"),
        (lambda: ss.Categorical(method=ss.MAP(prior=priors.Dirichlet(0.5))).fit([0, 2]), r"infinite where p\[1\] = 0 \(shape 0.5\)"),
        (lambda: ss.Categorical.from_parameters(p=[0.5, 0.6]), "must sum to 1"),
        (lambda: ss.Categorical.from_parameters(p=[]), r"vector of probabilities, got shape \(0,\)"),
        (lambda: ss.Categorical().parameter_names, "has no parameters yet"),
        (lambda: ss.Multinomial().fit([[1, 2], [2, 2]]), "row 1 of X sums to 4, and n_trials=3"),
        (lambda: ss.Multinomial().fit([[1, 2.5]]), r"X\[0, 1\] = 2.5 is no count"),
        (lambda: ss.Multinomial().fit([1, 2]), "two-dimensional"),
        (lambda: ss.Multinomial().fit([[0, 0]]), "n_trials must be at least 1, got 0"),
        (lambda: ss.Dirichlet().fit([[0.5, 0.5], [0.5, 0.5]]), r"all rows are \[0.5, 0.5\]"),
        (lambda: ss.Dirichlet().fit([[0.5, 0.5], [1.0, 0.0]]), r"X\[1, 1\] = 0: a Dirichlet law takes two or more shares above 0"),
        (lambda: ss.Dirichlet().fit([[0.5, 0.6], [0.5, 0.5]]), "must sum to 1"),
        (lambda: ss.Dirichlet().fit([[1.0], [1.0]]), "X has 1 column"),
        (lambda: ss.Dirichlet().fit(SHARES).score_samples([[0.5, 0.5]]), "X has 2 features, but Dirichlet is expecting 3"),
        (lambda: ss.Dirichlet.from_parameters(alpha=[1.0, -1.0]), "two or more numbers above 0"),
        (lambda: ss.Dirichlet(method="vb").fit(SHARES), "method='vb': Dirichlet has no variational family"),
        (lambda: priors.Dirichlet((1.0, 0.0)), r"category, got \(1.0, 0.0\)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError, NotFittedError, TooLargeError), match=words):
        call()
