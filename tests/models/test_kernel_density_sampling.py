"""Draws of kernel estimates, free and in regions, each against the density, each with a broken twin; gradients; private forms."""

import re

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, DataWarning
from statsim.models.kde.columns import Categorical, Circular
from statsim.models.kde.kernel_density import KernelDensity
from statsim.samplers.gibbs.gibbs import Gibbs
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.importance.importance import Importance
from statsim.samplers.sampling import sample
from tests.models.kde_cases import H, KERNEL_NAMES, ROWS, SUPPORT, WEIGHTS

pytestmark = pytest.mark.filterwarnings("ignore::statsim.errors.SamplerWarning")  # chains of a few draws


def mixed(kernel="gaussian", boundary="reflect", shift=0.0):
    rows = ROWS.copy()
    rows[:, 0] += shift
    return KernelDensity.from_parameters(rows, bandwidth=H, weights=WEIGHTS, kernel=kernel, support=SUPPORT, boundary=boundary)


def bounded_ratios(p, r, seed, n=60_000, drawn=None):
    """r / (p + r) on rows of p and of r in equal parts: its mean is 1/2 where densities and draws agree."""
    rows = np.concatenate([(drawn or p).sample(n, rng=seed), r.sample(n, rng=seed + 1)])
    log_p, log_r = p.score_samples(rows), r.score_samples(rows)
    return np.exp(log_r - np.logaddexp(log_p, log_r))


@pytest.mark.parametrize("boundary", ["reflect", "renormalise"])
@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_draws_agree_with_the_density(name, boundary, seed):
    p, r = mixed(name, boundary), mixed(name, boundary, shift=0.3)
    testing.assert_mean(bounded_ratios(p, r, seed), 0.5, bounds=(0, 1), detects=0.02)


def test_columns_drawn_from_different_data_are_found_out(seed):
    """Broken twin: each column has its law, but a row's columns come from different data."""
    rows = np.repeat([[-1.0, -1.0], [1.0, 1.0]], 20, axis=0)
    p, r = (KernelDensity.from_parameters(rows + shift, bandwidth=0.5) for shift in (0.0, 0.3))

    class Shuffled:
        def sample(self, n, rng):
            drawn = p.sample(n, rng=rng)
            return np.column_stack([drawn[:, 0], np.roll(drawn[:, 1], 1)])

    testing.assert_mean(bounded_ratios(p, r, seed), 0.5, bounds=(0, 1), detects=0.02)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(bounded_ratios(p, r, seed, drawn=Shuffled()), 0.5, bounds=(0, 1), detects=0.02)


@pytest.mark.parametrize("broken", ["weights forgotten", "bandwidth too wide", "renormalised in place of reflected", "another kernel"])
def test_broken_draws_are_found_out(broken, seed):
    """The smallest defect moves the distribution function by 0.012: 200,000 draws find it at alpha = 1e-7 with probability 1 - 1e-6."""
    options = {"rows": [[0.03], [0.5], [0.97]], "bandwidth": 0.06, "weights": [1.0, 2.0, 1.5], "support": {0: (0.0, 1.0)}}
    wrong = {
        "weights forgotten": {"weights": None},
        "bandwidth too wide": {"bandwidth": 0.066},
        "renormalised in place of reflected": {"boundary": "renormalise"},
        "another kernel": {"kernel": "exponential"},
    }[broken]
    model = KernelDensity.from_parameters(**options)
    other, x = KernelDensity.from_parameters(**{**options, **wrong}), np.linspace(0, 1, 501)
    assert np.abs(other.cdf(x) - model.cdf(x)).max() > 0.012
    testing.assert_follows(model.sample(200_000, rng=seed)[:, 0], model.cdf)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(other.sample(200_000, rng=seed)[:, 0], model.cdf)


@pytest.mark.parametrize("kind", ["line", "adaptive", "half line", "circle", "renormalised", "matrix"])
def test_one_column_follows_its_distribution_function(kind, seed):
    rows = np.random.default_rng(2).gamma(1.0, size=(60, 1)) % 5.0
    options = {
        "line": {}, "adaptive": {"adaptive": True, "kernel": "biweight"}, "half line": {"support": {0: (0.0, None)}}, "circle": {"support": {0: Circular(0.0, 5.0)}},
        "renormalised": {"support": {0: (0.0, 5.0)}, "boundary": "renormalise", "kernel": "exponential"}, "matrix": {"bandwidth_type": "full", "kernel": "triangular"},
    }[kind]  # fmt: skip
    model = KernelDensity(**options).fit(rows)
    draws = model.sample(40_000, rng=seed)[:, 0]
    testing.assert_follows(draws, model.cdf)
    testing.assert_independent(draws)


@pytest.mark.parametrize("name", ["tophat", "epanechnikov"])
def test_columns_of_radial_draws_follow_their_marginal_laws(name, seed):
    """Broken twins: the kernel's own shape for its marginal, and a conditional law whose kernels are as wide as those of the joint law."""
    model = KernelDensity.from_parameters([[0.0, 0.0, 0.5], [0.4, 1.0, 0.0]], bandwidth=[[1.0, 0.5, 0.0], [0.5, 1.0, 0.3], [0.0, 0.3, 0.8]], kernel=name)
    one, rest = model.marginal([1]), model.given({0: 0.3, 2: 0.2})
    testing.assert_follows(model.sample(40_000, rng=seed)[:, 1], one.cdf)
    testing.assert_follows(one.sample(40_000, rng=seed + 1)[:, 0], one.cdf)
    testing.assert_follows(rest.sample(40_000, rng=seed + 2)[:, 0], rest.cdf)
    same = KernelDensity.from_parameters(one.rows_, bandwidth=one.bandwidth_, kernel=name)
    wide = KernelDensity.from_parameters(rest.rows_, bandwidth=rest.bandwidth_, weights=rest.weights_, kernel=name)
    for wrong, law in ((same, one), (wide, rest)):
        with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
            testing.assert_follows(wrong.sample(40_000, rng=seed)[:, 0], law.cdf)


def test_the_latent_number_is_the_datum(seed):
    model = KernelDensity.from_parameters([[0.0], [10.0], [20.0]], bandwidth=0.1, weights=[1.0, 2.0, 5.0])
    rows, numbers = model.sample(20_000, rng=seed, return_latent=True)
    assert (np.abs(rows[:, 0] - 10 * numbers) < 1.0).all()
    for i, share in enumerate((1 / 8, 2 / 8, 5 / 8)):
        testing.assert_probability(int((numbers == i).sum()), 20_000, share, detects=0.05)


def test_equal_kernels_give_equal_rows_in_either_loop():
    """The quick loop for Gaussian rows draws what the general one draws."""
    rows = np.random.default_rng(0).normal(size=(50, 2))
    quick, general = (KernelDensity.from_parameters(rows, bandwidth=0.5, factors=f) for f in (None, np.ones(50)))
    assert quick.sample(3000, rng=4).tobytes() == general.sample(3000, rng=4).tobytes()


# ---------------------------------------------------------------- regions


@pytest.mark.parametrize("name", ["gaussian", "epanechnikov"])
def test_rejection_is_exact_in_every_kind_of_region(name):
    X = np.random.default_rng(3).normal(size=(200, 2))
    model = KernelDensity(0.5, kernel=name).fit(X)
    regions = (
        {"bounds": {0: (0.5, 2.0)}},
        {"linear": ([[1.0, 1.0]], 0.5, None)},
        {"predicate": lambda x: np.abs(x[:, 0] * x[:, 1]) < 0.2},
    )
    inside = (
        lambda x: (x[:, 0] > 0.5) & (x[:, 0] < 2.0),
        lambda x: x.sum(axis=1) > 0.5,
        lambda x: np.abs(x[:, 0] * x[:, 1]) < 0.2,
    )
    free = model.sample(60_000, rng=1)
    for region, holds in zip(regions, inside, strict=True):
        draws = sample(model.where(**region), draws=8_000, rng=2).values.reshape(-1, 2)
        assert holds(draws).all() and len(draws) == 8_000
        testing.assert_same_distribution(draws @ [1.0, -0.7], (free[holds(free)] @ [1.0, -0.7])[:8_000])


def test_gibbs_and_nuts_move_inside_bounds():
    """The mean inside bounds, by quadrature of the density; the same for a chain that ignores them fails."""
    rows = np.random.default_rng(5).normal(size=(25, 1))
    for name, method in (("gaussian", Gibbs()), ("gaussian", NUTS()), ("biweight", Gibbs())):
        model = KernelDensity(0.6, kernel=name).fit(rows)
        x = np.linspace(0.0, 1.5, 3001)[:, None]
        p = np.exp(model.score_samples(x))
        draws = sample(model.where(bounds={0: (0.0, 1.5)}), method, chains=2, warmup=300, draws=4000, rng=6).values.reshape(-1)
        assert draws.min() > 0.0 and draws.max() < 1.5
        testing.assert_mean(draws, float((x[:, 0] @ p) / p.sum()), ess=1000)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(model.sample(8000, rng=1)[:, 0], float((x[:, 0] @ p) / p.sum()), ess=1000)


def test_importance_gives_the_probability_of_a_region():
    model = KernelDensity(0.6).fit(np.random.default_rng(5).normal(size=(25, 1)))
    region = model.where(bounds={0: (2.0, None)})
    value, error = sample(region, Importance(proposal=region.between()), draws=4000, rng=2).log_normalizer
    truth = np.log(1 - model.cdf([2.0])[0])
    assert abs(value - truth) < 6 * error + 1e-9
    circle = KernelDensity(0.3, kernel="exponential", support={0: (0.0, None)}).fit(np.random.default_rng(5).gamma(1.0, size=(25, 1)))
    wide = KernelDensity(0.6, kernel="exponential", support={0: (0.0, None)}).fit(circle.rows_)
    value, error = sample(circle, Importance(proposal=wide), draws=4000, rng=2).log_normalizer
    assert abs(value) < 6 * error


def test_regions_that_cannot_be():
    model = KernelDensity(0.5, kernel="tophat").fit(np.random.default_rng(3).normal(size=(50, 2)))
    with pytest.raises(ArgumentError, match="equality has probability zero"):
        model.where(linear=([[1.0, 1.0]], 1.0))
    with pytest.raises(ArgumentError, match="chains and weights need bounds"):
        model.where(lambda x: x[:, 0] > 0).to_target()
    line = KernelDensity(0.5).fit(np.random.default_rng(3).normal(size=(50, 2))).where(linear=([[1.0, 1.0]], 1.0))
    np.testing.assert_allclose(sample(line, draws=50, rng=0).values.sum(axis=-1), 1.0, rtol=1e-12)


# ---------------------------------------------------------------- targets


def slopes(model, x, e=1e-6):
    return np.array([(model.score_samples(x + s)[0] - model.score_samples(x - s)[0]) / (2 * e) for s in e * np.eye(x.shape[1])])


@pytest.mark.parametrize("boundary", ["reflect", "renormalise"])
@pytest.mark.parametrize("name", KERNEL_NAMES)
def test_gradients_are_those_of_differences(name, boundary):
    model = mixed(name, boundary).given({3: 1.0})
    target = model.to_target()
    for x in model.sample(5, rng=1):
        value, gradient = target.value_and_gradient(x)
        assert value == pytest.approx(model.score_samples(x[None])[0], abs=1e-10)
        np.testing.assert_allclose(gradient, slopes(model, x[None]), rtol=1e-4, atol=1e-4)
    radial = KernelDensity(kernel=name, bandwidth_type="full", adaptive=True).fit(ROWS[:, [0, 2]])
    if name == "biweight":
        radial = KernelDensity(kernel=name, bandwidth_type="full").fit(ROWS[:, [0, 1, 2]]).marginal([0, 2])  # (1 - r^2)^(5 / 2)
    for x in radial.sample(5, rng=1):
        value, gradient = radial.to_target().value_and_gradient(x)
        assert value == pytest.approx(radial.score_samples(x[None])[0], abs=1e-10)
        np.testing.assert_allclose(gradient, slopes(radial, x[None]), rtol=1e-4, atol=1e-4)


def test_the_targets_check_their_own_gradients():
    for model in (KernelDensity().fit(ROWS[:, :2]), KernelDensity(adaptive=True).fit(ROWS[:, :2]), mixed().given({3: 0.0})):
        model.to_target().check_gradient()
    draws = sample(mixed().given({3: 1.0}), NUTS(), chains=1, warmup=100, draws=50, rng=0)
    assert (draws.values[..., 1] > 0).all() and (draws.values[..., 1] < 1).all()


# ---------------------------------------------------------------- private forms


def test_private_forms_keep_moments_and_no_row(tmp_path):
    rng = np.random.default_rng(8)
    X, w = rng.gamma(2.0, size=(997, 2)), rng.random(997) + 0.5
    for options in ({}, {"kernel": "epanechnikov"}, {"bandwidth_type": "full"}, {"bandwidth_type": "full", "kernel": "biweight"}):
        model = KernelDensity(**options).fit(X, sample_weight=w)
        private = model.private(10)
        assert len(private.rows_) <= 99 and private.min_count_ == 10
        assert not (private.rows_[:, None] == X[None]).all(axis=2).any()
        rows, more = model.sample(200_000, rng=1), private.sample(200_000, rng=2)
        np.testing.assert_allclose(more.mean(axis=0), rows.mean(axis=0), atol=0.02)
        np.testing.assert_allclose(np.diagonal(np.cov(more.T)), np.diagonal(np.cov(rows.T)), rtol=0.03)
    private.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.min_count_ == 10 and again.sample(9, rng=1).tobytes() == private.sample(9, rng=1).tobytes()
    assert '"holds_raw_rows": false' in (tmp_path / "m.json").read_text()


@pytest.mark.parametrize("options", [{}, {"adaptive": True}, {"adaptive": True, "kernel": "biweight"}, {"adaptive": True, "bandwidth_type": "full", "kernel": "epanechnikov"}])
def test_moments_of_a_private_form_are_exact(options):
    """Mean and variance of both forms in closed form: no draws."""
    X = np.random.default_rng(8).gamma(2.0, size=(500, 2))
    model = KernelDensity("silverman", **options).fit(X)
    private = model.private(7)
    spread = {"gaussian": 1.0, "biweight": 1 / 7, "epanechnikov": 1 / 6}[options.get("kernel", "gaussian")]  # the last is radial, in two columns

    def variance(m):
        squares = np.diagonal(m.bandwidth_) if m.bandwidth_.ndim == 2 else m.bandwidth_**2
        mean_square = 1.0 if m.factors_ is None else m.weights_ @ m.factors_**2
        return m.weights_ @ (m.rows_ - m.weights_ @ m.rows_) ** 2 + spread * mean_square * squares

    np.testing.assert_allclose(private.weights_ @ private.rows_, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(variance(private), variance(model), rtol=1e-12)


def test_a_private_file_holds_no_number_of_the_data(tmp_path):
    """Not one value of one cell, to the last digit; the raw file, the broken twin, holds all."""
    X = np.random.default_rng(8).gamma(2.0, size=(300, 2))
    model = KernelDensity("isj", adaptive=True).fit(X)
    model.private(10).save(tmp_path / "private.json")
    model.save(tmp_path / "raw.json", rows=True)
    private, raw = (set(re.findall(r"[-0-9.e]+", (tmp_path / name).read_text())) for name in ("private.json", "raw.json"))
    cells = {repr(value) for value in X.ravel().tolist()}
    assert not cells & private and cells <= raw


def test_every_group_has_the_rows_it_promises():
    """Means of at least m rows: with rows 0, 1, 2, ... a group's mass tells its count; a heavy row counts for less."""
    model = KernelDensity(1.0).fit(np.arange(103.0)[:, None])
    assert (model.private(10).weights_ * 103 > 10 - 1e-9).all()
    heavy = KernelDensity(1.0).fit(np.arange(40.0)[:, None], sample_weight=np.where(np.arange(40) == 0, 1e6, 1.0))
    with pytest.raises(ArgumentError, match="min_count=10 is more than the rows can give"):
        heavy.private(10)


def test_categories_and_circles_in_private_forms():
    rng = np.random.default_rng(1)
    angles, levels = (355 + 8 * rng.normal(size=300)) % 360, np.where(np.arange(300) < 4, 2, rng.integers(0, 2, 300))
    model = KernelDensity(support={0: Circular(0.0, 360.0), 1: Categorical((0, 1, 2))}).fit(np.column_stack([angles, levels]))
    with pytest.warns(DataWarning, match="4 of 300 rows have a combination of categories that fewer than 10 rows share"):
        private = model.private(10)
    assert set(private.rows_[:, 1]) == {0.0, 1.0}
    assert (np.abs((private.rows_[:, 0] - 355 + 180) % 360 - 180) < 40).all()


@pytest.mark.parametrize(("min_count", "message"), [(1, "at least 2, got 1"), (400, "min_count=400 is more than the rows can give: no group of 70 rows")])
def test_counts_that_cannot_be(min_count, message):
    with pytest.raises(ArgumentError, match=message):
        KernelDensity().fit(ROWS[:, :1]).private(min_count)
    with pytest.raises(ArgumentError, match="means of 5 rows or more already"):
        KernelDensity().fit(ROWS[:, :1]).private(5).private(10)
