"""Fitting the table mixture: EM rises, analytic special cases, recovery, small components refused."""

import statistics
import warnings
from dataclasses import replace

import numpy as np
import pytest

from statsim import blocks
from statsim.errors import ArgumentError, ArgumentTypeError, FitWarning
from statsim.estimators.mle import MLE
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.models.table_mixture.parameters import parameter_fields
from statsim.models.table_mixture.steps import MIN_RELATIVE_VARIANCE, TableMixtureSteps
from statsim.models.table_mixture.table_mixture import TableMixture
from statsim.rng import Purpose, stream_key
from statsim.tables.arrays import TableArrays
from tests.models.table_mixture_cases import continuous_rows, mixed_model, with_unmodelled_gaps

SHORT = MLE(n_init=6, n_polish=2)
KEY = stream_key(1, Purpose.TEST)


def steps_on(rows, k, **options):
    return TableMixtureSteps(rows, rows.layout, n_components=k, min_count=5, **options)


@pytest.mark.parametrize("init", ["kmeans", "kmeans++", "random"])
@pytest.mark.parametrize("k", [1, 2, 4])
def test_em_never_falls(k, init):
    steps = steps_on(with_unmodelled_gaps(mixed_model().sample(600, rng=1)), k)
    state, path = steps.start(1, init, KEY), []
    for _ in range(25):
        objective, state = steps.em(state)
        path.append(objective)
    assert np.diff(path).min() >= -1e-9
    state = steps.moved(state, 3, KEY)
    path = []
    for _ in range(10):
        objective, state = steps.em(state)
        path.append(objective)
    assert np.diff(path).min() >= -1e-9


def test_a_step_is_the_same_for_any_number_of_threads_and_that_of_all_rows_at_once(monkeypatch):
    rows = with_unmodelled_gaps(mixed_model().sample(10_000, rng=4))
    steps = steps_on(rows, 3)
    state, ended = steps.start(0, "random", KEY), []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv("STATSIM_NUM_THREADS", threads)
        objective, after = steps.em(state)
        ended.append((objective, steps.pack(after).tobytes()))
    assert len(set(ended)) == 1
    monkeypatch.setattr(blocks, "_CHUNK_ROWS", 10**6)
    objective, whole = steps.em(state)
    assert objective == pytest.approx(ended[0][0], rel=1e-13)
    np.testing.assert_allclose(steps.pack(after), steps.pack(whole), rtol=1e-9, atol=1e-9)


def test_packed_states_come_back():
    steps = steps_on(mixed_model().sample(500, rng=2), 3)
    state = steps.em(steps.start(0, "kmeans", KEY))[1]
    again = steps.unpack(steps.pack(state))
    np.testing.assert_allclose(steps.pack(again), steps.pack(state), atol=1e-14)
    assert np.isclose(steps.em(again)[0], steps.em(state)[0], rtol=1e-13)


def test_one_component_has_the_moments_and_shares_of_the_table():
    rng = np.random.default_rng(3)
    z, codes, counts = rng.normal(size=(400, 2)), rng.integers(0, 3, (400, 1)), rng.negative_binomial(3, 0.3, (400, 1))
    codes[:40] = -1
    model = TableMixture(1, rng=0).fit(TableArrays(z, codes, counts))
    parameters = model.parameters_
    np.testing.assert_allclose(model.means_[0], z.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(model.covariances_[0], np.cov(z.T, bias=True), atol=1e-13)
    np.testing.assert_allclose(parameters.level_probabilities[0][0], np.bincount(codes[40:, 0]) / 360, atol=1e-15)
    np.testing.assert_allclose(parameters.missing_discrete, [[0.1]], atol=1e-15)
    np.testing.assert_allclose(parameters.count_means, [[counts.mean()]], rtol=1e-14)


def test_the_dispersion_is_at_the_maximum_of_the_likelihood():
    from scipy import optimize, stats

    counts = np.random.default_rng(4).negative_binomial(2, 0.25, 500)
    rows = TableArrays(np.zeros((500, 0)), np.zeros((500, 0)), counts[:, None])
    fitted = TableMixture(1, rng=0).fit(rows).parameters_.count_dispersions[0, 0]

    def loss(log_a):
        shape = np.exp(-log_a)
        return -stats.nbinom(shape, shape / (shape + counts.mean())).logpmf(counts).sum()

    best = np.exp(optimize.minimize_scalar(loss, bounds=(-5, 3), method="bounded", options={"xatol": 1e-10}).x)
    assert np.isclose(fitted, best, rtol=1e-5)


def test_counts_that_vary_less_than_poisson_are_poisson_and_one_value_is_a_point():
    counts = np.stack([np.tile([4, 5, 6], 50), np.full(150, 7)], axis=1)
    parameters = TableMixture(1, rng=0).fit(TableArrays(np.zeros((150, 0)), np.zeros((150, 0)), counts)).parameters_
    assert parameters.count_dispersions.tolist() == [[0.0, -1.0]]
    assert parameters.count_means.tolist() == [[5.0, 7.0]]


def test_a_table_of_continuous_columns_is_a_gaussian_mixture():
    z = mixed_model().marginal(continuous=[1, 2]).sample(800, rng=5).continuous
    table = TableMixture(2, rng=0, method=SHORT).fit(continuous_rows(z))
    gaussian = GaussianMixture(2, rng=0).fit(z)
    order = np.argsort(-gaussian.weights_)
    np.testing.assert_allclose(table.weights_, gaussian.weights_[order], atol=1e-5)
    np.testing.assert_allclose(table.means_, gaussian.means_[order], atol=1e-5)
    assert np.isclose(table.score(continuous_rows(z)), gaussian.score(z), atol=1e-9)
    assert np.isclose(table.fit_result_.objective, table.log_likelihood(continuous_rows(z)), rtol=1e-12)
    assert table.n_parameters == 1 + 2 * 5
    assert np.isclose(table.bic(continuous_rows(z)), gaussian.bic(z), rtol=1e-9)


def test_monotone_missingness_has_the_known_solution():
    """Anderson (1957): with y missing on some rows, the regression of y on x comes from the complete rows."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=300)
    y = 0.8 * x + rng.normal(size=300)
    z = np.stack([x, np.where(np.arange(300) < 200, y, np.nan)], axis=1)
    model = TableMixture(1, rng=0).fit(continuous_rows(z))
    slope = np.cov(x[:200], y[:200])[0, 1] / x[:200].var(ddof=1)
    mean = y[:200].mean() + slope * (x.mean() - x[:200].mean())
    residual = (y[:200] - y[:200].mean() - slope * (x[:200] - x[:200].mean())).var()
    np.testing.assert_allclose(model.means_[0], [x.mean(), mean], atol=1e-7)
    np.testing.assert_allclose(model.covariances_[0, 1, 1], residual + slope**2 * x.var(), rtol=1e-6)
    np.testing.assert_allclose(model.parameters_.missing_continuous, [[0.0, 1 / 3]], atol=1e-15)


def test_weight_two_is_the_row_twice_and_weight_zero_is_no_row():
    rows = with_unmodelled_gaps(mixed_model().sample(300, rng=7))
    weights = np.random.default_rng(8).integers(0, 3, 300).astype(float)
    repeated = rows.take(np.repeat(np.arange(300), weights.astype(int)))
    kept = rows.take(weights > 0)
    light, heavy = steps_on(kept, 2, sample_weight=weights[weights > 0]), steps_on(repeated, 2)
    state = light.em(light.start(0, "kmeans", KEY))[1]
    (one, after_one), (two, after_two) = light.em(state), heavy.em(state)
    assert np.isclose(one, two, rtol=1e-12)
    np.testing.assert_allclose(light.pack(after_one), light.pack(after_two), atol=1e-10)
    by_zero = TableMixture(2, rng=0, method=SHORT).fit(rows, sample_weight=weights)
    without = TableMixture(2, rng=0, method=SHORT).fit(kept, sample_weight=weights[weights > 0])
    assert np.array_equal(by_zero.means_, without.means_)


@pytest.fixture(scope="module")
def recovered():
    rows = with_unmodelled_gaps(mixed_model().sample(6000, rng=9))
    return rows, TableMixture(2, rng=0, method=SHORT).fit(rows)


def test_recovers_the_model_from_its_own_rows(recovered):
    """Tolerances are about five standard errors at 2400 rows in the smaller component."""
    rows, model = recovered
    truth = mixed_model()
    fitted, known = parameter_fields(model.parameters_), parameter_fields(truth.parameters_)
    tolerances = {"weights": 0.035, "means": 0.17, "covariances": 0.35, "count_means": 0.4, "count_dispersions": 0.15}
    for name, tolerance in {**tolerances, "missing_continuous": 0.06, "missing_discrete": 0.06, "missing_counts": 0.06}.items():
        np.testing.assert_allclose(fitted[name], known[name], atol=tolerance, err_msg=name)
    for table, other in zip(model.parameters_.level_probabilities, truth.parameters_.level_probabilities, strict=True):
        np.testing.assert_allclose(table, other, atol=0.06)
    assert model.log_likelihood(rows) > truth.log_likelihood(rows)
    assert np.diff(model.fit_result_.path).min() >= 0


def test_no_column_that_is_not_nullable_is_ever_missing(recovered):
    _, model = recovered
    assert not model.parameters_.missing_continuous[:, 1:].any()
    assert not (model.sample(5000, rng=1).discrete[:, 0] < 0).any()


def test_the_same_seed_gives_the_same_fit_and_subsampled_starts_still_reach_it():
    rows = mixed_model().sample(4000, rng=10)
    small = MLE(n_init=4, n_polish=1, max_rows=500)
    one, two = (TableMixture(2, rng=3, method=small).fit(rows) for _ in range(2))
    assert np.array_equal(one.means_, two.means_)
    assert one.log_likelihood(rows) > mixed_model().log_likelihood(rows)


def test_components_on_a_handful_of_rows_are_refused_by_name():
    z = np.concatenate([np.random.default_rng(12).normal(size=60), [50.0, 50.1, 50.2]])[:, None]
    with pytest.warns(FitWarning, match=r"n_components=2 was reduced to 1: .*min_count=40"):
        model = TableMixture(2, rng=0, method=SHORT, min_count=40).fit(continuous_rows(z))
    assert len(model.weights_) == 1
    kept = TableMixture(2, rng=0, method=SHORT, min_count=3).fit(continuous_rows(z))
    assert kept.weights_.min() * 63 >= 3 - 1e-6
    with pytest.raises(ArgumentError, match="3 rows, fewer than min_count=5"):
        TableMixture(2).fit(continuous_rows(z[:3]))


def test_a_column_seen_in_too_few_rows_of_a_component_takes_the_law_of_the_table():
    rng = np.random.default_rng(13)
    z = np.concatenate([rng.normal(-5, 1, (100, 2)), rng.normal(5, 1, (100, 2))])
    z[2:100, 1] = np.nan
    model = TableMixture(2, rng=0, method=SHORT).fit(continuous_rows(z))
    k = int(model.means_[:, 0].argmin())
    seen = z[~np.isnan(z[:, 1]), 1]
    assert model.fit_document_["columns_of_the_whole"] == 1
    assert model.covariances_[k, 0, 1] == 0.0
    assert model.covariances_[k, 1, 1] > seen.var() * 0.5
    assert model.parameters_.missing_continuous[k, 1] > 0.9


def test_constant_and_dependent_columns_are_sampled_as_they_are():
    x = np.random.default_rng(14).normal(size=300)
    z = np.stack([x, 2 * x, np.full(300, 0.3)], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        model = TableMixture(2, rng=0, method=SHORT).fit(continuous_rows(z))
    rows = model.sample(500, rng=1).continuous
    assert (rows[:, 2] == 0.3).all()
    np.testing.assert_allclose(rows[:, 1], 2 * rows[:, 0], atol=2e-3)
    assert model.fit_result_.regularised


def test_missing_everywhere_is_drawn_missing_everywhere():
    z = np.stack([np.random.default_rng(15).normal(size=100), np.full(100, np.nan)], axis=1)
    rows = TableMixture(1, rng=0).fit(continuous_rows(z)).sample(200, rng=2).continuous
    assert np.isnan(rows[:, 1]).all()
    assert not np.isnan(rows[:, 0]).any()


def test_scaling_a_column_by_a_power_of_two_scales_the_fit():
    rows = with_unmodelled_gaps(mixed_model().sample(500, rng=16))
    scale = np.array([2.0**-8, 1.0, 2.0**9])
    scaled = TableArrays(rows.continuous * scale, rows.discrete, rows.counts, rows.layout)
    one, two = (TableMixture(2, rng=0, method=SHORT).fit(table) for table in (rows, scaled))
    np.testing.assert_allclose(two.means_ / scale, one.means_, rtol=1e-6, atol=1e-7)
    gaps = (~np.isnan(rows.continuous) * np.log(scale)).sum()
    assert np.isclose(two.log_likelihood(scaled) + gaps, one.log_likelihood(rows), rtol=1e-9)


def test_columns_that_depend_on_each_other_converge_quietly():
    rng = np.random.default_rng(0)
    x = rng.normal(size=300) + 4 * (rng.random(300) < 0.4)
    for other in (x, 2 * x + 1):
        with warnings.catch_warnings():
            warnings.simplefilter("error", FitWarning)
            model = TableMixture(2, method=SHORT, rng=0).fit(continuous_rows(np.stack([x, other], axis=1)))
        assert model.fit_result_.converged
        assert np.diff(model.fit_result_.path).min() >= 0


def test_an_extrapolated_state_keeps_the_bound():
    steps = steps_on(continuous_rows(np.random.default_rng(4).normal(size=(100, 2))), 2)
    state = steps.start(0, "kmeans", KEY)
    _, factor, inverse = steps._whitener
    squeezed = factor @ np.diag([1.0, 0.9995 * MIN_RELATIVE_VARIANCE]) @ factor.T
    state = steps.unpack(steps.pack(replace(state, covariances=np.stack([squeezed] * 2))))
    assert np.linalg.eigvalsh(inverse @ state.covariances[0] @ inverse.T)[0] >= MIN_RELATIVE_VARIANCE * (1 - 1e-9)


def test_many_superfluous_components_end_soon(monkeypatch):
    """Starts that all rest on too few rows: not thousands of steps for each number of components below."""
    n_steps, em = [], TableMixtureSteps.em
    monkeypatch.setattr(TableMixtureSteps, "em", lambda self, state: n_steps.append(1) or em(self, state))
    even = [[statistics.NormalDist().inv_cdf((i + 0.5) / 50)] for i in range(50)]
    with pytest.warns(FitWarning, match="n_components=30 was reduced to"):
        TableMixture(30, min_count=5, rng=0).fit(continuous_rows(even))
    assert len(n_steps) < 15_000


def test_wrong_arguments_are_named():
    rows = continuous_rows(np.random.default_rng(17).normal(size=(20, 1)))
    with pytest.raises(ArgumentError, match="n_components must be at least 1, got 0"):
        TableMixture(0).fit(rows)
    with pytest.raises(ArgumentError, match="min_count.*-1"):
        TableMixture(1, min_count=-1).fit(rows)
    with pytest.raises(ArgumentError, match="method must be 'mle'"):
        TableMixture(1, method="best").fit(rows)
    with pytest.raises(ArgumentTypeError, match="TableArrays, got list"):
        TableMixture(1).fit([[1.0]])
    with pytest.raises(ArgumentError, match=r"sample_weight\[0\] = -1"):
        TableMixture(1).fit(rows, sample_weight=np.r_[-1.0, np.ones(19)])


def test_a_table_too_wide_is_refused_before_any_work():
    wide = TableArrays(np.zeros((20, 1001)), np.zeros((20, 0), np.int32), np.zeros((20, 0), np.int64), None)
    with pytest.raises(ArgumentError, match="1001 continuous columns, at most 1000.*--columns"):
        TableMixture(1).fit(wide)
