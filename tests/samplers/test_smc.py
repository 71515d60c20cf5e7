"""Sequential Monte Carlo: moves leave the path unchanged, known evidence, known modes, honest errors."""

import math

import numba
import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, SamplerError, SamplerWarning, TargetError
from statsim.kernels.tempering.moves import move_particles, move_work
from statsim.samplers.tempering.path import Path
from statsim.samplers.tempering.reference import NormalReference
from statsim.samplers.sampling import sample
from statsim.samplers.importance.seeds import part_random
from statsim.samplers.tempering.smc import SMC, smc
from statsim.samplers.tempering.smc_run import next_step, particle_metric
from statsim.samplers.supports import Simplex
from statsim.samplers.targets.target import Target


@numba.njit
def normal(x, sd):
    total = 0.0
    for i in range(x.size):
        total -= 0.5 * (x[i] / sd) ** 2
    return total


@numba.njit
def normal_slope(x, out, sd):
    for i in range(x.size):
        out[i] = -x[i] / sd**2


@numba.njit
def two_modes(x):
    a = -2.0 * ((x[0] - 5.0) ** 2 + (x[1] - 5.0) ** 2)
    b = -2.0 * ((x[0] + 5.0) ** 2 + (x[1] + 5.0) ** 2)
    return np.logaddexp(a + math.log(3.0), b)


def normal_target(dim, sd):
    return Target(normal, normal_slope, dim=dim, data=[sd])


def log_evidence(dim, sd):
    return dim * (0.5 * math.log(2 * math.pi) + math.log(sd))


def moved(rng, *, beta, gradient, forget=False, n=40_000):
    """Exact draws of p_beta between N(0, 0.5^2) and N(1, 2^2) in two dimensions after a few moves, and their distribution function."""
    path = Path(normal_target(2, 0.5), NormalReference(mean=1.0, sd=2.0))
    precision = beta / 0.25 + (1 - beta) / 4
    mean, sd = (1 - beta) / 4 / precision, precision**-0.5
    positions = rng.normal(mean, sd, size=(n, 2))
    parts, slopes = path.evaluate(positions, with_gradient=gradient)
    if forget:
        parts[:] = parts[0]  # every particle is taken to be as likely as the first
    metric = particle_metric(rng.normal(size=(100, 2)) * [0.5, 0.7])
    args = (path.context(), beta, metric, 0.8, 3.0, 8, 2, part_random(int(rng.integers(2**32)), 0), positions, parts, slopes, move_work(2))
    accepted = move_particles(*args)
    assert 0.2 < accepted < 0.999
    return positions[:, 0], np.vectorize(lambda x: 0.5 * math.erfc((mean - x) / sd / math.sqrt(2)))


@pytest.mark.parametrize("gradient", [False, True], ids=["walk", "hmc"])
def test_one_step_leaves_the_path_unchanged(gradient, rng):
    draws, cdf = moved(rng, beta=0.3, gradient=gradient)
    testing.assert_follows(draws, cdf, detects=0.03)
    broken, cdf = moved(rng, beta=0.3, gradient=gradient, forget=True)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(broken, cdf)


@pytest.mark.parametrize(("dim", "moves"), [(2, "random_walk"), (6, "hmc")])
def test_evidence_of_a_normal(dim, moves, seed):
    draws = smc(normal_target(dim, 0.5), n_particles=200, n_runs=60, moves=moves, rng=seed)
    ratios = np.exp(draws.raw_log_weights[::200] - log_evidence(dim, 0.5))  # one for each run, mean 1
    testing.assert_mean(ratios, 1.0, detects=0.6)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(ratios * 2, 1.0)
    assert abs(draws.log_normalizer.value - log_evidence(dim, 0.5)) < 5.33 * draws.log_normalizer.standard_error
    mean, square = draws.mean(), draws.mean(lambda x: x[:, 0] ** 2)
    assert (np.abs(mean.value) < 5.33 * mean.standard_error).all()
    assert abs(square.value - 0.25) < 5.33 * square.standard_error


def test_genealogy_of_one_run_says_what_runs_say(seed):
    many = smc(normal_target(2, 0.5), n_particles=500, n_runs=60, resampling="multinomial", rng=seed)
    spread = many.log_normalizer.standard_error * math.sqrt(60)
    errors = [smc(normal_target(2, 0.5), n_particles=500, n_runs=1, resampling="multinomial", rng=seed + i).log_normalizer.standard_error for i in range(12)]
    assert 0.6 * spread < np.sqrt(np.mean(np.square(errors))) < 1.6 * spread


def test_modes_far_apart(seed):
    draws = smc(Target(two_modes, dim=2), start=NormalReference(sd=6.0), n_runs=20, n_particles=500, rng=seed)
    right = draws.probability(lambda x: x[:, 0] > 0)
    assert abs(right.value - 0.75) < 5.33 * right.standard_error
    assert right.standard_error < 0.03
    assert abs(draws.log_normalizer.value - math.log(2 * math.pi)) < 5.33 * draws.log_normalizer.standard_error


def test_constrained_target(seed):
    target = Target(lambda x: 2 * math.log(x[0]) + math.log(x[2]), dim=3, support=Simplex(3), interpreted=True)  # Dirichlet(3, 1, 2)
    draws = smc(target, n_particles=150, n_runs=10, rng=seed)
    mean = draws.mean()
    assert np.allclose(draws.values.sum(axis=1), 1)
    assert (np.abs(mean.value - np.array([3, 1, 2]) / 6) < 5.33 * mean.standard_error).all()


def test_a_model_is_a_start(seed):
    start = ss.GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[-1.0, 0.0], [1.0, 0.0]], covariances=[np.eye(2), np.eye(2)])
    draws = smc(normal_target(2, 0.5), n_particles=200, n_runs=20, start=start, rng=seed)
    assert abs(draws.log_normalizer.value - log_evidence(2, 0.5)) < 5.33 * draws.log_normalizer.standard_error


def test_next_step_halves_the_effective_size():
    gains = np.linspace(-100, 0, 1000)
    step, effective = next_step(gains, 1.0, 0.5)
    weights = np.exp(step * gains)
    assert weights.sum() ** 2 / (weights**2).sum() == pytest.approx(500, rel=1e-6)
    assert effective == pytest.approx(500, rel=1e-6)
    assert next_step(gains * 1e-6, 0.3, 0.5)[0] == 0.3
    with pytest.raises(SamplerError, match="zero at all 3"):
        next_step(np.full(3, -np.inf), 1.0, 0.5)


@pytest.mark.parametrize("method", [SMC(n_runs=1, n_particles=300), SMC(n_runs=3, n_particles=None, moves="random_walk")])
def test_same_bits_for_any_number_of_threads(method):
    first, second = (sample(normal_target(3, 0.5), method, draws=450, rng=4, num_threads=threads) for threads in (1, 4))
    assert first.values.shape == (450, 3)
    assert first.values.tobytes() == second.values.tobytes()
    assert first.log_weights.tobytes() == second.log_weights.tobytes()


def test_moves_that_do_not_suffice_warn():
    with pytest.warns(SamplerWarning, match="after 1 moves.*raise max_moves"):
        smc(normal_target(4, 0.1), n_particles=100, max_moves=1, moves="random_walk", rng=0)


def test_bad_input_is_named():
    with pytest.raises(ArgumentError, match="ess.*1.0"):
        SMC(ess=1.0)
    with pytest.raises(ArgumentError, match="'leapfrog'"):
        SMC(moves="leapfrog")
    with pytest.raises(ArgumentError, match="gradient"):
        smc(Target(two_modes, dim=2), moves="hmc")
    with pytest.raises(ArgumentError, match="sd must be above 0"):
        NormalReference(sd=0.0)
    with pytest.raises(ArgumentError, match="positive definite"):
        smc(normal_target(2, 1.0), start=NormalReference(covariance=[[1, 2], [2, 1]]))
    with pytest.raises(TargetError, match="nan"):
        smc(Target(lambda x: math.nan if x[0] > 2 else 0.0, dim=1, interpreted=True), rng=0)
    with pytest.raises(SamplerError, match="zero at all 50"):
        smc(Target(lambda x: -math.inf, dim=1, interpreted=True), n_particles=50, rng=0)
