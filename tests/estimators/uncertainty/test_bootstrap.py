"""Bootstrap intervals against SciPy on the same replications, their Monte Carlo errors, and the streams behind them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.estimators.uncertainty.bootstrap_ends import bca_ends, percentile_ends
from tests.estimators.uncertainty.plain_models import Exponential, Moody

X = np.random.default_rng(3).gamma(2.0, 1.5, 40)
MODEL = ss.Normal().fit(X)


def scipy_interval(replications, statistic, method):
    """SciPy's interval from our replications."""
    shared = stats.bootstrap((X,), statistic, n_resamples=2, method="percentile", rng=0)
    shared.bootstrap_distribution = replications
    found = stats.bootstrap((X,), statistic, n_resamples=0, bootstrap_result=shared, method=method, confidence_level=0.9, vectorized=True)
    return list(found.confidence_interval)


@pytest.mark.parametrize(("kind", "method"), [("bca", "BCa"), ("percentile", "percentile")])
def test_ends_are_scipys_on_the_same_replications(kind, method):
    found = ss.intervals(MODEL, X, method=ss.Bootstrap(replications=400, kind=kind), rng=1)
    assert_allclose(found["loc"], scipy_interval(found.replications[:, 0], np.mean, method), rtol=1e-12)
    assert_allclose(found["scale"], scipy_interval(found.replications[:, 1], np.std, method), rtol=1e-12)


def test_the_answer_does_not_depend_on_threads_and_longer_runs_begin_with_shorter_ones():
    one, two = (ss.intervals(MODEL, X, method=ss.Bootstrap(replications=120), rng=5, num_threads=k) for k in (1, 2))
    assert (one.replications == two.replications).all() and one["scale"] == two["scale"]
    longer = ss.intervals(MODEL, X, method=ss.Bootstrap(replications=150, kind="percentile"), rng=5)
    assert (longer.replications[:120] == one.replications).all()
    other = ss.intervals(MODEL, X, method=ss.Bootstrap(replications=120), rng=6)
    assert (other.replications != one.replications).all()


def test_replications_have_the_law_of_means_of_resampled_rows():
    rows = ss.intervals(MODEL, X, method=ss.Bootstrap(replications=2000, kind="percentile"), rng=2).replications
    testing.assert_mean(rows[:, 0], X.mean(), sd=X.std() / np.sqrt(40))
    testing.assert_mean(rows[:, 1] ** 2, X.var() * 39 / 40)
    with pytest.raises(AssertionError):  # the broken twin: the divisor of the unbiased variance
        testing.assert_mean(rows[:, 1] ** 2, X.var(ddof=1) * 1.02)


def test_parametric_replications_are_fits_to_draws_of_the_model():
    found = ss.intervals(Exponential().fit(X), X, method=ss.Bootstrap(replications=1000, kind="percentile", resample="parametric"), rng=3)
    testing.assert_follows(1 / found.replications[:, 0], stats.gamma(40, scale=X.mean() / 40).cdf)
    with pytest.raises(AssertionError):  # the broken twin: 10 rows
        testing.assert_follows(1 / found.replications[:, 0], stats.gamma(10, scale=X.mean() / 10).cdf)
    half = ss.Bootstrap(replications=100, kind="percentile", resample="parametric", simulate=lambda model, rng: model.sample(10, rng=rng))
    assert ss.intervals(Exponential().fit(X), X, method=half, rng=3)["rate"][1] > found["rate"][1]


@pytest.mark.parametrize("ends", [percentile_ends, bca_ends])
def test_monte_carlo_errors_are_the_spread_of_repeated_runs(ends, rng):
    jackknife = (X.sum() - X) / 39
    extra = () if ends is percentile_ends else (X.mean(), jackknife)
    runs = np.array([ends(rng.normal(X.mean() + 0.1, 0.3, 1000), *extra, 0.9)[:4] for _ in range(400)])
    for side in (0, 1):
        testing.assert_variance(runs[:, side] / np.sqrt(np.mean(runs[:, 2 + side] ** 2)), 1.0)
        with pytest.raises(AssertionError):  # the broken twin: errors of half as many replications
            testing.assert_variance(runs[:, side] / np.sqrt(2 * np.mean(runs[:, 2 + side] ** 2)), 1.0)


def test_many_rows_are_left_out_in_groups():
    data = np.random.default_rng(8).gamma(1.0, 1.0, 900)
    model = Exponential().fit(data)
    grouped = ss.intervals(model, data, method=ss.Bootstrap(replications=200), rng=1)
    ends = bca_ends(grouped.replications[:, 0], model.values_[0], 899 / (data.sum() - data), 0.9)
    assert_allclose(grouped["rate"], ends[:2], atol=0.3 * float(np.hypot(*ends[2:4])))


def test_sequences_are_drawn_whole():
    sequences = [np.full((3, 1), float(i)) for i in range(12)]

    class Means(ss.AutoRegression):
        parameter_names = ("mean",)

        def fit(self, X, y=None):
            self.coef_, self.parameter_values = np.zeros(1), [np.mean([part[0, 0] for part in X])]
            assert all(len(part) == 3 and np.ptp(part) == 0 for part in X)
            return self

    found = ss.intervals(Means().fit(sequences), sequences, method=ss.Bootstrap(replications=100), rng=0)
    assert found["mean"][0] < 5.5 < found["mean"][1]


def test_replications_that_fail_are_counted():
    moody = type("Moodier", (Moody,), {"limit": X.mean() + 1.8 * X.std() / np.sqrt(40)})().with_parameters([1 / X.mean()])
    found = ss.intervals(moody, X, method=ss.Bootstrap(replications=400, kind="percentile"), rng=0)
    assert "of 400 replications could not be fitted and are left out: the mean is above" in repr(found)
    assert 360 <= len(found.replications) < 400


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.intervals(MODEL, X, method=ss.Bootstrap(replications=50), rng=0), "replications=50 leave fewer than 5 beyond each end at level=0.9; use at least 100"),
        (lambda: ss.Bootstrap(replications=1), "replications must be at least 10, got 1"),
        (lambda: ss.Bootstrap(kind="studentized"), "got 'studentized'"),
        (lambda: ss.Bootstrap(simulate=3), "simulate must be a function"),
        (lambda: ss.intervals(ss.KernelDensity().fit(X[:, None]), X, method="bootstrap"), "KernelDensity has no parameter_names"),
        (lambda: ss.intervals(MODEL, X[:1], method="bootstrap"), r"X has 1 independent part\(s\)"),
        (lambda: ss.intervals(type("Picky", (Moody,), {"limit": 0.1})().with_parameters([1.0]), X, method="bootstrap"), "replications could not be fitted, the first"),
    ],
)
def test_bad_requests_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError), match=words):
        call()
