"""Draws from the posterior of the parameters: against the sum over all paths of a short sequence, and by the joint law of parameters and data."""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.models.hmm import emissions as E
from statsim.models.hmm.posterior.priors import DirichletSymbols, GammaRates, HiddenMarkovPrior, NormalInverseWishart
from tests.reference import hmm_posterior as twin
from tests.samplers.agreement import Truth, assert_agrees

START, STICKY = np.array([0.8, 0.2]), 1.5
SHORT = {
    "poisson": (E.Poisson(), np.array([[1.0], [0.0], [6.0], [4.0], [1.0]]), GammaRates(shape=2.0, rate=0.5), twin.poisson_steps, "rates"),
    "categorical": (
        E.Categorical(3), np.array([[0.0], [0.0], [2.0], [1.0], [2.0]]), DirichletSymbols([1.0, 2.0, 1.5]), twin.categorical_steps, "probabilities",
    ),
    "gaussian": (
        E.Gaussian(), np.array([[0.0, 0.5], [0.5, -0.5], [3.0, 1.0], [2.5, 2.0], [0.25, 0.0]]),
        NormalInverseWishart(mean=[1.0, 0.5], weight=1.0, degrees=12.0, scale=[[8.0, 2.0], [2.0, 6.0]]), twin.normal_steps, "means",
    ),
}  # fmt: skip


def draws_of(name, method, seed, **options):
    emission, X, prior, _, _ = SHORT[name]
    model = ss.HiddenMarkovModel(2, emission=emission, start=START)
    target = model.parameters_given(X, prior=HiddenMarkovPrior(transitions=0.75, sticky=STICKY, emission=prior))
    draws = ss.sample(target, method, rng=seed, **{"chains": 2, "warmup": 300, "diagnose": False, **options})
    values = np.concatenate([draws["transmat"].reshape(*draws.values.shape[:2], -1), draws[SHORT[name][4]].reshape(*draws.values.shape[:2], -1)], axis=2)
    return target, values


def truth_of(name, target, sticky=STICKY):
    _, X, _, emission, _ = SHORT[name]
    shapes = np.full((2, 2), 0.75) + sticky * np.eye(2)
    found = twin.PathSum(X, START, shapes, emission(target.prior.emission))
    return Truth(mean=found.mean, sd=found.sd)


@pytest.mark.parametrize("method", [ss.NUTS(), ss.Gibbs()], ids=["nuts", "gibbs"])
@pytest.mark.parametrize("name", SHORT)
def test_draws_have_the_moments_of_the_sum_over_paths(name, method, seed):
    target, values = draws_of(name, method, seed, draws=4_000 if method.name == "NUTS" else 20_000)
    assert_agrees(values, truth_of(name, target))
    with testing.Budget(), pytest.raises(AssertionError):  # a prior that is not sticky
        assert_agrees(values, truth_of(name, target, sticky=0.0))


# ---------------------------------------------------------------- the joint law of parameters and data (Geweke 2004, JASA 99)

N, STEPS = 2_000, 9
LAWS = {
    **{kind: (E.Gaussian(kind), NormalInverseWishart(mean=[0.5, -0.5], weight=0.5, degrees=9.0, scale=[[6.0, 0.0], [0.0, 4.0]])) for kind in ("full", "tied", "diag", "spherical")},
    "poisson": (E.Poisson(), GammaRates(shape=2.0, rate=0.5)),
    "categorical": (E.Categorical(3), DirichletSymbols([1.0, 2.0, 1.5])),
}  # fmt: skip


def emission_from_prior(rng, law, prior):
    if law.name == "poisson":
        return E.Poisson(rng.gamma(2.0, 2.0, size=(2, 2))).checked()
    if law.name == "categorical":
        return E.Categorical(3, rng.dirichlet(prior.concentration, size=2)).checked()
    from scipy import stats

    scale, kind = np.asarray(prior.scale), law.covariance_type
    if kind in ("full", "tied"):
        sigma = np.array([stats.invwishart(9.0, scale).rvs(random_state=rng) for _ in range(1 if kind == "tied" else 2)])
        sigma = np.repeat(sigma, 2, axis=0) if kind == "tied" else sigma
    elif kind == "diag":
        sigma = np.array([np.diag(np.diagonal(scale) / 2 / rng.gamma(4.5, size=2)) for _ in range(2)])
    else:
        sigma = np.array([np.eye(2) * np.trace(scale) / 2 / rng.gamma(4.5) for _ in range(2)])
    means = np.array([rng.multivariate_normal(prior.mean, S / 0.5) for S in sigma])
    return E.Gaussian(kind, means, law.kind.from_dense(sigma)).checked()


def joint(name, start, rng, seed, forget=False):
    """Features of parameters and data before and after one sweep, each from a fresh pair of the joint law."""
    law, prior = LAWS[name]
    shapes = np.full((2, 2), 1.0) + 2.0 * np.eye(2)
    settings = HiddenMarkovPrior(transitions=1.0, sticky=0.0 if forget else 2.0, emission=prior)
    random, before, after, target = np.arange(1, 5).astype(np.uint64) * np.uint64(seed), [], [], None
    for _ in range(N):
        moves = np.array([rng.dirichlet(row) for row in shapes])
        startprob = rng.dirichlet([1.0, 1.0]) if start == "free" else "stationary"
        model = ss.HiddenMarkovModel.from_parameters(startprob=startprob, transmat=moves, emission=emission_from_prior(rng, law, prior))
        X = model.sample([STEPS - 3, 3], rng=rng)
        values = np.concatenate(X).astype(float)
        if target is None:
            usable = values + np.arange(len(values))[:, None] * (1.0 if law.name != "categorical" else 0.0)
            target = ss.HiddenMarkovModel(2, emission=law, start=start).parameters_given((usable, [STEPS - 3, 3]), prior=settings)
            (move,) = target.conditionals()
        x = target.point(model)
        y = x.copy()
        move.update(y, random, values, *move.data[1:])
        means, jumps = values.mean(axis=0), (np.diff(values[: STEPS - 3, 0]) != 0).mean()
        before.append(_features(x, means, jumps))
        after.append(_features(y, means, jumps))
    return np.array(before), np.array(after)


def _features(x, means, jumps):
    return np.concatenate([x, x**2, x * means[0], x * means[-1], x * jumps])


@pytest.mark.parametrize(("name", "start"), [*((name, "free") for name in LAWS), ("diag", "stationary")])
def test_a_sweep_keeps_the_joint_law_of_parameters_and_data(name, start, rng, seed):
    before, after = joint(name, start, rng, seed)
    used = np.abs(after - before).max(axis=0) > 0
    testing.assert_mean((after - before)[:, used], 0.0)


def test_a_sweep_under_another_prior_is_found_out(rng, seed):
    before, after = joint("poisson", "free", rng, seed, forget=True)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(after - before, 0.0)


# ---------------------------------------------------------------- repeatable, and the same by other ways


def test_the_same_seed_the_same_draws_on_any_number_of_threads():
    emission, X, _, _, _ = SHORT["gaussian"]
    target = ss.HiddenMarkovModel(2, emission=emission).parameters_given(X)
    a, b = (ss.sample(target, ss.Gibbs(), draws=50, warmup=20, rng=7, num_threads=n, diagnose=False).values for n in (1, 2))
    np.testing.assert_array_equal(a, b)


def test_default_method_is_nuts_and_draws_have_names():
    X = np.array([[1], [0], [7], [6], [1], [0], [5], [8]] * 3)
    draws = ss.sample(ss.HiddenMarkovModel(2, emission="poisson").parameters_given(X), draws=100, warmup=200, rng=1, diagnose=False)
    assert type(draws.method) is ss.NUTS
    assert draws["startprob"].shape == (4, 100, 2) and draws["transmat"].shape == (4, 100, 2, 2) and draws["rates"].shape == (4, 100, 2, 1)
    np.testing.assert_allclose(draws["transmat"].sum(axis=-1), 1.0)
