"""The posterior of the parameters: its density against SciPy's, its gradient, its symmetry, and what cannot be asked of it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

import statsim as ss
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.models.hmm import emissions as E
from statsim.models.hmm.posterior.priors import DirichletSymbols, GammaRates, HiddenMarkovPrior, NormalInverseWishart
from tests.models.hmm.cases import categorical, gaussian, log_densities
from tests.reference import hmm_posterior as twin


def poisson():
    return ss.HiddenMarkovModel.from_parameters(transmat=[[0.8, 0.2], [0.3, 0.7]], emission=E.Poisson(rates=[[1.0, 3.0], [6.0, 2.0]]))


MODELS = {**{kind: (lambda kind=kind: gaussian(kind)) for kind in ("full", "tied", "diag", "spherical")}, "categorical": categorical, "poisson": poisson}
PRIOR = HiddenMarkovPrior(start=1.5, transitions=0.75, sticky=2.0)
LENGTHS = [30, 1, 12]


def target_of(name, start="free"):
    model = MODELS[name]()
    X = model.sample(LENGTHS, rng=3)
    model.start = start
    return model, X, model.parameters_given(X, prior=PRIOR)


def points(target, n=3):
    """Constrained points at which chains might begin."""
    random = np.arange(1, 5).astype(np.uint64)
    return [target.constrain(target.draw_start(random)) for _ in range(n)]


def slow(target, model, X, start, name, jacobian=True):
    """Log posterior density at the parameters of `model`, up to a constant."""
    k, values = len(model.startprob_), np.concatenate(X)
    if name == "poisson":
        log_b = stats.poisson(model.emission_.rates).logpmf(values[:, None, :]).sum(axis=2)
        parameters = {"rates": model.emission_.rates}
    else:
        log_b = log_densities(model, values)
        parameters = {"probabilities": model.emission_.probabilities} if name == "categorical" else _normals(model)
    shapes = PRIOR.chain_shapes(k)
    parameters["rows"] = list(zip(model.transmat_, shapes, strict=False)) + ([(model.startprob_, shapes[-1])] if start == "free" else [])
    value = twin.log_likelihood(model.startprob_, model.transmat_, log_b, LENGTHS) + twin.log_prior(parameters, target.prior.emission, name)
    return value if jacobian else value - sum(twin.log_jacobian(factor) for factor in parameters["factors"])


def _normals(model):
    law = model.emission_
    return {"means": law.means, "factors": np.linalg.cholesky(law.kind.dense(law.covariances, *law.shape))}


@pytest.mark.parametrize("start", ["free", "stationary"])
@pytest.mark.parametrize("name", MODELS)
def test_the_density_is_that_of_scipy(name, start):
    _, X, target = target_of(name, start)
    found = points(target)
    fast = np.array([target.log_density(x) for x in found])
    expected = np.array([slow(target, target.model(x), X, start, name) for x in found])
    assert_allclose(np.diff(fast), np.diff(expected), rtol=1e-9)
    assert np.abs(np.diff(fast)).min() > 1e-3


def test_a_forgotten_jacobian_is_seen():
    _, X, target = target_of("full")
    found = points(target)
    fast = np.array([target.log_density(x) for x in found])
    wrong = np.array([slow(target, target.model(x), X, "free", "full", jacobian=False) for x in found])
    assert np.abs(np.diff(fast) - np.diff(wrong)).max() > 1e-3


@pytest.mark.parametrize("start", ["free", "stationary", "given"])
@pytest.mark.parametrize("name", MODELS)
def test_the_gradient_is_that_of_differences(name, start):
    k = len(MODELS[name]().startprob_)
    _, _, target = target_of(name, start if start != "given" else np.full(k, 1 / k))
    for x in points(target, 2):
        target.check_gradient(x)


@pytest.mark.parametrize("name", ["diag", "categorical"])
def test_missing_values_are_summed_out(name):
    """A step of which nothing was seen; single coordinates of a diagonal law."""
    model = MODELS[name]().set_params(missing="mar")
    X = model.sample(20, rng=3).astype(float)
    X[[4, 5, 19]] = np.nan
    if name == "diag":
        X[8, 0] = X[11, 1] = np.nan
    target = model.parameters_given(X)
    target.check_gradient(points(target, 1)[0])
    a, b = points(target, 2)
    fitted = [target.model(x) for x in (a, b)]
    shift = [target.log_density(x) - m.log_likelihood(X) for x, m in zip((a, b), fitted, strict=True)]
    law = target.prior.emission
    if name == "categorical":  # flat priors: nothing but the likelihood
        assert_allclose(*shift, rtol=1e-10)
        return
    normal = [twin.log_prior({"rows": [], **_normals(m)}, law, "diag") for m in fitted]
    assert_allclose(np.diff(shift), np.diff(normal), rtol=1e-8)


def test_a_density_that_leaves_the_doubles_is_computed_in_logarithms():
    """A state that nothing speaks for until its last step, which no other can emit."""
    X = np.array([[0.0]] * 400 + [[1e3]])
    model = ss.HiddenMarkovModel(2, emission=E.Gaussian("diag"), topology="left-right")
    target = model.parameters_given(X)
    law = ss.HiddenMarkovModel.from_parameters(
        startprob=[1.0, 0.0], transmat=[[0.5, 0.5], [0.0, 1.0]], emission=E.Gaussian("diag", [[0.0], [1e3]], [[1e-4], [1e-4]])
    )
    x = target.point(law)
    value, slopes = target.value_and_gradient(x)
    assert np.isfinite(value) and np.isfinite(slopes).all()
    assert target.names == ("transmat[0,0]", "transmat[0,1]", "means[0,0]", "means[1,0]", "deviations[0,0]", "deviations[1,0]")


@pytest.mark.parametrize("name", MODELS)
def test_states_may_change_their_numbers(name):
    _, _, target = target_of(name)
    model = target.model(points(target, 1)[0])
    k = len(model.startprob_)
    for order in (np.roll(np.arange(k), 1), np.arange(k)[::-1]):
        moved = ss.HiddenMarkovModel.from_parameters(
            startprob=model.startprob_[order], transmat=model.transmat_[np.ix_(order, order)], emission=model.emission_.reordered(order)
        )
        assert_allclose(target.log_density(target.point(moved)), target.log_density(target.point(model)), rtol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_draws_are_shown_in_order(name):
    _, _, target = target_of(name)
    draws = ss.sample(target, ss.Gibbs(), chains=2, warmup=0, draws=30, rng=1, diagnose=False)
    for x in draws.values[:, ::10].reshape(-1, target.dim):
        assert (np.diff(target.model(x).emission_.mean()[:, 0]) >= 0).all()
    unordered = MODELS[name]().parameters_given(MODELS[name]().sample(LENGTHS, rng=3), prior=PRIOR, order_by=None)
    raw = ss.sample(unordered, ss.Gibbs(), chains=2, warmup=0, draws=30, rng=1, diagnose=False)
    assert_allclose(target.log_density(draws.values[0]), unordered.log_density(raw.values[0]), rtol=1e-10)
    assert_allclose(np.sort(draws["transmat"].reshape(2, 30, -1), axis=2), np.sort(raw["transmat"].reshape(2, 30, -1), axis=2), rtol=1e-15)


def test_topology_and_start_tell_states_apart():
    X = gaussian("diag").sample(20, rng=1)
    for options in ({"topology": "left-right"}, {"start": [0.5, 0.25, 0.25]}):
        assert ss.HiddenMarkovModel(3, emission=E.Gaussian("diag"), **options).parameters_given(X).order_by is None
    assert ss.HiddenMarkovModel(3).parameters_given(X).order_by == 0
    assert ss.HiddenMarkovModel(3).parameters_given(X, prior=HiddenMarkovPrior(transitions=np.ones((3, 3)))).order_by is None


def test_one_state_has_the_conjugate_posterior():
    """Without a chain the posterior is normal-inverse-Wishart: the density of the mean at two points."""
    X = np.random.default_rng(0).normal(size=(30, 1))
    target = ss.HiddenMarkovModel(1).parameters_given(X)
    assert target.names == ("means[0,0]", "factors[0,0,0]")
    prior, (a, b) = target.prior.emission, (np.array([0.1, 1.0]), np.array([-0.3, 1.0]))
    law = stats.norm((prior.weight * prior.mean[0] + X.sum()) / (prior.weight + 30), 1 / np.sqrt(prior.weight + 30))
    assert_allclose(target.log_density(a) - target.log_density(b), law.logpdf(0.1) - law.logpdf(-0.3), rtol=1e-10)


def test_defaults_are_in_the_units_of_the_data():
    X = gaussian().sample(40, rng=1)
    plain = ss.HiddenMarkovModel(2).parameters_given(X).prior.emission
    moved = ss.HiddenMarkovModel(2).parameters_given(X * 2.0**40 + 2.0**41).prior.emission
    assert_allclose(moved.scale, plain.scale * 2.0**40, rtol=1e-9)
    assert_allclose(moved.mean, plain.mean * 2.0**40 + 2.0**41, rtol=1e-9)
    counts = poisson().sample(200, rng=1)
    rates = ss.HiddenMarkovModel(2, emission="poisson").parameters_given(counts).prior.emission
    assert_allclose(rates.shape / rates.rate, counts.mean(axis=0))


def test_a_fitted_model_lends_its_structure():
    model = gaussian("diag")
    assert "deviations[2,1]" in model.parameters_given(model.sample(20, rng=1)).names
    assert_array_equal(categorical().parameters_given([[0], [1]]).prior.emission.concentration, np.ones(3))


@pytest.mark.parametrize(
    ("options", "X", "arguments", "error", "words"),
    [
        ({"emission": "negative_binomial"}, [[1], [2]], {}, ArgumentError, "no prior for negative_binomial emissions; it has for Gaussian, Poisson, Categorical. Fit this"),
        ({"emission": "autoregressive"}, [[1.0], [2.0]], {}, ArgumentError, "no prior for autoregressive"),
        ({}, [[1.0], [2.0]], {"prior": "weak"}, ArgumentTypeError, "prior must be a HiddenMarkovPrior .* got 'weak'"),
        ({}, [[1.0], [2.0]], {"prior": HiddenMarkovPrior(emission=GammaRates())}, ArgumentTypeError, "must be a NormalInverseWishart, got GammaRates"),
        ({}, [[1.0], [2.0]], {"prior": HiddenMarkovPrior(sticky=-1)}, ArgumentError, "sticky must be a finite number at least 0.*got -1"),
        ({}, [[1.0], [2.0]], {"prior": HiddenMarkovPrior(transitions=0.0)}, ArgumentError, r"transitions must be finite and above 0, got transitions\[0, 0\] = 0"),
        ({}, [[1.0], [2.0]], {"prior": HiddenMarkovPrior(transitions=np.ones((3, 3)))}, ArgumentError, r"an array of shape \(2, 2\)"),
        ({}, [[1.0], [2.0]], {"prior": HiddenMarkovPrior(emission=NormalInverseWishart(degrees=0.0))}, ArgumentError, "degrees of NormalInverseWishart must be"),
        ({}, [[1.0], [2.0]], {"prior": HiddenMarkovPrior(emission=NormalInverseWishart(scale=[[-1.0]]))}, ArgumentError, r"positive definite, got \[\[-1.0\]\]"),
        ({}, [[1.0], [2.0]], {"prior": HiddenMarkovPrior(emission=NormalInverseWishart(mean=[1, 2]))}, ArgumentError, r"must be 1 finite number.* got \[1, 2\]"),
        ({}, [[1.0], [2.0]], {"order_by": 1}, ArgumentError, "order_by must be at least 0 and at most 0, got 1"),
        ({}, [[3.0], [3.0]], {}, FitError, "column 0 of X is the constant 3"),
        ({"missing": "mar"}, [[1.0, np.nan], [2.0, 3.0], [0.0, 1.0]], {}, ArgumentError, r"step 0 of X is missing in part, \[1.0, nan\], and the covariances are full.*'diag'"),
        ({}, [[1.0], [np.nan]], {}, ArgumentError, r"X contains NaN: X\[1, 0\]"),
        ({"emission": "categorical"}, [[0], [0]], {}, ArgumentError, "the alphabet of X has 1 symbol"),
        ({"emission": "categorical"}, [[0], [1]], {"prior": HiddenMarkovPrior(emission=DirichletSymbols([1.0, -2.0]))}, ArgumentError, r"\[1\] = -2.0"),
        ({"topology": "ring"}, [[1.0], [2.0]], {}, ArgumentError, "topology must be one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(options, X, arguments, error, words):
    with pytest.raises(error, match=words):
        ss.HiddenMarkovModel(2, **options).parameters_given(np.array(X), **arguments)
