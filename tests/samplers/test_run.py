"""The driver: the same bits however chains are cut, threaded or repeated; nothing drawn, much drawn."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from statsim.errors import ArgumentError, TooLargeError
from statsim.samplers.chains import run
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.chains.run import run_chains
from statsim.samplers.chains.windows import stages
from tests.samplers import known

TARGET = known.normal_target([1.0, -2.0], [[2.0, 0.9], [0.9, 1.0]])


def drawn(method=None, **options):
    return run_chains(TARGET, method or NUTS(), **{"chains": 3, "warmup": 150, "draws": 60, "rng": 5, **options})


def same(one, other):
    assert_array_equal(one.values, other.values)
    for name in one.stats:
        assert_array_equal(one.stats[name], other.stats[name])


@pytest.mark.parametrize("metric", ["diag", "dense", "low_rank", "unit"])
def test_threads_and_stretches_change_nothing(metric, monkeypatch):
    whole = drawn(NUTS(metric=metric), num_threads=1, keep_warmup=True)
    same(whole, drawn(NUTS(metric=metric), num_threads=3))
    monkeypatch.setattr(run, "STRETCH_SECONDS", 0.0)  # one iteration at a time
    cut = drawn(NUTS(metric=metric), keep_warmup=True)
    same(whole, cut)
    same(whole.warmup, cut.warmup)


def test_a_chain_does_not_depend_on_how_many_there_are():
    assert_array_equal(drawn(chains=3).values[:2], drawn(chains=2).values)


def test_more_draws_begin_with_the_same_ones():
    assert_array_equal(drawn(draws=60).values, drawn(draws=90).values[:, :60])


def test_seeds_differ_and_repeat():
    same(drawn(), drawn())
    assert not np.array_equal(drawn(rng=6).values, drawn().values)
    assert not np.array_equal(drawn(rng=None).values, drawn(rng=None).values)


def test_no_draws_and_no_warmup():
    none = drawn(draws=0)
    assert none.values.shape == (3, 0, 2)
    assert none.stats["energy"].shape == (3, 0)
    assert drawn(warmup=0, draws=5).values.shape == (3, 5, 2)


def test_statistics_have_their_meaning():
    draws = drawn()
    points = draws.values.reshape(-1, 2)
    np.testing.assert_allclose(draws.stats["log_density"].ravel(), TARGET.log_density(points), rtol=1e-12)
    assert draws.stats["n_gradients"].min() >= 1
    assert (draws.stats["n_gradients"] < 2.0 ** (draws.stats["tree_depth"] + 1)).all()
    assert (draws.stats["acceptance"] <= 1).all()
    assert not draws.stats["divergent"].any()
    assert (np.ptp(draws.stats["step_size"], axis=1) == 0).all()
    assert len(draws.stats) == len(list(draws.stats))


def test_the_stages_fill_the_warmup():
    assert stages(1000) == (75, [100, 150, 250, 450, 950])
    for warmup in range(20, 3000):
        first, ends = stages(warmup)
        assert 0 < first < ends[0]
        assert all(a < b for a, b in zip(ends, ends[1:], strict=False))
        assert ends[-1] < warmup
    assert stages(19) == (19, [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"chains": 0}, "chains"),
        ({"draws": -1}, "draws"),
        ({"warmup": -3}, "warmup"),
        ({"num_threads": 0}, "num_threads"),
        ({"rng": -1}, "rng"),
    ],
)
def test_wrong_arguments_are_named(options, words):
    with pytest.raises(ArgumentError, match=words):
        drawn(**options)


def test_what_does_not_fit_is_refused():
    with pytest.raises(TooLargeError, match="chains of 1000000000000 draws of 2 coordinates"):
        drawn(draws=10**12)


@pytest.mark.parametrize(
    "options",
    [{"target_accept": 0.0}, {"target_accept": 1.0}, {"metric": "full"}, {"max_depth": 0}, {"max_depth": 16}, {"step_size": 0.0}],
)
def test_wrong_settings_are_named(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        NUTS(**options)


def test_a_given_step_is_kept():
    draws = drawn(NUTS(step_size=0.25, adapt_step=False))
    assert (draws.stats["step_size"] == np.float32(0.25)).all()


def test_depth_is_limited():
    draws = drawn(NUTS(step_size=0.001, adapt_step=False, max_depth=3), warmup=0, draws=20)
    assert (draws.stats["tree_depth"] == 3).all()
    assert (draws.stats["n_gradients"] == 7).all()


@pytest.mark.parametrize(
    ("done", "chains", "kept"),
    [([250, 250, 250], [0, 1, 2], 100), ([210, 200, 190], [0, 1, 2], 40), ([210, 205, 151], [0, 1], 55), ([250, 160, 0], [0], 100), ([0, 0, 0], [0, 1, 2], 0), ([250, 151, 151], [0], 100)],
)
def test_a_stop_returns_the_chains_that_have_most(done, chains, kept):
    unfinished = run.ChainRun(TARGET, NUTS(), warmup=150, draws=100, keep_warmup=False)
    unfinished.done = np.array(done)
    chosen, n = unfinished._furthest()
    assert (chosen.tolist(), n) == (chains, kept)
    note = unfinished._note_of_stop(chosen, n)
    assert (note == ()) == (min(done) == 250)
