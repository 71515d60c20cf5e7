"""Densities of kernel estimates: against SciPy, scikit-learn and a slow twin; what must not change them; what is refused."""

import numpy as np
import pytest
from scipy import special, stats
from scipy.spatial import distance
from sklearn.neighbors import KernelDensity as SklearnDensity

from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError, ImpossibleConditionError
from statsim.models.kde import grid
from statsim.models.kde.columns import Categorical, Circular
from statsim.models.kde.kernel_density import KernelDensity
from tests.models.kde_cases import H, KERNEL_NAMES, ROWS, SUPPORT, WEIGHTS, Mixed, points
from tests.reference import kde as twin

SKLEARN = {"gaussian": "gaussian", "epanechnikov": "epanechnikov", "triangular": "linear", "tophat": "tophat", "exponential": "exponential"}


@pytest.fixture
def X(rng):
    return rng.normal(size=(400, 3)) @ np.array([[1.0, 0.3, 0.0], [0.0, 1.0, 0.5], [0.0, 0.0, 0.3]])


# ---------------------------------------------------------------- oracles


@pytest.mark.parametrize("rule", ["scott", "silverman"])
@pytest.mark.parametrize("weighted", [False, True])
def test_equals_scipy(X, rng, rule, weighted):
    weights, at = rng.random(400) if weighted else None, 2 * rng.normal(size=(200, 3))
    theirs = stats.gaussian_kde(X.T, bw_method=rule, weights=weights)
    ours = KernelDensity(rule, bandwidth_type="full").fit(X, sample_weight=weights)
    np.testing.assert_allclose(ours.bandwidth_, theirs.covariance, rtol=1e-12)
    np.testing.assert_allclose(ours.score_samples(at), theirs.logpdf(at.T), rtol=1e-12)


@pytest.mark.parametrize("name", SKLEARN)
def test_equals_scikit_learn(X, rng, name):
    weights, at = rng.random(400), 1.5 * rng.normal(size=(200, 3))
    theirs = SklearnDensity(kernel=SKLEARN[name], bandwidth=1.3, rtol=0, atol=0).fit(X, sample_weight=weights).score_samples(at)
    ours = KernelDensity(1.69 * np.eye(3), kernel=name).fit(X, sample_weight=weights).score_samples(at)
    reached = (distance.cdist(at, X).min(axis=1) < 1.3) | (name in ("gaussian", "exponential"))
    np.testing.assert_array_equal(np.isfinite(ours), reached)  # scikit-learn's tree leaves rounding of its first bound, 1e-16 of a kernel's height, where there is nothing
    assert reached.sum() > 20
    np.testing.assert_allclose(ours[reached], theirs[reached], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", KERNEL_NAMES)
@pytest.mark.parametrize("adaptive", [False, True])
def test_every_kind_of_column_equals_the_twin(name, adaptive, rng):
    case, at = Mixed(name, np.exp(0.5 * rng.normal(size=70)) if adaptive else None), points(60, 8)
    model, expected = case.model(), case.log_density(at)
    reached = np.isfinite(expected)
    np.testing.assert_allclose(model.score_samples(at)[reached], expected[reached], rtol=1e-11, atol=1e-12)
    assert (model.score_samples(at)[~reached] == -np.inf).all()


@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_real_columns_equal_the_twin(name, X, rng):
    weights, factors, at = rng.random(400), np.exp(0.4 * rng.normal(size=400)), 1.5 * rng.normal(size=(80, 3))
    model = KernelDensity.from_parameters(X, bandwidth=[0.5, 0.9, 0.4], weights=weights, factors=factors, kernel=name)
    expected = twin.log_density(at, X, weights / weights.sum(), lambda j, x, y, i: twin.line(name, x, y, model.bandwidth_[j] * factors[i]))
    reached = np.isfinite(expected)
    np.testing.assert_allclose(model.score_samples(at)[reached], expected[reached], rtol=1e-11, atol=1e-12)


def test_abramson_factors_follow_the_density(X):
    pilot, model = KernelDensity(0.5).fit(X), KernelDensity(0.5, adaptive=True).fit(X)
    logs = pilot.score_samples(X)
    np.testing.assert_allclose(model.factors_, np.exp(-0.5 * (logs - logs.mean())), rtol=1e-12)
    assert KernelDensity(0.5, adaptive=0.25).fit(X).factors_ == pytest.approx(np.sqrt(model.factors_))


@pytest.mark.parametrize("rtol", [1e-4, 1e-3, 1e-6])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_the_error_is_below_the_tolerance(rtol, d, rng):
    rows = np.concatenate([rng.normal(size=(9_000, d)), 5 + 0.2 * rng.standard_t(2, size=(1_000, d))])
    at = np.concatenate([rows[:300], 3 * rng.normal(size=(300, d)), 300 * rng.normal(size=(20, d))])
    model = KernelDensity("silverman").fit(rows)
    error = np.abs(np.expm1(model.score_samples(at, rtol=rtol) - model.score_samples(at)))
    assert error.max() < rtol


@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_other_kernels_keep_the_tolerance(name, X):
    model = KernelDensity("silverman", kernel=name, adaptive=True).fit(X)
    assert np.abs(np.expm1(model.score_samples(X, rtol=1e-3) - model.score_samples(X))).max() < 1e-3


def test_far_tails_are_finite_and_right():
    model = KernelDensity(0.5).fit(np.array([[0.0], [1.0]]))
    assert model.score_samples([[1e6]])[0] == pytest.approx(-0.5 * (2 * (1e6 - 1)) ** 2 + np.log(0.5 * 2) - 0.5 * np.log(2 * np.pi), rel=1e-14)
    assert model.score_samples([[1e6]], rtol=1e-3)[0] == model.score_samples([[1e6]])[0]
    assert model.score_samples([[1e300]])[0] == -np.inf
    assert np.isfinite(Mixed("gaussian").model().score_samples([[500.0, 0.5, 1.0, 1.0, 90.0]])[0])


# ---------------------------------------------------------------- laws


SUPPORTS = {
    "line": (None, "reflect", (-30, 30)),
    "interval": ({0: (0.0, 1.0)}, "reflect", (0, 1)),
    "half line": ({0: (0.0, None)}, "reflect", (0, 30)),
    "upper half line": ({0: (None, 1.0)}, "reflect", (-30, 1)),
    "circle": ({0: Circular(0.0, 1.0)}, "reflect", (0, np.nextafter(1.0, 0.0))),
    "renormalised interval": ({0: (0.0, 1.0)}, "renormalise", (0, 1)),
    "renormalised half line": ({0: (0.0, None)}, "renormalise", (0, 30)),
}


def one_column(name, support, adaptive=False):
    kind, boundary, ends = SUPPORTS[support]
    rows = np.random.default_rng(9).random((25, 1))
    return KernelDensity(0.2, kernel=name, support=kind, boundary=boundary, adaptive=adaptive).fit(rows), ends


def breaks(model, low, high):
    """Where a density of one column bends."""
    h = model.bandwidth_[0] * (1.0 if model.factors_ is None else model.factors_)
    images = np.concatenate([model.rows_[:, 0], -model.rows_[:, 0], 2 - model.rows_[:, 0], model.rows_[:, 0] - 1, model.rows_[:, 0] + 1])
    h = np.tile(h * np.ones(25), 5)
    places = np.concatenate([images, images - h, images + h, np.array([0.2, 0.8])])
    return np.unique(np.clip(np.append(places, [low, high]), low, high))


def integral(model, low, high):
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.unique(np.concatenate([breaks(model, low, high), np.linspace(max(low, -9), min(high, 9), 200), [low, high]]))
    half = 0.5 * np.diff(edges)
    x = 0.5 * (edges[1:] + edges[:-1])[:, None] + half[:, None] * nodes
    return float((np.exp(model.score_samples(x.reshape(-1, 1))).reshape(x.shape) @ weights) @ half)


@pytest.mark.parametrize("support", SUPPORTS)
@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_density_integrates_to_one_and_to_its_distribution_function(name, support):
    for adaptive in (False, True)[: 1 if "renormalised" in support else 2]:
        model, (low, high) = one_column(name, support, adaptive)
        assert integral(model, low, high) == pytest.approx(1, abs=1e-10)
        for x in (0.07, 0.5, 0.93):
            assert model.cdf([x])[0] == pytest.approx(integral(model, low, x), abs=1e-10)
        p = np.array([0.001, 0.3, 0.999])
        np.testing.assert_allclose(model.cdf(model.quantile(p)), p, atol=1e-12)
        np.testing.assert_allclose(model.cdf([-1e9, 1e9]), [0.0, 1.0], atol=1e-14)


@pytest.mark.parametrize("d", [1, 2, 3, 6])
@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_radial_kernels_integrate_to_one(name, d):
    """One kernel about the origin, by the areas of spheres; the factor of the matrix is a triangle of ones."""
    lower = np.tril(np.ones((d, d)))
    model = KernelDensity.from_parameters(np.zeros((1, d)), bandwidth=lower @ lower.T, kernel=name)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    end = {"gaussian": 14.0, "exponential": 60.0}.get(name, 1.0)
    r = 0.5 * end * (nodes + 1)
    density = np.exp(model.score_samples(r[:, None] * lower[:, 0]))
    sphere = 2 * np.pi ** (d / 2) / special.gamma(d / 2)
    assert 0.5 * end * weights @ (sphere * r ** (d - 1) * density) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("boundary", ["reflect", "renormalise"])
@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_joint_is_marginal_times_conditional(name, boundary):
    model = KernelDensity.from_parameters(ROWS, bandwidth=H, weights=WEIGHTS, kernel=name, support=SUPPORT, boundary=boundary)
    for x in model.sample(6, rng=2):
        joint = model.score_samples(x[None])[0]
        for columns in ([0, 2], [4, 1], [3], [1, 2, 3, 4]):
            free = np.setdiff1d(np.arange(5), columns)
            rest = model.given(dict(zip(columns, x[columns], strict=True))).score_samples(x[None, free])[0]
            assert model.marginal(columns).score_samples(x[None, columns])[0] + rest == pytest.approx(joint, abs=1e-9)


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("name", ["gaussian", "tophat", "epanechnikov", "biweight", "pearson-3"])
def test_radial_joint_is_marginal_times_conditional(name, adaptive, rng):
    rows = rng.normal(size=(40, 4)) @ rng.normal(size=(4, 4))
    model = KernelDensity(kernel=name, bandwidth_type="full", adaptive=adaptive).fit(rows)
    for x in model.sample(5, rng=2):
        joint = model.score_samples(x[None])[0]
        for columns in ([0], [3, 1], [0, 1, 2]):
            free = np.setdiff1d(np.arange(4), columns)
            rest = model.given(dict(zip(columns, x[columns], strict=True))).score_samples(x[None, free])[0]
            part = model.marginal(columns)
            assert part.score_samples(x[None, columns])[0] + rest == pytest.approx(joint, abs=1e-10)
            assert KernelDensity.from_document(part.to_document()).score_samples(x[None, columns])[0] + rest == pytest.approx(joint, abs=1e-10)


@pytest.mark.parametrize(("name", "power"), [("tophat", 0), ("epanechnikov", 2), ("biweight", 4)])
@pytest.mark.parametrize("d", [2, 3, 6])
def test_a_column_of_a_radial_kernel_is_a_beta_law(name, power, d):
    """SciPy's beta law on [-1, 1]; and the broken twin, the kernel's own shape in one column, is another."""
    model = KernelDensity.from_parameters(np.zeros((1, d)), bandwidth=4 * np.eye(d), kernel=name).marginal([d - 1])
    shape, x = (power + d - 1) / 2 + 1, np.linspace(-1.99, 1.99, 41)
    law = stats.beta(shape, shape, loc=-2, scale=4)
    np.testing.assert_allclose(model.score_samples(x[:, None]), law.logpdf(x), rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(model.cdf(x), law.cdf(x), atol=1e-13)
    np.testing.assert_allclose(2 * np.sqrt(model._law.kernel.variance), law.std(), rtol=1e-12)
    same = KernelDensity.from_parameters([[0.0]], bandwidth=[[4.0]], kernel=name)
    assert np.abs(same.cdf(x) - law.cdf(x)).max() > 0.01


@pytest.mark.parametrize("adaptive", [False, True])
def test_gaussian_matrices_are_conditioned_like_the_mixture_they_are(X, adaptive):
    model = KernelDensity(bandwidth_type="full", adaptive=adaptive).fit(X)
    mixture, at = model.to_mixture(), X[:20] + 0.3
    np.testing.assert_allclose(model.score_samples(at), mixture.score_samples(at), rtol=1e-11)
    ours, theirs = model.given({1: 0.4}), mixture.given({1: 0.4})
    np.testing.assert_allclose(ours.score_samples(at[:, [0, 2]]), theirs.score_samples(at[:, [0, 2]]), rtol=1e-9)
    np.testing.assert_allclose(model.marginal([2, 0]).score_samples(at[:, :2]), mixture.marginal([2, 0]).score_samples(at[:, :2]), rtol=1e-10)


def test_a_wrong_conditional_weight_is_noticed(X):
    """Broken twin: with the weights of the joint law in place of those given the value the product rule fails."""
    model = KernelDensity(0.4).fit(X)
    x = X[0] + 0.5
    wrong = KernelDensity.from_parameters(X[:, 1:], bandwidth=0.4).score_samples(x[None, 1:])[0]
    assert model.marginal([0]).score_samples(x[None, :1])[0] + wrong != pytest.approx(model.score_samples(x[None])[0], abs=1e-3)


# ---------------------------------------------------------------- what must not change it


def test_order_weights_and_layout_do_not_matter(X, rng):
    at, order = X[:50] + 0.2, rng.permutation(400)
    for options in ({}, {"kernel": "biweight"}, {"support": {0: (X[:, 0].min() - 1, None)}}, {"adaptive": True}):
        base = KernelDensity(0.6, **options).fit(X).score_samples(at)
        np.testing.assert_allclose(KernelDensity(0.6, **options).fit(X[order]).score_samples(at), base, rtol=1e-12, atol=1e-12)
        twice = KernelDensity(0.6, **options).fit(np.concatenate([X, X[:100]])).score_samples(at)
        weights = np.where(np.arange(400) < 100, 2.0, 1.0)
        np.testing.assert_allclose(KernelDensity(0.6, **options).fit(X, sample_weight=weights).score_samples(at), twice, rtol=1e-10, atol=1e-10)
        none = np.concatenate([X, 100 + X]), np.repeat([1.0, 0.0], 400)
        np.testing.assert_allclose(KernelDensity(0.6, **options).fit(none[0], sample_weight=none[1]).score_samples(at), base, rtol=1e-10, atol=1e-10)
    mine = X.copy()
    model = KernelDensity(0.6).fit(mine)
    mine += 50.0  # the model has rows of its own
    np.testing.assert_array_equal(model.score_samples(at), KernelDensity(0.6).fit(X).score_samples(at))
    frozen = np.asfortranarray(X)
    frozen.setflags(write=False)
    model = KernelDensity().fit(frozen)
    np.testing.assert_array_equal(model.score_samples(at), KernelDensity().fit(X).score_samples(at))
    np.testing.assert_array_equal(model.score_samples(at, num_threads=2), model.score_samples(at, num_threads=1))
    np.testing.assert_array_equal(model.score_samples(at)[7:9], model.score_samples(at[7:9]))
    np.testing.assert_allclose(KernelDensity().fit(X.astype(np.float32)).score_samples(at), model.score_samples(at), rtol=1e-5)


@pytest.mark.parametrize(("scale", "shift"), [(2.0**-300, 0.0), (2.0**300, 0.0), (4.0, 2.0**30), (1.0, -(2.0**30))])
@pytest.mark.parametrize("full", [False, True])
def test_units_do_not_matter(scale, shift, full, rng):
    X = np.round(rng.normal(size=(300, 2)) * 2**14) / 2**14
    kind = {"bandwidth_type": "full" if full else "diag"}
    ours, other = KernelDensity("silverman", **kind).fit(X), KernelDensity("silverman", **kind).fit(X * scale + shift)
    np.testing.assert_allclose(other.score_samples(X * scale + shift) + 2 * np.log(scale), ours.score_samples(X), rtol=1e-10, atol=1e-10)


# ---------------------------------------------------------------- grids


def grid_error(model, points, bounds=None):
    """The largest error of a grid, as a part of the largest value."""
    axes, density = model.on_grid(points, bounds=bounds)
    ends = [np.nextafter(kind.high, kind.low) if isinstance(kind, Circular) else np.inf for kind in model._law.columns]
    at = np.stack(np.meshgrid(*(np.minimum(x, end) for x, end in zip(axes, ends, strict=True)), indexing="ij"), axis=-1)
    return np.abs(density - np.exp(model.score_samples(at.reshape(-1, len(axes))).reshape(density.shape))).max() / density.max()


@pytest.mark.parametrize("name", KERNEL_NAMES)
@pytest.mark.parametrize("kind", SUPPORTS)
def test_a_grid_of_one_column_equals_the_sum(name, kind):
    for adaptive in (False, True)[: 1 if "renormalised" in kind else 2]:
        assert grid_error(one_column(name, kind, adaptive)[0], 300) < (grid.ERROR[1] if name == "gaussian" else 1e-12)


@pytest.mark.parametrize("matrix", [1.0, [[1.0, 0.95], [0.95, 1.0]]])
@pytest.mark.parametrize("d", [1, 2])
def test_the_worst_place_of_a_single_row_keeps_the_bound(d, matrix):
    """One row is the worst case: no other averages its error away. The row stands at every part of a step from the points."""
    model, points = KernelDensity.from_parameters(np.zeros((1, d)), bandwidth=matrix if d == 2 else 1.0), {1: 500, 2: 60}[d]
    assert max(grid_error(model, points, {j: (-3 + e, 3 + e) for j in range(d)}) for e in np.linspace(0, 6 / (points - 1), 7)) < grid.ERROR[d]


@pytest.mark.parametrize(("d", "cells"), [(1, 60.0), (2, 4.0)])
def test_a_coarser_grid_breaks_the_bound(d, cells, monkeypatch):
    """Broken twin: the bound is no wider than it must be, since a grid less than twice as coarse exceeds it."""
    monkeypatch.setattr(grid, "_CELLS", {d: cells})
    model = KernelDensity.from_parameters(np.zeros((1, d)), bandwidth=1.0)
    assert max(grid_error(model, 7, {j: (-3 + e, 3 + e) for j in range(d)}) for e in np.linspace(0, 0.3, 9)) > grid.ERROR[d]


@pytest.mark.parametrize(("order", "delta", "reach", "shifts"), [
    (2, 1 / 115, 1, {0.0: 0.87, 1.5: 0.05, 1.75: 0.265}),
    (4, 1 / 5, 2, {0.0: 2.56, 1.5: 0.51, 2.0: 0.91}),
])  # fmt: skip
def test_shifted_kernels_bound_the_derivatives(order, delta, reach, shifts):
    """The constants 1.5 and 5.4 of the grid's bound: the second and the fourth derivative within `reach` steps, below coefficients times kernels at shifts to both sides."""
    polynomial = {2: lambda u: u**2 - 1, 4: lambda u: u**4 - 6 * u**2 + 3}[order]
    u = np.linspace(-12, 12, 24_001)
    steps = np.linspace(-reach * delta, reach * delta, 41)
    largest = np.max([np.abs(polynomial(u + s)) * np.exp(-0.5 * (u + s) ** 2) for s in steps], axis=0)
    above = sum(c * (np.exp(-0.5 * (u - s) ** 2) + (s > 0) * np.exp(-0.5 * (u + s) ** 2)) for s, c in shifts.items())
    assert (largest <= above).all()
    assert sum(c * (1 + (s > 0)) for s, c in shifts.items()) <= {2: 1.5, 4: 5.4}[order]


def test_a_grid_too_coarse_for_the_bandwidth_is_summed():
    model = KernelDensity.from_parameters([[0.0], [1e5]], bandwidth=0.1)
    assert grid_error(model, 1000) == 0.0
    (x,), density = model.on_grid(3, bounds={0: (0.0, 1e5)})
    np.testing.assert_allclose(density, [1.9947114, 0.0, 1.9947114], rtol=1e-7)


@pytest.mark.parametrize("options", [{}, {"bandwidth_type": "full"}, {"support": {0: (-4.0, None), 1: Circular(-4.0, 4.0)}}, {"kernel": "epanechnikov"}, {"adaptive": True}])
def test_a_grid_of_two_columns_equals_the_sum(options, rng):
    rows = np.clip(rng.normal(size=(500, 2)) @ np.array([[1.0, 0.5], [0.0, 0.7]]), -3.9, 3.9)
    model = KernelDensity(**options).fit(rows, sample_weight=rng.random(500))
    assert grid_error(model, (40, 60), {0: (-3.0, 3.0), 1: (-2.5, 2.0)}) < (1e-12 if "kernel" in options or "adaptive" in options else grid.ERROR[2])


# ---------------------------------------------------------------- files


def test_raw_rows_are_saved_only_when_asked(X, tmp_path):
    import statsim as ss

    model, path = KernelDensity().fit(X, sample_weight=np.arange(1.0, 401)), tmp_path / "m.json"
    with pytest.raises(ArgumentError, match=r"holds 400 rows of its data.*rows=True.*model.private"):
        model.save(path)
    assert not path.exists()
    model.save(path, rows=True)
    assert '"holds_raw_rows": true' in path.read_text()
    again = ss.load(path)
    assert again.to_document() == model.to_document()
    np.testing.assert_array_equal(again.score_samples(X), model.score_samples(X))
    with pytest.raises(ArgumentError, match="holds 400 rows"):
        again.save(tmp_path / "n.json")
    ss.GaussianMixture(1).fit(X).save(tmp_path / "g.json")  # parameters only: nothing to agree to


@pytest.mark.parametrize("options", [{}, {"adaptive": True}, {"bandwidth_type": "full", "kernel": "tophat"}])
def test_documents_are_lossless(X, options):
    model = KernelDensity(**options).fit(X)
    again = KernelDensity.from_document(model.to_document())
    assert again.sample(100, rng=3).tobytes() == model.sample(100, rng=3).tobytes()
    mixed = Mixed("gaussian").model()
    again = KernelDensity.from_document(mixed.to_document())
    assert again.score_samples(points(9, 1)).tobytes() == mixed.score_samples(points(9, 1)).tobytes()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("rows", [[1.0]], "weights must have shape"),
        ("rows", [], "rows"),
        ("weights", [0.5] * 70, "sum to 1"),
        ("bandwidth", [1.0, -1.0, 1.0, 0.1, 1.0], "bandwidth.1. = -1"),
        ("bandwidth", [1.0], "bandwidth"),
        ("factors", [0.0] * 70, "factors must be 70"),
        ("kernel", "cosine", "'cosine'"),
        ("columns", [{"kind": "line"}], "columns must list 5"),
        ("columns", [{"kind": "torus"}] * 5, "torus"),
        ("columns", [{"kind": "interval", "low": 3.0, "high": 2.0}] * 5, "low below high"),
        ("boundary", "wrap", "'wrap'"),
        ("min_count", 3, "holds_raw_rows"),
        ("extra", 1, "extra"),
    ],
)
def test_files_that_cannot_be_are_refused(key, value, words):
    document = Mixed("gaussian").model().to_document()
    document["parameters"] = {**document["parameters"], key: value}
    with pytest.raises(FileRefusedError, match=words):
        KernelDensity.from_document(document)


# ---------------------------------------------------------------- names and refusals


def test_names_are_kept_and_understood(rng):
    import pandas as pd

    frame = pd.DataFrame({"a": rng.normal(size=50), "b": rng.random(50), "c": rng.integers(0, 2, 50)})
    model = KernelDensity(support={"b": (0, 1), "c": Categorical((0, 1))}).fit(frame)
    assert list(model.given({"b": 0.2}).feature_names_in_) == ["a", "c"]
    assert list(model.marginal(["c", "a"]).feature_names_in_) == ["c", "a"]
    assert KernelDensity.from_document(model.to_document()).score(frame) == model.score(frame)
    with pytest.raises(ArgumentError, match="there is no column 'z'"):
        model.given({"z": 1.0})


GOOD = np.column_stack([np.arange(20.0), np.arange(20.0) % 3])


@pytest.mark.parametrize(
    ("options", "X", "error", "message"),
    [
        ({}, np.column_stack([GOOD, np.full(20, 5.0)]), ArgumentError, "column 2 of X is constant .every value is 5.0.*leave the column out, or give bandwidth"),
        ({}, [[1.0, 2.0]], ArgumentError, "X has 1 sample that counts.*n_samples = 1; give bandwidth= a number"),
        ({}, np.repeat([[1.0, 2.0]], 9, axis=0), ArgumentError, "column 0 of X is constant"),
        ({}, np.where(GOOD == 3, np.nan, GOOD), ArgumentError, r"X contains NaN: X\[3, 0\]"),
        ({"bandwidth": 0.0}, GOOD, ArgumentError, r"bandwidth\[0\] = 0.0 must be a finite number above 0"),
        ({"bandwidth": [1.0, -2.0]}, GOOD, ArgumentError, r"bandwidth\[1\] = -2.0"),
        ({"bandwidth": [1.0, 2.0, 3.0]}, GOOD, ArgumentError, r"bandwidth must be a number, \(2,\) or \(2, 2\), got shape \(3,\)"),
        ({"bandwidth": [[1.0, 2.0], [2.0, 1.0]]}, GOOD, ArgumentError, "positive definite"),
        ({"bandwidth": [[1.0, 0.5], [0.0, 1.0]]}, GOOD, ArgumentError, "symmetric"),
        ({"bandwidth": None}, GOOD, ArgumentError, "bandwidth must be a number, an array or the name of a selector.*got None"),
        ({"bandwidth": True}, GOOD, ArgumentError, "got True"),
        ({"bandwidth": "scot"}, GOOD, ArgumentError, "bandwidth must be one of 'scott'.*'scot'"),
        ({"bandwidth": "isj", "bandwidth_type": "full"}, GOOD, ArgumentError, "use 'scott' or 'silverman'"),
        ({"bandwidth_type": "full"}, np.column_stack([GOOD[:, 0], 2 * GOOD[:, 0]]), ArgumentError, "singular.*bandwidth_type='diag'"),
        ({"kernel": "cosine"}, GOOD, ArgumentError, "kernel must be one of.*'cosine'"),
        ({"adaptive": 2.0}, GOOD, ArgumentError, "adaptive must be a finite number.*2.0"),
        ({"boundary": "wrap"}, GOOD, ArgumentError, "boundary must be one of"),
        ({"support": {0: (5.0, None)}}, GOOD, ArgumentError, "column 0: 0.0 in row 0 lies outside its support"),
        ({"support": {0: (5.0, 1.0)}}, GOOD, ArgumentError, r"support\[0\] must have low below high, got \(5.0, 1.0\)"),
        ({"support": {0: 3}}, GOOD, ArgumentTypeError, "must be a pair"),
        ({"support": {7: (0, 1)}}, GOOD, ArgumentError, "column number"),
        ({"support": [(0, 1)]}, GOOD, ArgumentTypeError, "support must be a dict"),
        ({"support": {0: Circular(0.0, 10.0)}}, GOOD, ArgumentError, r"column 0: 10.0 in row 10 lies outside the period \[0.0, 10.0\).*%"),
        ({"support": {1: Categorical((0, 1))}}, GOOD, ArgumentError, r"column 1: 2.0 in row 2 is none of the categories \[0, 1\]"),
        ({"support": {1: Categorical((0, 1, 2))}, "bandwidth": 1.0}, GOOD, ArgumentError, "from 0 to 0.666667: the probability of another category"),
        ({"support": {0: (0.0, 20.0)}, "bandwidth": np.eye(2)}, GOOD, ArgumentError, "a bandwidth matrix needs columns that may be any number"),
        ({"support": {0: (0.0, 20.0)}, "boundary": "renormalise", "adaptive": True, "bandwidth": 1.0}, GOOD, ArgumentError, "use boundary='reflect'"),
        ({"support": {0: (0.0, 20.0)}, "bandwidth": 1e6}, GOOD, ArgumentError, "use a smaller bandwidth"),
    ],
)
def test_what_cannot_be_fitted(options, X, error, message):
    with pytest.raises(error, match=message):
        KernelDensity(**options).fit(X)


def test_what_cannot_be_asked():
    model = KernelDensity(support={1: Categorical((0, 1, 2))}).fit(GOOD)
    with pytest.raises(ArgumentError, match="X has 3 features, but KernelDensity is expecting 2"):
        model.score_samples(np.zeros((1, 3)))
    with pytest.raises(ArgumentError, match="column 1: 7.0 in row 0 is none of the categories"):
        model.score_samples([[0.0, 7.0]])
    with pytest.raises(ArgumentError, match="every row has weight zero"):
        KernelDensity().fit(GOOD, sample_weight=np.zeros(20))
    with pytest.raises(ArgumentError, match="cdf needs one column, this estimate has 2; use model.marginal"):
        model.cdf([0.0])
    with pytest.raises(ArgumentError, match="p must be above 0 and below 1, got 1.0"):
        model.marginal([0]).quantile([1.0])
    for points, words in (((9, 9, 9), "one for each of 2 columns"), (1, "at least 2 and at most 8192, got 1"), (2.5, "must be an integer, got 2.5")):
        with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
            KernelDensity().fit(GOOD).on_grid(points)
    with pytest.raises(ArgumentError, match=r"bounds\[0\] must be finite with low below high, got \(2, 1\)"):
        KernelDensity().fit(GOOD).on_grid(9, bounds={0: (2, 1)})
    with pytest.raises(ArgumentTypeError, match="Categorical needs all its values.*got 3"):
        Categorical(3)
    with pytest.raises(ArgumentError, match="a circle needs low below high, got low=3, high=1"):
        Circular(3, 1)
    with pytest.raises(ArgumentError, match="categorical; use model.given.*on_grid"):
        model.on_grid(10)
    with pytest.raises(ArgumentError, match=r"columns \[1\] are categorical.*model.given"):
        model.to_target()
    with pytest.raises(ImpossibleConditionError, match="no kernel reaches these values"):
        KernelDensity(0.5, kernel="tophat").fit(GOOD).given({0: 99.0})
    for name in ("triangular", "exponential"):
        with pytest.raises(ArgumentError, match=f"radial kernel='{name}'.*another shape, which has no closed form; use kernel='gaussian'"):
            KernelDensity(np.eye(2), kernel=name).fit(GOOD).marginal([0])
    with pytest.raises(ArgumentError, match="kernel='pearson-3' is radial and needs a bandwidth matrix"):
        KernelDensity(1.0, kernel="pearson-3").fit(GOOD)
    for name in ("pearson-4", "pearson-03", "pearson-", "pearson-999", "pearson-1.5"):
        with pytest.raises(ArgumentError, match=f"kernel must be one of.*'{name}'"):
            KernelDensity(np.eye(2), kernel=name).fit(GOOD)
    with pytest.raises(ArgumentError, match=r"kernel \(1 - u\^2\)\^\(201 / 2\) is beyond"):
        KernelDensity.from_parameters(np.zeros((1, 200)), bandwidth=np.eye(200), kernel="epanechnikov").marginal([0])
    with pytest.raises(ArgumentError, match="rtol must be a finite number.*got 3"):
        model.score_samples(GOOD, rtol=3)
    with pytest.raises(ValueError, match="no parameters yet; call fit"):
        KernelDensity().save("nowhere")
    assert KernelDensity(1.0).fit([[3.0]]).score_samples([[3.0]])[0] == pytest.approx(-0.5 * np.log(2 * np.pi))
