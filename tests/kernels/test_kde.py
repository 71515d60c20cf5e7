"""The kernels of density estimates against their slow twins."""

import numpy as np
import pytest

from statsim import testing
from statsim.kernels.kde.binning import bin_line, bin_plane_cubic, count_line, line_range
from statsim.kernels.kde.boundary import legendre_rule
from statsim.kernels.kde.lane_exponentials import exp_lane, exp_lane_single
from statsim.kernels.kde.sampling import folded, turned
from statsim.kernels.kde.shapes import kernel_cdf
from statsim.kernels.kde.tree import TILE, plan_tree
from statsim.kernels.kde.variates import fill_radial_variate, kernel_variate
from statsim.kernels.streams import seed_block
from statsim.models.kde.shapes import KERNELS
from tests.reference import kde as twin

STEP = 120 / 2_400_000  # of Riemann sums, which miss no more than it times the jumps of a kernel, 1 in all


def test_lane_exponentials_are_right_to_two_units():
    x = np.concatenate([np.linspace(-708, 700, 2001), np.linspace(-1, 1, 2001)])
    got = np.array([exp_lane(value) for value in x])
    assert (np.abs(got / np.exp(x) - 1) < 5e-16).all()
    single = np.linspace(-87, 80, 2001, dtype=np.float32)
    got = np.array([exp_lane_single(value) for value in single], np.float64)
    assert (np.abs(got / np.exp(single.astype(np.float64)) - 1) < 3e-7).all()


@pytest.mark.parametrize("n", [1, TILE, TILE + 1, 10 * TILE + 7])
@pytest.mark.parametrize("tied", [False, True])
def test_a_tree_holds_every_row_once_inside_its_boxes(n, tied, rng):
    Z = rng.integers(0, 3, (n, 2)).astype(float) if tied else rng.normal(size=(n, 2))
    nodes = 2 * (-(-n // TILE)) - 1
    order, low, high = np.arange(n), np.empty((nodes, 2)), np.empty((nodes, 2))
    right, leaf = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    plan_tree(Z, order, low, high, right, leaf)
    assert (np.sort(order) == np.arange(n)).all()
    assert sorted(leaf[leaf >= 0]) == list(range(-(-n // TILE)))
    for node in range(nodes):
        if leaf[node] >= 0:
            rows = Z[order[leaf[node] * TILE : (leaf[node] + 1) * TILE]]
            assert (rows.min(axis=0) == low[node]).all() and (rows.max(axis=0) == high[node]).all()
        else:
            for child in (node + 1, right[node]):
                assert (low[child] >= low[node]).all() and (high[child] <= high[node]).all()


def cubic_shares(places, cells):
    """Lagrange's polynomials (n, cells) of the four points about each place, by their definition."""
    out = np.zeros((len(places), cells))
    for i, place in enumerate(places):
        points = int(place) + np.arange(-1, 3)
        for j in points:
            others = points[points != j]
            out[i, j] = np.prod((place - others) / (j - others))
    return out


def test_binning_shares_a_row_between_the_points_beside_it(rng):
    x, w = rng.normal(size=200), rng.random(200)
    grid = np.linspace(-4, 4, 33)
    counts = np.zeros(33)
    bin_line(x, w, -4.0, 0.25, counts)
    hats = np.maximum(0, 1 - np.abs(np.clip(x, -4, 4)[:, None] - grid) / 0.25)
    np.testing.assert_allclose(counts, w @ hats, rtol=0, atol=1e-12)
    X, w = rng.uniform(-1, 1, (100, 2)), rng.random(100)
    for weights in (np.zeros(0), w):
        plane = np.zeros((13, 11))
        bin_plane_cubic(X, weights, np.array([-1.5, -1.5]), np.array([0.25, 0.3]), plane)
        shares = [cubic_shares((X[:, j] + 1.5) / step, cells) for j, step, cells in ((0, 0.25, 13), (1, 0.3, 11))]
        np.testing.assert_allclose(plane, (shares[0] * (weights[:, None] if weights.size else 1.0)).T @ shares[1], rtol=0, atol=1e-12)
    cells = np.zeros(8)
    count_line(x, np.zeros(0), -4.0, 1.0, cells)
    np.testing.assert_array_equal(cells, np.histogram(np.clip(x, -4, 3.999), np.arange(-4, 5))[0])
    assert line_range(x[:7]) == (x[:7].min(), x[:7].max())


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_integrate_to_one_with_the_constants_stated(name):
    kernel = KERNELS[name]
    u, step = np.linspace(-60, 60, 2_400_001), STEP
    density = twin.SHAPES[name](u)
    np.testing.assert_allclose(kernel.density(u), density, rtol=1e-12, atol=1e-300)
    assert (density * step).sum() == pytest.approx(1, abs=STEP)
    assert (density**2 * step).sum() == pytest.approx(kernel.roughness, abs=STEP)
    assert (u**2 * density * step).sum() == pytest.approx(kernel.variance, abs=STEP)
    at = np.linspace(-3, 3, 25)
    np.testing.assert_allclose([kernel_cdf(kernel.number, value) for value in at], kernel.cdf(at), rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(kernel.cdf(at), np.interp(at, u, np.cumsum(density) * step - 0.5 * density * step), atol=STEP)


def test_the_rule_is_that_of_gauss_and_legendre():
    nodes, weights = legendre_rule(24)
    expected = np.polynomial.legendre.leggauss(24)
    np.testing.assert_allclose(nodes[::-1], expected[0], atol=1e-15)
    np.testing.assert_allclose(weights[::-1], expected[1], rtol=1e-12)


def draws(name, seed, n):
    state = np.empty(4, np.uint64)
    seed_block(np.uint64(seed), np.uint64(1), np.uint64(0), state)
    return np.array([kernel_variate(state, KERNELS[name].number) for _ in range(n)])


@pytest.mark.parametrize("name", KERNELS)
def test_variates_follow_their_kernel(name, seed):
    testing.assert_follows(draws(name, seed, 40_000), KERNELS[name].cdf)


def test_the_median_of_three_is_not_that_of_five(seed):
    """Broken twin: one order statistic in place of the other."""
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(draws("biweight", seed, 40_000), KERNELS["epanechnikov"].cdf)


@pytest.mark.parametrize("name", KERNELS)
def test_radial_variates_have_the_radius_of_their_kernel(name, seed):
    """P(|u| <= r) is the integral of s^2 K(s) in three dimensions; a coordinate's sign is fair."""
    state, kernel, rows = np.empty(4, np.uint64), KERNELS[name], np.empty((30_000, 3))
    seed_block(np.uint64(seed), np.uint64(2), np.uint64(0), state)
    for row in rows:
        fill_radial_variate(state, kernel.number, row)
    s = np.linspace(0, 60, 600_001)
    mass = np.cumsum(s**2 * twin.SHAPES[name](s))
    testing.assert_follows(np.sqrt((rows**2).sum(axis=1)), lambda r: np.interp(r, s, mass / mass[-1]))
    testing.assert_mean(np.sign(rows), 0.0, bounds=(-1, 1))


def test_folding_and_turning_bring_every_value_back():
    x = np.linspace(-7, 9, 1601)
    inside = np.array([folded(value, 0.0, 1.0) for value in x])
    np.testing.assert_allclose(inside, np.abs((x + 1) % 2 - 1), atol=1e-12)
    assert [folded(-0.5, 0.0, np.inf), folded(2.5, -np.inf, 1.0), folded(0.5, 0.0, np.inf)] == [0.5, -0.5, 0.5]
    round_ = np.array([turned(value, 0.0, 1.0) for value in x])
    np.testing.assert_allclose(np.abs((round_ - x) - np.round(round_ - x)), 0, atol=1e-12)
    assert (round_ >= 0).all() and (round_ < 1).all()
    assert turned(np.nextafter(0, -1), 0.0, 1.0) == 0.0
