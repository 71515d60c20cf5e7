"""Importance sampling: known integrals, tails that are flagged, proposals that adapt, and what is refused."""

import math

import numba
import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError, SamplerWarning, TargetError
from statsim.samplers.importance.adaptive_stages import tempered
from statsim.samplers.importance.amis import AMIS
from statsim.samplers.importance.importance import Importance, importance
from statsim.samplers.importance.population_monte_carlo import PopulationMonteCarlo
from statsim.samplers.sampling import sample
from statsim.samplers.importance.student_mixture import StudentMixture
from statsim.samplers.supports import Bounded, Positive, Simplex
from statsim.samplers.targets.target import Target
from statsim.samplers.draws.weighted_draws import WeightedDraws

LOG_ROOT = 0.5 * math.log(2 * math.pi)
TAIL = 0.5 * math.erfc(6 / math.sqrt(2))


@numba.njit
def normal(x, sd):
    total = 0.0
    for i in range(x.size):
        total -= 0.5 * (x[i] / sd) ** 2
    return total


@numba.njit
def normal_density(x):
    return -0.5 * x[0] ** 2 - 0.9189385332046727


@numba.njit
def student(x):
    return -2.0 * math.log1p(x[0] ** 2 / 3.0)


@numba.njit
def two_modes(x):
    a = -2.0 * ((x[0] - 5.0) ** 2 + (x[1] - 5.0) ** 2)
    b = -2.0 * ((x[0] + 5.0) ** 2 + (x[1] + 5.0) ** 2)
    return np.logaddexp(a + math.log(3.0), b)


def gaussian(mean, sd):
    return ss.GaussianMixture.from_parameters(weights=[1.0], means=[[mean]], covariances=[[[sd * sd]]])


def z(estimate, truth):
    return abs(estimate.value - truth) / estimate.standard_error


def within(estimate, truth):
    """Judge an estimate of many draws: the limit of the suite at alpha 1e-7, z = 5.33."""
    testing.current_budget().charge(1e-7)
    return bool(np.all(z(estimate, truth) < 5.33))


UNIT = Target(normal, dim=1, data=[1.0])


def test_normal_by_a_wider_normal(seed):
    draws = importance(UNIT, gaussian(0.5, 2), n=40_000, rng=seed)
    assert within(draws.log_normalizer, LOG_ROOT)
    assert within(draws.mean(lambda x: np.column_stack([x, x**2])), [0.0, 1.0])
    assert draws.pareto_k < draws.pareto_k_limit
    assert abs(draws.weights.sum() - 1) < 1e-12
    # weights that forget the proposal give the law of the proposal: mean 0.5, and no such limit lets it pass
    broken = WeightedDraws(draws.values, np.full(40_000, -math.log(40_000)), draws.raw_log_weights, -1.0, draws.log_normalizer, draws.names)
    assert z(broken.mean(), 0.0) > 30


def test_standard_errors_are_those_of_the_delta_method(rng):
    raw, values = rng.normal(size=500), rng.normal(size=(500, 2))
    weights = np.exp(raw) / np.exp(raw).sum()
    draws = WeightedDraws(values, np.log(weights), raw, 0.1, None, ("a", "b"))
    mean = weights @ values
    expected = np.sqrt((weights[:, None] ** 2 * (values - mean) ** 2).sum(axis=0) * 500 / 499)
    np.testing.assert_allclose(draws.mean().value, mean, rtol=1e-12)
    np.testing.assert_allclose(draws.mean().standard_error, expected, rtol=1e-12)
    assert draws.effective_sample_size == pytest.approx(1 / (weights**2).sum())


def test_standard_errors_of_repeated_calls_hold_what_they_say(seed):
    hits = sum(z(importance(UNIT, gaussian(0.3, 1.5), n=300, rng=seed + i).mean(), 0.0)[0] < 1.96 for i in range(1000))
    testing.assert_probability(hits, 1000, 0.95, detects=0.1)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_probability(hits, 1000, 0.68)  # errors half as large


def test_six_standard_deviations_by_a_shifted_proposal(seed):
    draws = importance(Target(normal_density, dim=1), gaussian(6, 1), n=100_000, normalized=True, rng=seed)
    tail = draws.probability(lambda x: x[:, 0] > 6)
    assert within(tail, TAIL)
    assert tail.standard_error < 0.02 * TAIL
    with pytest.raises(SamplerError, match="k-hat of the weights is 1"):
        draws.mean()  # the proposal covers the event only


def test_six_standard_deviations_by_several_proposals(seed):
    draws = importance(UNIT, [gaussian(0, 1), gaussian(6, 1)], shares=[1, 3], n=100_000, rng=seed)
    assert within(draws.probability(lambda x: x[:, 0] > 6), TAIL)
    assert within(draws.log_normalizer, LOG_ROOT)
    assert draws.raw_log_weights.max() < LOG_ROOT + math.log(4) + 1e-9  # the mixture bounds the ratios by 1 / share


@pytest.mark.parametrize(("density", "proposal", "refused"), [(student, gaussian(0, 0.2), False), (normal_density, gaussian(6, 1), True)])
def test_proposals_that_miss_a_tail_are_flagged(density, proposal, refused):
    with pytest.warns(SamplerWarning, match="k-hat.*AMIS"):
        draws = importance(Target(density, dim=1), proposal, n=20_000, rng=0)
    assert draws.pareto_k > draws.pareto_k_limit
    for use in (draws.mean, draws.resample, lambda: draws.probability(lambda x: x[:, 0] > 0)):
        if refused:
            with pytest.raises(SamplerError, match="no mean can be given.*SMC"):
                use()
        else:
            use()


def test_support_is_respected():
    half = Target(normal, dim=1, data=[1.0], support=Positive())
    draws = importance(half, gaussian(0, 1), n=20_000, rng=0)
    assert (draws.weights[draws.values[:, 0] <= 0] == 0).all()
    assert within(draws.log_normalizer, LOG_ROOT - math.log(2))


def test_resampled_draws_follow_the_target(seed):
    draws = importance(UNIT, gaussian(0.0, 2), n=400_000, rng=seed).resample(20_000, method="multinomial", rng=seed)
    assert draws.values.shape == (1, 20_000, 1)
    cdf = np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))
    testing.assert_follows(draws.values[0, :, 0], cdf, detects=0.05)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(draws.values[0, :, 0] * 1.1, cdf)


def test_amis_finds_scale_and_place(seed):
    target = Target(lambda x: normal((x - 4.0) / np.array([0.1, 1.0, 3.0]), 1.0), dim=3, interpreted=True)
    draws = sample(target, Importance(), draws=6000, rng=seed)
    assert draws.effective_sample_size > 2500
    assert within(draws.mean(), 4.0)
    assert within(draws.log_normalizer, 3 * LOG_ROOT + math.log(0.3))
    assert [stage["draws"] for stage in draws.history] == [600 * (i + 1) for i in range(10)]


def test_amis_moves_in_unconstrained_coordinates(seed):
    target = Target(lambda x: 2 * math.log(x[0]) + math.log(x[2]), dim=3, support=Simplex(3), interpreted=True)  # Dirichlet(3, 1, 2)
    draws = sample(target, AMIS(n_stages=6), draws=6000, rng=seed)
    assert within(draws.mean(), np.array([3, 1, 2]) / 6)
    assert within(draws.log_normalizer, math.lgamma(3) + math.lgamma(1) + math.lgamma(2) - math.lgamma(6))


def test_population_monte_carlo_finds_two_modes(seed):
    draws = sample(Target(two_modes, dim=2), Importance(PopulationMonteCarlo(4, scale=6.0)), draws=20_000, rng=seed)
    assert within(draws.log_normalizer, math.log(4 * math.pi / 2))
    assert within(draws.probability(lambda x: x[:, 0] > 0), 0.75)
    assert draws.effective_sample_size > 8000


def test_student_mixture_integrates_to_one_and_agrees_with_its_draws(seed):
    one = StudentMixture(np.ones(1), np.array([[1.0]]), np.array([[[4.0]]]), 3.0)
    x = np.linspace(-3000, 3000, 2_000_001)[:, None]
    assert np.trapezoid(np.exp(one.log_density(x)), x[:, 0]) == pytest.approx(1, abs=1e-6)
    import scipy.stats

    from statsim.samplers.importance.seeds import part_random

    out = np.empty((100_000, 1))
    one.fill(part_random(seed, 0), out, [100_000])
    testing.assert_follows(out[:, 0], scipy.stats.t(3, 1, 2).cdf, detects=0.02)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(out[:, 0], scipy.stats.t(4, 1, 2).cdf)
    law = scipy.stats.multivariate_t([1, 2], [[2, 0.5], [0.5, 1]], df=5)
    two = StudentMixture(np.ones(1), np.array([[1.0, 2.0]]), np.array([[[2, 0.5], [0.5, 1]]]), 5.0)
    points = np.array([[0.0, 0.0], [3.0, -1.0]])
    np.testing.assert_allclose(two.log_density(points), law.logpdf(points), rtol=1e-12)


def test_weights_for_learning_are_tempered_only_where_few_count():
    flat = np.zeros(100)
    np.testing.assert_allclose(tempered(flat, 50), 0.01)
    steep = -np.arange(100.0)
    weights = tempered(steep, 20)
    assert 1 / (weights**2).sum() == pytest.approx(20, rel=1e-3)
    assert (np.diff(weights) < 0).all()


@pytest.mark.parametrize("proposal", [gaussian(0, 2), AMIS(n_stages=3), PopulationMonteCarlo(2, n_stages=3)], ids=["model", "amis", "pmc"])
def test_same_bits_for_any_number_of_threads(proposal):
    first, second = (importance(UNIT, proposal, n=9000, rng=5, num_threads=threads) for threads in (1, 3))
    assert first.values.tobytes() == second.values.tobytes()
    assert first.log_weights.tobytes() == second.log_weights.tobytes()


def test_bad_input_is_named():
    with pytest.raises(ArgumentTypeError, match="proposal.*'wide'"):
        Importance(proposal="wide")
    with pytest.raises(ArgumentTypeError, match=r"proposal\[1\].*3"):
        Importance(proposal=[gaussian(0, 1), 3])
    with pytest.raises(ArgumentError, match="empty"):
        Importance(proposal=[])
    with pytest.raises(ArgumentError, match="shares"):
        Importance(proposal=[gaussian(0, 1), gaussian(1, 1)], shares=[1.0, 0.0])
    with pytest.raises(ArgumentError, match="2 coordinates"):
        importance(Target(normal, dim=2, data=[1.0]), gaussian(0, 1), n=100, rng=0)
    with pytest.raises(ArgumentError, match="degrees of freedom"):
        importance(Target(normal, dim=2, data=[1.0], support=Simplex(2)), gaussian(0, 1), n=100, rng=0)
    with pytest.raises(ArgumentError, match="draws=5 is too few"):
        importance(UNIT, n=5)
    with pytest.raises(SamplerError, match="zero at all 100"):
        importance(Target(normal, dim=1, data=[1.0], support=Bounded(90.0, 91.0)), gaussian(0, 1), n=100, rng=0)
    with pytest.raises(TargetError, match="nan.*a draw of the proposal"):
        importance(Target(lambda x: math.nan, dim=1, interpreted=True), gaussian(0, 1), n=100, rng=0)
    with pytest.raises(ArgumentError, match="booleans"):
        importance(UNIT, gaussian(0, 1), n=100, rng=0).probability(lambda x: x[:, 0])
    with pytest.raises(ArgumentError, match="chains=4"):
        sample(UNIT, Importance(), chains=4)
