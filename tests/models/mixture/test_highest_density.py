"""Maximum a posteriori and penalised likelihood of a mixture: tops of the objective, flat priors, components that vanish."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim import penalties, priors
from statsim.errors import ArgumentError, ArgumentTypeError
from tests.models.mixture.cases import COMPONENTS, KINDS, problem, two_groups

FLAT = priors.MixturePrior(priors.Flat(), priors.Flat())
DATA = two_groups()


def fit(kind="full", k=2, X=DATA, **options):
    return ss.GaussianMixture(k, covariance_type=kind, method=ss.MAP(n_init=5, **options), rng=0).fit(X)


def log_prior(kind, means, covariances):
    """Of the components, by SciPy."""
    value, d = 0.0, 2
    dense = {"full": lambda c: covariances[c], "tied": lambda c: covariances, "diag": lambda c: np.diag(covariances[c]), "spherical": lambda c: covariances[c] * np.eye(d)}[kind]
    for c, mean in enumerate(means):
        value += stats.multivariate_normal(COMPONENTS.mean, dense(c) / COMPONENTS.mean_precision).logpdf(mean)
        if kind == "full" or (kind == "tied" and c == 0):
            value += stats.invwishart(5.0, COMPONENTS.scale).logpdf(dense(c))
        elif kind == "diag":
            value += stats.invgamma(2.5, scale=np.diag(COMPONENTS.scale) / 2).logpdf(covariances[c]).sum()
        elif kind == "spherical":
            value += stats.invgamma(5.0, scale=np.trace(COMPONENTS.scale) / 2).logpdf(covariances[c])
    return value


@pytest.mark.parametrize("kind", KINDS)
def test_the_objective_is_log_likelihood_plus_log_prior_and_at_its_top(kind):
    model = fit(kind, prior=priors.MixturePrior(priors.Dirichlet(3.0), COMPONENTS))

    def objective(weights, means, covariances):
        other = ss.GaussianMixture.from_parameters(weights=weights, means=means, covariances=covariances, covariance_type=kind)
        return other.log_likelihood(DATA) + log_prior(kind, means, covariances) + stats.dirichlet([3.0, 3.0]).logpdf(weights)

    best = objective(model.weights_, model.means_, model.covariances_)
    assert_allclose(model.fit_result_.objective, best, rtol=1e-11)
    assert np.diff(model.fit_result_.path).min() > -1e-9
    rng = np.random.default_rng(2)
    for _ in range(30):
        step = 1e-3 * rng.normal()
        moved = model.covariances_ * (1 + 1e-3 * rng.normal(size=model.covariances_.shape[:1] if kind == "spherical" else 1))
        assert objective(model.weights_ + [step, -step], model.means_ + 1e-3 * rng.normal(size=(2, 2)), moved) < best


@pytest.mark.parametrize("kind", KINDS)
def test_a_flat_prior_gives_maximum_likelihood(kind):
    flat, likely = fit(kind, prior=FLAT), ss.GaussianMixture(2, covariance_type=kind, method=ss.MLE(n_init=5), rng=0).fit(DATA)
    assert (flat.means_ == likely.means_).all()
    assert (flat.covariances_ == likely.covariances_).all()


def test_one_component_is_the_mode_in_closed_form():
    model = fit(k=1, prior=COMPONENTS)
    mean = DATA.mean(axis=0)
    mode = COMPONENTS.updated(150, mean, (DATA - mean).T @ (DATA - mean)).mode()
    assert_allclose(model.means_[0], mode[0], rtol=1e-10)
    assert_allclose(model.covariances_[0], mode[1], rtol=1e-10)


def test_more_components_than_the_rows_carry_are_kept_sound():
    data = DATA[:12]
    model = fit(k=6, X=data)
    assert np.linalg.eigvalsh(model.covariances_).min() > 1e-3
    assert not model.fit_result_.regularised


@pytest.mark.parametrize("kind", ["full", "diag"])
def test_components_vanish_under_the_length_of_the_message(kind):
    model = fit(kind, k=6, X=two_groups(1500), penalty=penalties.MessageLength())
    assert model.means_.shape[0] == len(model.weights_) == 2
    assert_allclose(np.sort(model.weights_), [0.4, 0.6], atol=0.02)
    assert np.diff(model.fit_result_.path).min() > -1e-9


def test_a_price_on_entropy_lowers_it():
    data = two_groups(1500)
    dear, cheap = (fit(k=4, X=data, prior=COMPONENTS, penalty=penalties.Entropy(strength)) for strength in (500.0, 1.0))
    assert penalties.Entropy(1.0).value(dear.weights_) < penalties.Entropy(1.0).value(cheap.weights_)
    assert len(dear.weights_) < 4
    assert np.diff(dear.fit_result_.path).min() > -1e-9


def test_a_concentration_below_one_lets_components_go():
    model = fit("spherical", k=8, prior=priors.Dirichlet(0.05))
    assert len(model.weights_) < 8
    assert model.n_components == 8


def test_the_entropy_step_raises_its_objective():
    rng, penalty = np.random.default_rng(0), penalties.Entropy(30.0)
    for _ in range(50):
        counts, weights = rng.gamma(0.5, 40.0, size=5) + 1e-9, rng.dirichlet(np.ones(5))
        after = penalty.update_weights(counts, weights)
        assert_allclose(after.sum(), 1.0, rtol=1e-12)
        assert counts @ np.log(after) - penalty.value(after) >= counts @ np.log(weights) - penalty.value(weights) - 1e-9


class Halved:
    """A penalty on covariances: what an M step that shrinks them looks like."""

    def value(self, weights, covariances):
        return 0.0

    def shrink(self, covariance, weight):
        return covariance - 0.5 * (covariance - np.diag(np.diagonal(covariance)))


@pytest.mark.parametrize("kind", ["full", "tied"])
def test_a_penalty_may_shrink_covariances(kind):
    steps = problem(kind, 1, DATA).regularised(None, Halved())
    plain = problem(kind, 1, DATA)
    state = plain.start(0, "kmeans", np.zeros(2, np.uint64))
    shrunk, free = steps.em(state)[1].covariances.reshape(2, 2), plain.em(state)[1].covariances.reshape(2, 2)
    assert_allclose(shrunk[0, 1], 0.5 * free[0, 1])
    assert_allclose(np.diagonal(shrunk), np.diagonal(free))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"prior": 3}, "prior=3: a Gaussian mixture takes statsim.priors.MixturePrior"),
        ({"penalty": 3}, "penalty=3: a Gaussian mixture takes a penalty object"),
        ({"prior": priors.DirichletProcess()}, "has no highest density"),
        ({"prior": priors.Dirichlet([1.0, 2.0, 3.0])}, "has 3 numbers and 2 are needed"),
        ({"prior": priors.NormalInverseWishart([0.0], 1.0, 3.0, [[1.0]])}, "has 1 columns and X has 2"),
    ],
)
def test_what_cannot_be_used_is_named(options, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        fit(**options)
