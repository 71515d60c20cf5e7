"""Parallel tempering: swaps leave the joint law unchanged, far modes are found, the ladder evens out."""

import math

import numba
import numpy as np
import pytest

from statsim import GaussianMixture, testing
from statsim.errors import ArgumentError, TargetError
from statsim.kernels.tempering.ladder import swap_rungs
from statsim.metrics import ess_mean
from statsim.samplers.chains import run
from statsim.samplers.tempering.reference import NormalReference
from statsim.samplers.sampling import sample
from statsim.samplers.importance.seeds import part_random
from statsim.samplers.supports import Positive
from statsim.samplers.targets.target import Target
from statsim.samplers.tempering.tempering import Tempering, equalised_ladder, first_ladder


@numba.njit
def far_modes(x):
    a = -2.0 * ((x[0] - 10.0) ** 2 + (x[1] - 10.0) ** 2)
    b = -2.0 * ((x[0] + 10.0) ** 2 + (x[1] + 10.0) ** 2)
    return np.logaddexp(a + math.log(3.0), b)


@numba.njit
def far_modes_slope(x, out):
    a = -2.0 * ((x[0] - 10.0) ** 2 + (x[1] - 10.0) ** 2) + math.log(3.0)
    b = -2.0 * ((x[0] + 10.0) ** 2 + (x[1] + 10.0) ** 2)
    right = math.exp(a - np.logaddexp(a, b))
    for i in range(2):
        out[i] = -4.0 * (x[i] - 10.0 * (2.0 * right - 1.0))


@numba.njit
def exponential(x):
    return -x[0] / 2.0


MODES = Target(far_modes, far_modes_slope, dim=2)
START = [10.0, 10.0]


def right_share(draws):
    """Share of the draws near the heavier mode, and its effective sample size."""
    right = (draws.values[..., 0] > 0).astype(float)
    return right, (1.0 if right.min() == right.max() else min(float(ess_mean(right)), right.size))


@pytest.mark.parametrize("moves", ["random_walk", "hmc"])
@pytest.mark.parametrize("reference", [None, NormalReference(sd=10.0)], ids=["power", "normal"])
def test_far_modes(reference, moves, seed):
    draws = sample(MODES, Tempering(reference=reference, moves=moves, hottest=1e-3), draws=4000, warmup=700, initial=START, rng=seed)
    right, size = right_share(draws)
    assert size > 300
    testing.assert_mean(right.ravel(), 0.75, bounds=(0, 1), ess=size, detects=0.3)
    assert draws.stats["round_trips"][:, -1].min() > 50
    assert 0.4 < draws.stats["swap_rate"].mean() < 0.9
    offset = draws.values[..., 0].ravel() - np.where(right.ravel() > 0, 10, -10)
    testing.assert_variance(offset, 0.25, ess=offset.size / 20, detects=0.7)


def test_without_temperature_the_second_mode_is_never_found(seed):
    draws = sample(MODES, Tempering(n_replicas=2, hottest=0.9), draws=4000, warmup=200, initial=START, rng=seed, diagnose=False)
    right, _ = right_share(draws)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(right.ravel(), 0.75, bounds=(0, 1), ess=300)


def test_stepping_stones_give_the_evidence(seed):
    draws = sample(MODES, Tempering(reference=NormalReference(sd=10.0), n_replicas=12), draws=4000, warmup=600, chains=8, rng=seed)
    estimates = draws.stats["log_evidence"][:, -1]
    truth = math.log(4 * 2 * math.pi / 4)
    assert abs(estimates.mean() - truth) < 0.15  # eight chains spread by 0.1
    assert estimates.std() < 0.3
    power = sample(MODES, Tempering(), draws=5, warmup=0, chains=1, initial=START, rng=0, diagnose=False)
    assert np.isnan(power.stats["log_evidence"]).all()


def swapped(rng, betas, n=30_000):
    """Two rungs with exact draws of N(0, 1 / beta), swapped once: squares of the cold place times its beta, mean 1."""
    random, at, rejected = part_random(int(rng.integers(2**32)), 0), np.arange(2), np.zeros((1, 2))
    true = np.array([0.2, 1.0])
    y = rng.normal(size=(n, 2)) / np.sqrt(true)
    parts, cold = np.zeros((n, 2, 2)), np.empty(n)
    parts[:, :, 0] = -0.5 * y**2
    for i in range(n):
        at[:] = 0, 1
        swap_rungs(0, betas, at, parts[i], rejected, random)
        cold[i] = y[i, at[1]]
    assert 0 < rejected[0, 0] < rejected[0, 1] == n
    return cold


def test_swaps_leave_the_joint_law_unchanged(rng):
    testing.assert_variance(swapped(rng, np.array([0.2, 1.0])), 1.0, normal=True, detects=0.1)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_variance(swapped(rng, np.array([1.0, 0.2])), 1.0, normal=True)  # the ratio upside down


def test_ladder_evens_out_a_known_barrier():
    betas = first_ladder(9, 0.01)
    assert betas[0] == pytest.approx(0.01)
    barrier = np.log(betas / 0.01)  # a normal target: the barrier grows with log beta, so the geometric ladder is even already
    even = equalised_ladder(betas, np.column_stack([np.diff(barrier), np.ones(8)]), power=True)
    np.testing.assert_allclose(even, betas, rtol=1e-9)
    uneven = equalised_ladder(betas, np.column_stack([[0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], np.ones(8)]), power=True)
    assert (np.diff(uneven) > 0).all()
    assert uneven[4] < betas[1]
    assert (uneven[0], uneven[-1]) == (betas[0], 1.0)
    assert first_ladder(5, None)[0] == 0.0


def test_rounds_of_warm_up_double():
    assert Tempering().edges(3000) == [20, 60, 140, 300, 620, 1260, 2540]
    assert Tempering().edges(10) == []


def test_constrained_target(seed):
    target = Target(exponential, dim=1, support=Positive())
    draws = sample(target, Tempering(reference=NormalReference(), n_replicas=5), draws=5000, warmup=500, rng=seed)
    size = float(ess_mean(draws.values)[0])
    testing.assert_mean(draws.values.ravel(), 2.0, sd=2.0, ess=min(size, draws.values.size), detects=0.5)
    np.testing.assert_allclose(draws.stats["log_density"], -draws.values[..., 0] / 2, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("moves", ["random_walk", "hmc"])
def test_same_bits_for_any_threads_and_however_a_chain_is_cut(moves, monkeypatch):
    method = Tempering(n_replicas=4, moves=moves, reference=NormalReference(sd=10.0))
    first = sample(MODES, method, draws=150, warmup=150, chains=3, rng=2, diagnose=False, num_threads=1)
    monkeypatch.setattr(run, "STRETCH_SECONDS", 0.0)
    second = sample(MODES, method, draws=150, warmup=150, chains=3, rng=2, diagnose=False, num_threads=3)
    assert first.values.tobytes() == second.values.tobytes()
    for name in method.statistics:
        assert first.stats[name[0]].tobytes() == second.stats[name[0]].tobytes()


@numba.njit
def half_normal(x):
    return -0.5 * x[0] ** 2 if x[0] > 0 else -math.inf


def test_a_model_as_reference_needs_all_reals(seed):
    model = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[1.0]]])
    method = Tempering(reference=model, moves="random_walk", n_replicas=4)
    with pytest.raises(ArgumentError, match=r"not over the support Positive.*NormalReference\(\)"):
        sample(Target(half_normal, dim=1, support=Positive()), method, draws=10, rng=0)
    draws = sample(Target(half_normal, dim=1), method, draws=1500, warmup=300, initial=[1.0], rng=seed, diagnose=False)
    assert abs(draws.stats["log_evidence"][:, -1].mean() - 0.5 * math.log(math.pi / 2)) < 0.1  # 0.69 above where q is cut at zero


def test_bad_input_is_named():
    with pytest.raises(ArgumentError, match="n_replicas.*1"):
        Tempering(n_replicas=1)
    with pytest.raises(ArgumentError, match="hottest.*1.0"):
        Tempering(hottest=1.0)
    with pytest.raises(ArgumentError, match="gradient"):
        sample(Target(far_modes, dim=2), Tempering(moves="hmc"), draws=1)
    with pytest.raises(TargetError, match="nan.*met by chain"):
        sample(
            Target(lambda x: math.nan if x[0] > 3 else -0.5 * x[0] ** 2, dim=1, interpreted=True),
            Tempering(n_replicas=3), draws=2000, warmup=50, chains=1, rng=0,
        )  # fmt: skip
