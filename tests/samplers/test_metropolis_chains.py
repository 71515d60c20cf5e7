"""What holds for every method that moves chains: neither stretches nor threads change a bit, and no draw leaves the support."""

import numpy as np
import pytest

from statsim.samplers.random_walk import RandomWalk
from statsim.samplers.sample import sample
from tests.samplers.metropolis_targets import SKEWED
from tests.samplers.one_step import advance, chain_of

METHODS = {"RandomWalk": RandomWalk(adapt="always"), "RandomWalk diag": RandomWalk(covariance="diag")}


def in_stretches(method, lengths, warmup):
    """Values and statistics of one chain advanced in these stretches, `warmup` of the iterations being warm-up."""
    chain = chain_of(method, SKEWED, 1)
    chain.initial[:] = np.linspace(0.9, 1.6, chain.initial.size).reshape(chain.initial.shape)
    method.begin(chain, warmup=warmup)
    parts, done, edges = [], 0, method.edges(warmup)
    for n in lengths:
        if done == warmup:
            method.end_warmup(chain)
        parts.append(advance(chain, method, n, warming=done < warmup))
        done += n
        if done in edges and done <= warmup:
            method.at_edge(chain, done, warmup=warmup)
    values, stats = zip(*parts, strict=True)
    return np.concatenate(values, axis=1), np.concatenate(stats, axis=1), chain.state


@pytest.mark.parametrize("name", METHODS)
def test_stretches_change_nothing(name):
    method, warmup = METHODS[name], 160
    edges = sorted({0, warmup, warmup + 100, *method.edges(warmup)})
    whole = in_stretches(method, np.diff(edges), warmup)
    cuts = sorted({*edges, 1, 2, 9, 64, 65, 70, 131, 161, 170, 200})
    pieces = in_stretches(method, np.diff(cuts), warmup)
    assert whole[0].tobytes() == pieces[0].tobytes()
    np.testing.assert_array_equal(whole[1], pieces[1])
    for key, array in whole[2].items():
        np.testing.assert_array_equal(array, pieces[2][key], err_msg=key)


@pytest.mark.parametrize("name", METHODS)
def test_threads_change_nothing_and_draws_stay_inside(name):
    one, four = (sample(SKEWED, METHODS[name], draws=50, warmup=100, rng=5, num_threads=n, initial=[2.0, 2.0]) for n in (1, 4))
    assert one.values.tobytes() == four.values.tobytes()
    assert (one.values[..., 0] > 0).all() and (one.values[..., 1] > 1.0).all()
    assert set(one.stats) >= {"log_density", "acceptance", "step_size"}
    x = one.values.reshape(-1, 2)
    np.testing.assert_allclose(one.stats["log_density"].ravel(), SKEWED.log_density(x), rtol=1e-9, atol=1e-9)
