"""Problems are found, named and come with a remedy; good draws are left alone."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

import statsim as ss
from statsim import metrics
from statsim.errors import SamplerWarning
from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.chains.screen import screen
from tests.samplers import known


def made(change=None, draws=1000, dim=3, **stats):
    values = np.random.default_rng(3).normal(size=(4, draws, dim))
    if change is not None:
        change(values)
    return Draws(values, Statistics(stats), tuple(f"x[{i}]" for i in range(dim)), NUTS())


def energies(step):
    steps = np.random.default_rng(4).normal(size=(4, 1000))
    return np.cumsum(step * steps, axis=1) if step else steps


def flag(count, of=1000):
    flags = np.zeros((4, of), bool)
    flags.ravel()[:count] = True
    return flags


def shift(values):
    values[2, :, 1] += 0.4


def walk(values):
    values[:, :, 2] = np.cumsum(values[:, :, 2], axis=1)


def infinite(values):
    values[0, :, 0] = np.inf


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        (made(shift), "R-hat is up to 1.0[0-9]+, above 1.01, for x\\[1\\]: the chains do not agree: raise warmup"),
        (made(walk), "effective sample size is down to [0-9]+, below 400 \\(100 per chain\\), for x\\[2\\]"),
        (made(draws=60), "effective sample size is down to 1[0-9]+, below 400 \\(100 per chain\\), .*raise draws about"),
        (made(divergent=flag(3)), "3 of 4000 transitions diverged.*raise target_accept from 0.8[05]* to 0.95"),
        (made(tree_depth=np.where(flag(7), 10, 3)), "7 of 4000 trajectories were cut at max_depth=10"),
        (made(energy=energies(1.0)), "E-BFMI is down to 0.0[0-9]+, below 0.3, in chain 0, 1, 2, 3"),
        (made(infinite), "x\\[0\\]: draws that are not finite"),
    ],
)
def test_each_problem_is_named(draws, words):
    import re

    assert any(re.search(words, problem) for problem in draws.problems()), draws.problems()


def test_good_draws_have_none():
    assert made(divergent=flag(0), tree_depth=np.full((4, 1000), 3), energy=energies(0)).problems() == ()
    assert made(draws=0).problems() == ()


def test_ties_are_no_problem():
    def whole(values):
        values[:] = np.round(values)

    assert made(whole).problems() == ()


def test_sample_warns_once_with_all_and_can_be_silenced():
    target = known.normal_target([0.0, 0.0], np.eye(2))
    method = NUTS(step_size=0.05, adapt_step=False, max_depth=2)
    with pytest.warns(SamplerWarning, match=r"R-hat[\s\S]*effective sample size[\s\S]*max_depth=2") as caught:
        ss.sample(target, method, draws=100, warmup=0, rng=0)
    assert len(caught) == 1 and caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ss.sample(target, method, draws=100, warmup=0, rng=0, diagnose=False)
        ss.sample(target, draws=500, rng=0)


@pytest.mark.parametrize("n", [100, 101, 500])
def test_the_screen_agrees_with_the_metrics_where_it_does_not_thin(n):
    values = np.random.default_rng(n).normal(size=(4, n, 3))
    for i in range(1, n):
        values[:, i, 1] += 0.8 * values[:, i - 1, 1]
    r_hat, size = screen(values)
    assert_allclose(r_hat, metrics.r_hat(values), rtol=1e-3)
    assert_allclose(size, np.minimum(metrics.ess_bulk(values), metrics.ess_tail(values)), rtol=0.15)  # suspects are looked at again


def test_the_screen_of_long_chains_misses_nothing():
    values = np.random.default_rng(0).normal(size=(4, 20_000, 2))
    for i in range(1, 20_000):
        values[:, i, 1] += 0.995 * values[:, i - 1, 1]
    found, exact = screen(values)[1], np.minimum(metrics.ess_bulk(values), metrics.ess_tail(values))
    assert found[0] > 1000 and abs(found[1] / exact[1] - 1) < 0.25


def test_chains_that_never_move_are_named():
    moving = np.random.default_rng(0).normal(size=(3, 200, 2))
    moving[1] = 0.5
    assert any("chain 1 never moved" in text for text in Draws(moving, Statistics({}), ("a", "b")).problems())
    moving[1, :, 1] = np.random.default_rng(1).normal(size=200)  # one coordinate may be fixed by the support
    assert not any("never moved" in text for text in Draws(moving, Statistics({}), ("a", "b")).problems())


def test_mild_disagreement_and_one_chain_are_not_told_of_modes():
    values = np.random.default_rng(0).normal(size=(1, 400, 1)).cumsum(axis=1)
    (text,) = [text for text in Draws(values, Statistics({}), ("a",)).problems() if text.startswith("R-hat")]
    assert "the halves of the chain do not agree" in text
    assert "modes" not in text
