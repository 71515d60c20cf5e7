"""Bandwidth selectors against slow twins, closed forms, and their own invariances."""

import warnings

import numpy as np
import pytest
from scipy import stats

from statsim.errors import ArgumentError, FitWarning
from statsim.models.kde.bandwidths.cross_validation import CRITERIA, scores, tiles_of
from statsim.models.kde.bandwidths.improved_sheather_jones import improved_sheather_jones
from statsim.models.kde.bandwidths.plug_in import direct_plug_in
from statsim.models.kde.bandwidths.select import SELECTORS
from statsim.models.kde.bandwidths.ties import Counting, left_out
from statsim.models.kde.columns import Categorical, Circular
from statsim.models.kde.kernel_density import KernelDensity
from statsim.models.kde.shapes import KERNELS
from tests.models.kde_cases import ROWS, SUPPORT
from tests.reference import kde as twin


def two_peaks(n, rng):
    return np.where(rng.random(n) < 0.6, rng.normal(size=n), 5 + 0.5 * rng.normal(size=n))


def weights_of(n, rng, weighted):
    w = rng.random(n) + 0.2 if weighted else np.ones(n)
    return w / w.sum()


@pytest.mark.parametrize("weighted", [False, True])
def test_improved_sheather_jones_equals_the_sums_without_a_grid(weighted, rng):
    x = two_peaks(400, rng)
    w = weights_of(400, rng, weighted)
    n = 1 / (w @ w)
    assert improved_sheather_jones(x, w, n) == pytest.approx(twin.improved_sheather_jones(x, w, n), rel=1e-3)
    if not weighted:
        assert improved_sheather_jones(x, np.zeros(0), n) == pytest.approx(improved_sheather_jones(x, w, n), rel=1e-9)


def test_improved_sheather_jones_is_near_the_best_bandwidth_of_two_peaks(rng):
    """The asymptotic optimum (2 sqrt(pi) n R(f''))^(-1/5), R by quadrature; a normal rule is 3.641 times as wide, from sd 2.588 in closed form."""
    x, n = two_peaks(100_000, rng), 100_000
    u = np.linspace(-9, 12, 42_001)
    f = 0.6 * stats.norm.pdf(u) + 0.4 * stats.norm.pdf(u, 5, 0.5)
    second = np.gradient(np.gradient(f, u), u)
    best = (2 * np.sqrt(np.pi) * n * np.sum(second**2) * (u[1] - u[0])) ** -0.2
    assert improved_sheather_jones(x, np.zeros(0), n) == pytest.approx(best, rel=0.1)
    assert 1.06 * x.std() * n**-0.2 == pytest.approx(3.641 * best, rel=0.02)  # x.std() has a standard error of 0.15 %


def test_improved_sheather_jones_reflects_at_a_bound(rng):
    """Half of a normal law reflected at its bound is the whole: the bandwidth of the whole with twice as many rows, and no jump in between."""
    x = np.abs(rng.normal(size=20_000))
    half = improved_sheather_jones(x, np.zeros(0), 20_000, 0.0, np.inf)
    assert half == pytest.approx(1.059 * 40_000**-0.2, rel=0.1)
    assert improved_sheather_jones(x, np.zeros(0), 20_000) < 0.5 * half


def test_direct_plug_in_equals_the_sums_over_all_pairs(rng):
    x = two_peaks(300, rng)
    equal = np.full(300, 1 / 300)
    assert direct_plug_in(x, equal, equal, 300, x.std(ddof=1)) == pytest.approx(twin.direct_plug_in(x), rel=1e-4)


def test_direct_plug_in_refines_its_grid_in_long_tails(rng):
    """Cauchy rows: four thousand cells between the extremes are each wider than the bandwidth; where no grid is fine enough it says so."""
    x = rng.standard_cauchy(1000)
    assert np.ptp(x) / 4095 > twin.direct_plug_in(x)
    assert KernelDensity("sheather_jones").fit(x[:, None]).bandwidth_[0] == pytest.approx(twin.direct_plug_in(x), rel=0.01)
    with pytest.warns(FitWarning, match="'sheather_jones': its equation has no solution.*tails too long.*Silverman"):
        KernelDensity("sheather_jones").fit(np.append(x, 1e12)[:, None])


@pytest.mark.parametrize("weighted", [False, True])
def test_cross_validation_equals_the_twin(weighted, rng):
    X, w, h = rng.normal(size=(140, 2)), weights_of(140, rng, weighted), np.array([0.4, 0.6])
    X[0] = 60.0  # a row whose neighbours are all far away
    near = w[1:] / w[1:].sum()
    assert scores("likelihood", alone(X[1:], near), [h])[0] == pytest.approx(near @ twin.left_out_log_density(X[1:], near, h), rel=1e-11)
    few = w[:60] / w[:60].sum()
    assert scores("least_squares", alone(X[:60], few), [h])[0] == pytest.approx(twin.least_squares(X[:60], few, h), rel=1e-11)
    nearest = 0.5 * (((X[0] - X[1:]) / h) ** 2).sum(axis=1).min()
    assert -1.2 * nearest < 140 * scores("likelihood", alone(X, np.full(140, 1 / 140)), [h])[0] < -0.9 * nearest


def alone(X, w):
    return left_out(X, Counting(w))


@pytest.mark.parametrize("weighted", [False, True])
def test_copies_stay_in_columns_recorded_in_steps(weighted, rng):
    """Every row is left out alone: the twin knows nothing of ties."""
    X, w, h = rng.poisson(3.0, size=(60, 2)).astype(float), weights_of(60, rng, weighted), np.array([0.7, 0.9])
    assert scores("likelihood", alone(X, w), [h])[0] == pytest.approx(w @ twin.left_out_log_density(X, w, h), rel=1e-11)
    assert scores("least_squares", alone(X, w), [h])[0] == pytest.approx(twin.least_squares(X, w, h), rel=1e-11)


def test_copies_go_together_elsewhere(rng):
    """A row twice is the row with weight 2: the twin leaves out different rows of that weight."""
    X, h, counts = rng.normal(size=(50, 2)), np.array([0.5, 0.6]), rng.integers(1, 4, 50)
    w, copies = counts / counts.sum(), np.repeat(X, counts, axis=0)
    expected = w @ twin.left_out_log_density(X, w, h)
    assert KernelDensity.cross_validate(copies, [h])[0] == pytest.approx(expected, rel=1e-11)
    assert KernelDensity.cross_validate(X, [h], sample_weight=counts)[0] == pytest.approx(expected, rel=1e-11)
    each = np.full(len(copies), 1 / len(copies))  # broken twin: each copy alone, which the others predict
    assert each @ twin.left_out_log_density(copies, each, h) > expected + 0.1


@pytest.mark.parametrize("name", CRITERIA)
def test_slopes_are_those_of_differences(name, rng):
    X, w, h, e = rng.normal(size=(200, 3)), weights_of(200, rng, True), np.array([0.4, 0.6, 0.5]), 1e-6
    for data in (alone(X, w), alone(np.round(2 * X), np.full(200, 1 / 200))):
        tiled, criterion = tiles_of(data), CRITERIA[name]
        _, slopes = criterion(tiled, h, True, 1)
        steps = np.exp(e * np.eye(3))
        differences = [(criterion(tiled, h * s, False, 1)[0] - criterion(tiled, h / s, False, 1)[0]) / (2 * e) for s in steps]
        np.testing.assert_allclose(slopes, differences, rtol=1e-6, atol=1e-8)
        assert criterion(tiled, h, True, 1)[0] == criterion(tiled, h, True, 2)[0]


@pytest.mark.parametrize("name", CRITERIA)
def test_the_bandwidth_found_is_a_maximum(name, rng):
    X = rng.normal(size=(250, 2)) * [1.0, 30.0]
    h = KernelDensity(name).fit(X).bandwidth_
    near = h * np.exp(0.05 * np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]))
    assert KernelDensity.cross_validate(X, near, criterion=name).argmax() == 0


def test_likelihood_knows_every_kind_of_column():
    model = KernelDensity("likelihood", support=SUPPORT).fit(ROWS)
    assert (model.bandwidth_ > 0).all() and model.bandwidth_[3] <= 1 - 1 / 3

    def left_out(h):
        total = 0.0
        for i in range(0, 70, 5):
            others = np.arange(70) != i
            total += KernelDensity.from_parameters(ROWS[others], bandwidth=h, support=SUPPORT).score_samples(ROWS[i : i + 1])[0]
        return total

    assert left_out(model.bandwidth_) > left_out(0.2 * model.bandwidth_)


# ---------------------------------------------------------------- ties and weights


@pytest.mark.parametrize("name", CRITERIA)
def test_steps_of_a_column_bound_its_bandwidth(name, rng):
    """Without a bound the criterion has none either: every row has another with its value."""
    X = np.column_stack([rng.normal(size=90), rng.integers(0, 3, 90) * 0.25])
    narrow = KernelDensity.cross_validate(X, np.array([[0.4, 1e-2], [0.4, 1e-4], [0.4, 1e-6]]), criterion=name)
    assert (np.diff(narrow) > 1).all()
    with pytest.warns(FitWarning, match=f"bandwidth='{name}': rows share their values of column 1.*kept at 0.125, half a step.*declare it Categorical"):
        assert KernelDensity(name).fit(X).bandwidth_[1] == pytest.approx(0.125)
    with pytest.warns(FitWarning, match="column 1"):
        assert KernelDensity("likelihood", support={0: (-9.0, None)}).fit(X).bandwidth_[1] >= 0.125
    doubled = np.repeat(X[:, :1], 2, axis=0)
    np.testing.assert_allclose(KernelDensity(name).fit(doubled).bandwidth_, KernelDensity(name).fit(X[:, :1]).bandwidth_, rtol=1e-6)


@pytest.mark.filterwarnings("ignore::statsim.errors.FitWarning")  # ties: isj has no answer, and the least bandwidths bind
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", SELECTORS)
def test_a_frequency_of_two_is_the_row_twice(name, full, rng):
    X, counts = np.column_stack([two_peaks(60, rng), rng.gamma(3.0, size=60)]), rng.integers(1, 5, 60)
    options = {"bandwidth_type": "full"} if full and name in ("scott", "silverman") else {"support": {1: (0.0, None)}} if full and name != "least_squares" else {}
    for rows in (X, np.round(X)):
        copies = KernelDensity(name, **options).fit(np.repeat(rows, counts, axis=0)).bandwidth_
        weighted = KernelDensity(name, weight_type="frequency", **options).fit(rows, sample_weight=counts).bandwidth_
        exact = 1e-10 if name not in CRITERIA else 1e-6  # how near to its maximum a criterion is climbed
        np.testing.assert_allclose(weighted, copies, rtol=exact)


def test_frequencies_of_categories_are_rows(rng):
    levels, counts, options = rng.integers(0, 3, (40, 1)), rng.integers(1, 4, 40), {"bandwidth": "likelihood", "support": {0: Categorical((0, 1, 2))}}
    ours = KernelDensity(**options, weight_type="frequency").fit(levels, sample_weight=counts).bandwidth_
    np.testing.assert_allclose(ours, KernelDensity(**options).fit(np.repeat(levels, counts, axis=0)).bandwidth_, rtol=1e-10)


def test_reliabilities_know_only_ratios(rng):
    X, w = rng.normal(size=(60, 1)), rng.integers(1, 5, 60)
    ours = KernelDensity().fit(X, sample_weight=w).bandwidth_
    np.testing.assert_allclose(KernelDensity().fit(X, sample_weight=7.5 * w).bandwidth_, ours, rtol=1e-12)
    assert KernelDensity(weight_type="frequency").fit(X, sample_weight=w).bandwidth_ < 0.95 * ours  # so the two are told apart
    with pytest.raises(ArgumentError, match="weight_type='frequency'.*whole numbers.*got 0.5; use 'reliability'"):
        KernelDensity(weight_type="frequency").fit(X, sample_weight=np.append(w[1:], 0.5))
    with pytest.raises(ArgumentError, match="weight_type must be one of 'reliability', 'frequency'"):
        KernelDensity(weight_type="counts").fit(X)


# ---------------------------------------------------------------- invariances


@pytest.mark.parametrize("name", SELECTORS)
@pytest.mark.parametrize("scale", [2.0**-40, 2.0**40])
def test_rescaled_columns_rescale_the_bandwidth(name, scale, rng):
    X = np.column_stack([two_peaks(300, rng), rng.gamma(3.0, size=300)])
    ours = KernelDensity(name).fit(X).bandwidth_
    np.testing.assert_allclose(KernelDensity(name).fit(X * [scale, 1.0]).bandwidth_, ours * [scale, 1.0], rtol=1e-6)
    np.testing.assert_allclose(KernelDensity(name).fit(X[::-1]).bandwidth_, ours, rtol=1e-6)
    np.testing.assert_allclose(KernelDensity(name).fit(X, sample_weight=np.full(300, 7.0)).bandwidth_, ours, rtol=1e-6)


@pytest.mark.parametrize("kernel", KERNELS)
def test_canonical_factors_equate_the_asymptotic_error(kernel, rng):
    """R(K) / (n h) and h^4 mu^2 keep their ratio: the bandwidth is best for one kernel where it is best for another."""
    X, k = rng.normal(size=(100, 1)), KERNELS[kernel]
    h, g = KernelDensity(kernel=kernel).fit(X).bandwidth_[0], KernelDensity().fit(X).bandwidth_[0]
    assert (h / g) ** 5 == pytest.approx(k.roughness / k.variance**2 / KERNELS["gaussian"].roughness, rel=1e-12)
    assert k.radial_factor(1) == pytest.approx(k.canonical_factor(1), rel=1e-9)


def test_circles_and_categories_have_scales_of_their_own(rng):
    angles = (350 + 20 * rng.normal(size=500)) % 360
    wrapped = KernelDensity(support={0: Circular(0.0, 360.0)}).fit(angles[:, None]).bandwidth_[0]
    assert wrapped == pytest.approx(20 * 500**-0.2, rel=0.1)
    levels = rng.integers(0, 4, size=(500, 1)).astype(float)
    assert KernelDensity(support={0: Categorical((0, 1, 2, 3))}).fit(levels).bandwidth_[0] == pytest.approx(500**-0.4)


def test_a_selector_without_an_answer_says_so():
    with pytest.warns(FitWarning, match="isj.*no solution.*Silverman"):
        KernelDensity("isj").fit([[0.0], [1.0]])
    with pytest.warns(FitWarning, match="isj.*no solution"):
        KernelDensity("isj").fit(np.repeat([[0.0], [1.0]], [90, 10], axis=0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        KernelDensity("isj").fit(np.random.default_rng(0).normal(size=(50, 1)))


@pytest.mark.parametrize(
    ("bandwidths", "options", "message"),
    [
        ([1.0, 0.0], {}, "finite and above 0, got 0.0"),
        ([[1.0, 2.0, 3.0]], {}, r"\(k,\) or \(k, 2\), got shape \(1, 3\)"),
        ([1.0], {"criterion": "aic"}, "criterion must be one of 'likelihood', 'least_squares'"),
        ([1.0], {"sample_weight": np.zeros(30)}, "every row has weight zero"),
        ([1.0], {"X": np.ones((30, 2))}, "the same row over and over"),
    ],
)
def test_what_cannot_be_cross_validated(bandwidths, options, message, rng):
    with pytest.raises(ArgumentError, match=message):
        KernelDensity.cross_validate(**{"X": rng.normal(size=(30, 2)), "bandwidths": bandwidths, **options})
