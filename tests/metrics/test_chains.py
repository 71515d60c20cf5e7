"""Chain diagnostics: equal to ArviZ and to slow twins, right on processes of known error, and what bad draws give."""

import tracemalloc

import numpy as np
import pytest
from arviz_stats.base import array_stats as arviz
from scipy.signal import lfilter

from statsim import metrics, testing
from statsim.errors import ArgumentError
from statsim.metrics.chains import column, effective_sample_size, r_hat, rank_normalise
from statsim.metrics.chains.order import sort_with_order
from tests.reference import chains as twin


def autoregression(phi, shape, seed):
    """Stationary AR(1) with unit variance along the last axis."""
    noise = np.random.default_rng([31, seed]).normal(size=shape) * np.sqrt(1 - phi**2)
    noise[..., 0] /= np.sqrt(1 - phi**2)
    return lfilter([1], [1, -phi], noise, axis=-1)


def cases():
    rng = np.random.default_rng(30)
    yield "independent", rng.normal(size=(4, 1000))
    yield "sticky, odd", autoregression(0.9, (4, 1001), 1)
    yield "antithetic", autoregression(-0.9, (4, 1000), 2)
    yield "three chains, odd", autoregression(-0.5, (3, 777), 3)
    yield "long", autoregression(0.5, (4, 12_001), 4)
    yield "long and slow", autoregression(0.99, (2, 12_000), 5)
    yield "random walk", np.cumsum(rng.normal(size=(4, 600)), axis=1)
    yield "heavy tails", rng.standard_cauchy((4, 500))
    yield "counts", rng.poisson(2, (4, 800)).astype(float)
    yield "two values", rng.integers(0, 2, (4, 100)).astype(float)
    yield "shifted", rng.normal(size=(4, 200)) + np.arange(4)[:, None]
    yield "scaled", rng.normal(size=(4, 200)) * [[1], [1], [1], [4]]
    for n in range(4, 14):
        yield f"{n} draws", rng.normal(size=(4, n))


CASES = dict(cases())
BY_ARVIZ = {
    "r_hat": (metrics.r_hat, arviz.rhat),
    "ess_bulk": (metrics.ess_bulk, arviz.ess),
    "ess_tail": (metrics.ess_tail, lambda x: arviz.ess(x, method="tail", prob=(0.05, 0.95))),
    "ess_tail 1-90": (lambda x: metrics.ess_tail(x, probabilities=(0.01, 0.9)), lambda x: arviz.ess(x, method="tail", prob=(0.01, 0.9))),
    "ess_mean": (metrics.ess_mean, lambda x: arviz.ess(x, method="mean")),
    "ess_sd": (metrics.ess_sd, lambda x: arviz.ess(x, method="sd")),
    "ess_quantile": (lambda x: metrics.ess_quantile(x, probability=0.3), lambda x: arviz.ess(x, method="quantile", prob=0.3)),
    "mcse_mean": (metrics.mcse_mean, arviz.mcse),
    "mcse_quantile": (lambda x: metrics.mcse_quantile(x, probability=0.9), lambda x: arviz.mcse(x, method="quantile", prob=0.9)),
    "mcse_median": (lambda x: metrics.mcse_quantile(x, probability=0.5), lambda x: arviz.mcse(x, method="median")),
    "e_bfmi": (metrics.e_bfmi, arviz.bfmi),
    "autocorrelation": (metrics.autocorrelation, arviz.autocorr),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", BY_ARVIZ)
def test_equal_to_arviz(name, case):
    ours, theirs = BY_ARVIZ[name]
    np.testing.assert_allclose(ours(CASES[case]), theirs(CASES[case]), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_error_of_the_sd_uses_arviz_effective_size_of_the_squares(case):
    """As ArviZ up to 0.22 did; arviz-stats 0.8 divides by the size of the draws themselves, which the test on spreads refutes."""
    square = (CASES[case] - CASES[case].mean()) ** 2
    expected = np.sqrt(square.var() / arviz.ess(square, method="mean") / square.mean() / 4)
    np.testing.assert_allclose(metrics.mcse_sd(CASES[case]), expected, rtol=1e-9, atol=1e-12)


def no_split(draws):
    return draws


def biased_variance(rows):
    return np.sqrt(rows.mean(axis=1).var() / rows.var(axis=1).mean() + 1)


def random_ties(ordered):
    return rank_normalise._untied_scores(ordered.size)


BROKEN = {
    "forgotten split": (column, "split", no_split, "r_hat", "independent"),
    "forgotten split in the quantile": (effective_sample_size, "split", no_split, "ess_tail", "independent"),
    "no folding": (r_hat, "folded_scores", rank_normalise.normal_scores, "r_hat", "scaled"),
    "biased variance": (r_hat, "scale_reduction", biased_variance, "r_hat", "independent"),
    "ties in order of appearance": (rank_normalise, "_scores", random_ties, "ess_bulk", "counts"),
    "no ranks": (effective_sample_size, "normal_scores", lambda c: c.halves, "ess_bulk", "heavy tails"),
    "no difference between chains": (effective_sample_size, "centred", lambda rows: (rows - rows.mean(axis=1)[:, None], np.zeros(2)), "ess_mean", "shifted"),
    "covariance not of the deviations": (effective_sample_size, "centred", lambda rows: (rows, rows.mean(axis=1)), "ess_mean", "shifted"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_twins_differ_from_arviz(name, monkeypatch):
    module, attribute, replacement, measure, case = BROKEN[name]
    monkeypatch.setattr(module, attribute, replacement)
    ours, theirs = BY_ARVIZ[measure]
    assert abs(ours(CASES[case]) / theirs(CASES[case]) - 1) > 1e-6


@pytest.mark.parametrize("case", ["normal", "sticky", "ties", "one chain", "odd"])
def test_equal_to_the_slow_twin(case):
    draws = {
        "normal": autoregression(0.0, (4, 30), 6),
        "sticky": autoregression(0.8, (2, 60), 7),
        "ties": np.round(autoregression(0.3, (3, 40), 8) * 2),
        "one chain": autoregression(0.5, (1, 80), 9),
        "odd": autoregression(-0.6, (3, 41), 10),
    }[case]
    for name in ("r_hat", "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "mcse_mean", "mcse_sd", "e_bfmi"):
        np.testing.assert_allclose(getattr(metrics, name)(draws), getattr(twin, name)(draws), rtol=1e-9, err_msg=name)
    assert metrics.ess_quantile(draws, probability=0.7) == pytest.approx(twin.ess_quantile(draws, 0.7), rel=1e-9)


# ---------------------------------------------------------------- truth known


@pytest.mark.parametrize("phi", [-0.5, 0.0, 0.5, 0.9])
def test_effective_sizes_of_an_autoregression(phi):
    draws = np.moveaxis(autoregression(phi, (40, 4, 20_000), 11), 0, 2)
    expected = draws[:, :, 0].size * (1 - phi) / (1 + phi)
    ratio = metrics.ess_mean(draws) / expected
    testing.assert_mean(ratio, 1, detects=0.15)
    testing.assert_mean(metrics.ess_sd(draws) / draws[:, :, 0].size * (1 + phi**2) / (1 - phi**2), 1, detects=0.1)
    if phi:
        with pytest.raises(AssertionError):  # the broken twin: each lag counted once in tau and not twice
            testing.assert_mean(ratio * (1 + phi), 1, detects=0.3)


@pytest.mark.parametrize("phi", [-0.4, 0.0, 0.7])
def test_errors_are_the_spread_of_the_estimates(phi):
    draws = np.moveaxis(autoregression(phi, (1200, 4, 250), 12), 0, 2)
    summary = metrics.summarise_chains(draws, probabilities=(0.1, 0.5))
    truth = np.array([[-1.2815515655446004], [0.0]])
    for off in (summary.mean / summary.mcse_mean, (summary.sd - 1) / summary.mcse_sd, *((summary.quantile - truth) / summary.mcse_quantile)):
        testing.assert_mean(np.minimum(off**2, 25), 1, detects=0.8)
    if phi < 0:
        with pytest.raises(AssertionError):  # the broken twin, and arviz-stats 0.8: the effective size of the draws for that of their squares
            testing.assert_mean((summary.sd - 1) ** 2 / summary.mcse_sd**2 * summary.ess_mean / summary.ess_sd, 1, detects=2)


def test_chains_that_disagree_are_found_each_in_its_way():
    rng = np.random.default_rng(32)
    good = rng.normal(size=(4, 1000))
    assert metrics.r_hat(good) < 1.01
    for bad in (good + [[0], [0], [0], [1]], good * [[1], [1], [1], [3]], good + np.linspace(0, 2, 1000), good[:1] + np.linspace(0, 2, 1000)):
        assert metrics.r_hat(bad) > 1.05
    assert metrics.ess_bulk(good + [[0], [0], [0], [1]]) < 100


def test_energy_that_wanders_is_found():
    assert (metrics.e_bfmi(autoregression(0.95, (4, 5000), 13)) < 0.3).all()
    testing.assert_mean(metrics.e_bfmi(autoregression(0.0, (400, 1000), 14)), 2, detects=0.05)


def test_thinning_leaves_independent_draws():
    draws = autoregression(0.8, (4, 20_000), 15)
    step = metrics.thinning_interval(draws)
    assert 8 <= step <= 12  # (1 + phi) / (1 - phi) = 9
    assert metrics.autocorrelation(draws[:, ::step], max_lag=1)[:, 1].mean() < 0.2
    assert metrics.thinning_interval(autoregression(-0.5, (4, 1000), 16)) == 1
    assert metrics.thinning_interval(np.ones((4, 10))) == 1


# ---------------------------------------------------------------- what holds without luck


def test_several_quantities_are_one_quantity_at_a_time():
    draws = np.random.default_rng(33).normal(size=(4, 101, 3))
    for name in ("r_hat", "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "mcse_mean", "mcse_sd"):
        measure = getattr(metrics, name)
        assert measure(draws).tolist() == [measure(draws[:, :, i]) for i in range(3)]
        assert isinstance(measure(draws[:, :, 0]), float) and measure(draws[:, :, :0]).shape == (0,)
    assert metrics.autocorrelation(draws, max_lag=5).shape == (4, 6, 3)
    assert (metrics.autocorrelation(draws)[:, :, 1] == metrics.autocorrelation(draws[:, :, 1])).all()


@pytest.mark.parametrize("draws", [100, 101])
def test_the_summary_is_the_single_functions(draws):
    x = np.random.default_rng(34).normal(size=(4, draws, 2)) * [1.0, 1e80]
    summary = metrics.summarise_chains(x, probabilities=(0.2, 0.95))
    for name in ("r_hat", "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "mcse_mean", "mcse_sd"):
        np.testing.assert_allclose(getattr(summary, name), getattr(metrics, name)(x), rtol=1e-12, err_msg=name)
    for i, p in enumerate((0.2, 0.95)):
        np.testing.assert_allclose(summary.mcse_quantile[i], metrics.mcse_quantile(x, probability=p), rtol=1e-12)
        np.testing.assert_allclose(summary.ess_quantile[i], metrics.ess_quantile(x, probability=p), rtol=1e-12)
        np.testing.assert_allclose(summary.quantile[i], np.quantile(x, p, axis=(0, 1)), rtol=1e-14)
    np.testing.assert_allclose(summary.mean, x.mean(axis=(0, 1)), rtol=1e-9)
    np.testing.assert_allclose(summary.sd, x.std(axis=(0, 1), ddof=1), rtol=1e-12)


@pytest.mark.parametrize("scale", [2.0**-1000, 2.0**-300, 2.0**300, 2.0**1000])
def test_the_unit_does_not_matter(scale):
    x = autoregression(0.5, (4, 201), 17)
    for name in ("r_hat", "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "e_bfmi", "autocorrelation"):
        np.testing.assert_allclose(getattr(metrics, name)(x * scale), getattr(metrics, name)(x), rtol=1e-12, err_msg=name)
    for name in ("mcse_mean", "mcse_sd"):
        assert getattr(metrics, name)(x * scale) / scale == pytest.approx(getattr(metrics, name)(x), rel=1e-12)


def test_order_of_chains_type_and_layout_do_not_matter():
    x = np.round(autoregression(0.5, (4, 200), 18) * 100).astype(np.float32)
    expected = metrics.summarise_chains(x.astype(float))
    for same in (x, x[::-1], np.asfortranarray(x), x.astype(int), np.repeat(x, 2, axis=1)[:, ::2]):
        got = metrics.summarise_chains(same)
        for name in ("r_hat", "ess_bulk", "ess_mean", "mcse_sd"):
            np.testing.assert_allclose(getattr(got, name), getattr(expected, name), rtol=1e-11)


@pytest.mark.parametrize("kind", ["normal", "offset", "ties", "signed zeros", "extreme", "subnormal", "rising", "falling", "fine"])
def test_the_packed_order_sorts(kind):
    n, rng = 40_000, np.random.default_rng(35)
    normal = rng.normal(size=n)
    values = {
        "normal": normal, "offset": 1e9 + normal, "ties": np.round(normal), "signed zeros": np.where(normal > 0, 0.0, -0.0),
        "extreme": normal / 5 * 1.7e308, "subnormal": normal * 5e-320, "rising": np.arange(n) / n, "falling": -np.arange(n) / n,
        "fine": 1 + np.where(normal > 2, 1e6, 0) + rng.integers(0, 1000, n) * 2.0**-50,
    }[kind]  # fmt: skip
    ordered, order = sort_with_order(values)
    assert (values[order] == ordered).all() and (ordered[1:] >= ordered[:-1]).all() and (np.sort(order) == np.arange(n)).all()


def test_long_chains_with_many_ties_and_many_quantities_stay_frugal():
    x = np.random.default_rng(36).normal(size=(4, 100_000, 10))
    x[:, :, 1] = np.round(x[:, :, 1])
    tracemalloc.start()
    summary = metrics.summarise_chains(x)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.3 * x.nbytes
    np.testing.assert_allclose(summary.ess_bulk[:2], arviz.ess(np.moveaxis(x[:, :, :2], 2, 0)), rtol=1e-9)


# ---------------------------------------------------------------- bad draws

ALL = ("r_hat", "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "mcse_mean", "mcse_sd")


@pytest.mark.parametrize("name", ALL)
def test_what_says_nothing_is_nan(name):
    measure = getattr(metrics, name)
    assert np.isnan(measure(np.full((4, 100), 0.1)))
    for draws in range(4):
        assert np.isnan(measure(np.random.default_rng(0).normal(size=(4, draws))))
    mixed = np.random.default_rng(37).normal(size=(4, 50, 2))
    mixed[:, :, 1] = 3.0
    assert np.isfinite(measure(mixed)[0]) and np.isnan(measure(mixed)[1])


def test_chains_that_stand_still_apart():
    stuck = np.repeat(np.array([[0.1], [0.2], [0.3], [0.7]]), 100, axis=1)
    assert metrics.r_hat(stuck) == np.inf and metrics.ess_bulk(stuck) < 8
    one_stuck = np.random.default_rng(38).normal(size=(4, 100))
    one_stuck[2] = 0.1
    assert np.isnan(metrics.autocorrelation(one_stuck)[2]).all() and np.isnan(metrics.e_bfmi(one_stuck)[2])
    assert np.isfinite(metrics.e_bfmi(one_stuck)[[0, 1, 3]]).all()


def test_summary_of_what_says_nothing():
    summary = metrics.summarise_chains(np.full((2, 10), 7.0))
    assert summary.mean[0] == 7 and summary.sd[0] == 0 and (summary.quantile == 7).all() and np.isnan(summary.ess_bulk[0])
    assert np.isnan(metrics.summarise_chains(np.empty((2, 0, 3))).mean).all()
    single = metrics.summarise_chains(np.array([[2.0]]))
    assert single.mean[0] == 2 and np.isnan(single.sd[0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named_with_its_place(value):
    x = np.zeros((4, 20, 3))
    x[2, 13, 1] = value
    for measure in (metrics.r_hat, metrics.ess_tail, metrics.mcse_sd, metrics.summarise_chains, metrics.autocorrelation):
        with pytest.raises(ArgumentError, match=f"{value} at chain 2, draw 13, dimension 1"):
            measure(x)
    with pytest.raises(ArgumentError, match=f"energy must be finite, got {value} at chain 2, draw 13"):
        metrics.e_bfmi(x[:, :, 1])


def test_wrong_shapes_and_arguments_are_named():
    x = np.zeros((4, 20))
    for bad, message in ((x[0], r"\(20,\)"), (x[None, None], r"\(1, 1, 4, 20\)"), (x[:0], "no chain"), (x.astype(complex), "complex")):
        with pytest.raises(ArgumentError, match=message):
            metrics.ess_bulk(bad)
    with pytest.raises(ArgumentError, match=r"energy must have the shape \(chain, draw\), got \(4, 20, 1\)"):
        metrics.e_bfmi(x[:, :, None])
    with pytest.raises(ArgumentError, match="1.5"):
        metrics.ess_quantile(x, probability=1.5)
    with pytest.raises(ArgumentError, match="got none"):
        metrics.ess_tail(x, probabilities=())
    with pytest.raises(ArgumentError, match="20"):
        metrics.autocorrelation(x, max_lag=20)
