"""Trends and known beginnings of ARMA series: fits against statsmodels, against autoregressions, and at the maximum; files."""

import numpy as np
import pytest

import statsim as ss
from statsim.catalog import from_document
from statsim.errors import FileRefusedError
from tests.models.series.cases import MODELS, gappy


def values(name="ARMA(1, 2) with a slope", n=200):
    return MODELS[name]().sample(n, rng=1)


def values_for(trend):
    """A series that the trend fits."""
    return values() if trend == "ct" else values("AR(3)") - (5 / 3 if trend == "n" else 0.0)


@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning", "ignore::UserWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("trend", ["n", "c", "ct"])
def test_the_fit_is_no_worse_than_statsmodels(trend):
    """The same likelihood at the same parameters, and at least its maximum."""
    from statsmodels.tsa.arima.model import ARIMA

    x = values_for(trend)[:80]
    fit = ss.ARMA((1, 2), trend=trend).fit(x)
    peer = ARIMA(x[:, 0], order=(1, 0, 2), trend=trend, enforce_stationarity=True)
    line = [] if trend == "n" else [(fit.intercept_ - fit.ar_[0] * fit.slope_ / (1 - fit.ar_[0])) / (1 - fit.ar_[0])]
    line += [fit.slope_ / (1 - fit.ar_[0])] if trend == "ct" else []
    assert peer.loglike([*line, *fit.ar_, *fit.ma_, fit.noise_variance_]) == pytest.approx(fit.fit_result_.objective, rel=1e-8)
    assert fit.fit_result_.objective > peer.fit().llf - 1e-4
    assert fit.n_parameters() == 4 + ("n", "c", "ct").index(trend)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize(("trend", "initial"), [("ct", None), ("c", [4.0, 5.0]), ("ct", [4.0, 5.0]), ("n", [4.0, 5.0])])
def test_no_parameters_near_the_maximum_are_likelier(trend, initial, gaps, rng):
    x = values("ARMA(2, 1) with a unit root" if initial else "ARMA(1, 2) with a slope", 150)
    x = gappy(x, rng, 0.1) if gaps else x
    fit = ss.ARMA((2, 1), trend=trend, initial=initial, missing="mar").fit(x)
    best = fit.fit_result_.objective
    assert best == pytest.approx(fit.log_likelihood(x), rel=1e-10) and np.diff(fit.fit_result_.path).min() >= 0
    for _ in range(12):
        near = ss.ARMA.from_parameters(
            ar=fit.ar_ + 1e-3 * rng.normal(size=2) * (1 if initial is None else 0.1), ma=fit.ma_ + 1e-3 * rng.normal(size=1),
            intercept=fit.intercept_ + (trend != "n") * 1e-3 * rng.normal(), slope=fit.slope_ + (trend == "ct") * 1e-5 * rng.normal(),
            noise_variance=fit.noise_variance_ * (1 + 1e-3 * rng.normal()), initial=initial,
        )  # fmt: skip
        near.missing = "mar"
        assert near.log_likelihood(x) < best + 1e-9


@pytest.mark.parametrize("trend", ["n", "c", "ct"])
@pytest.mark.parametrize("initial", [None, [3.0, 4.0]])
def test_without_moving_average_it_is_the_autoregression(trend, initial):
    x = values_for(trend)
    arma, ar = ss.ARMA((2, 0), trend=trend, initial=initial).fit(x), ss.AutoRegression(2, trend=trend, initial=initial).fit(x)
    np.testing.assert_allclose(arma.ar_, ar.coefficients_, rtol=1e-4, atol=1e-6)
    assert arma.fit_result_.objective == pytest.approx(ar.fit_result_.objective, rel=1e-9)
    assert arma.slope_ == pytest.approx(ar.slope_, rel=1e-3, abs=1e-9)
    same = ss.ARMA.from_parameters(ar=ar.coefficients_, intercept=ar.intercept_, slope=ar.slope_, noise_variance=ar.noise_variance_, initial=initial)
    assert same.log_likelihood(x) == pytest.approx(ar.log_likelihood(x), rel=1e-11)


@pytest.mark.parametrize("trend", ["c", "ct"])
def test_units(trend):
    x, initial = values("ARMA(2, 1) with a unit root", 60), np.array([4.0, 5.0])
    base, scaled = (ss.ARMA((2, 1), trend=trend, initial=initial * s).fit(x * s) for s in (1.0, 2.0**60))
    np.testing.assert_allclose(scaled.ar_, base.ar_, rtol=1e-10)
    assert scaled.slope_ == pytest.approx(base.slope_ * 2.0**60, rel=1e-10)
    moved = ss.ARMA((2, 1), trend=trend, initial=initial + 2.0**10).fit(x + 2.0**10)
    np.testing.assert_allclose(moved.ar_, base.ar_, atol=1e-5)


def test_a_file_whose_trend_and_slope_do_not_agree_is_refused():
    document = MODELS["ARMA(1, 2) with a slope"]().to_document()
    document["parameters"]["trend"] = "c"
    with pytest.raises(FileRefusedError, match="trend='c' does not go with the slope 0.25"):
        from_document(document)


def test_the_default_fit_finds_the_highest_of_several_maxima():
    """The series whose likelihood has two maxima 0.5 and more apart (found by 12 starts each): one climb from the regression ends at the lower."""
    from statsim.estimators.likelihood_ascent import LikelihoodAscent
    from statsim.models.series.arma_law import from_partial
    from statsim.models.series.arma_steps import ArmaSteps
    from statsim.models.series.prepared import prepare
    from statsim.sequences import as_sequences

    rng = np.random.default_rng(5)
    for number, phi, theta in ((1, 0.7158196945953877, -0.6196158676957338), (3, -0.4760703768488914, 0.3243876222270847)):
        x = ss.ARMA.from_parameters(ar=[phi], ma=[theta], noise_variance=1.0).sample(100, rng=number)
        rows = prepare(as_sequences(x), np.ones(1), centred=True, timed=False, initial=None)
        starts = [None, *((from_partial(s[:1]), -from_partial(s[1:])) for s in rng.uniform(-0.8, 0.8, (5, 2)))]
        values = [LikelihoodAscent().fit(ArmaSteps(rows, (1, 1), "c", coefficients=start))[1].objective for start in starts]
        fit = ss.ARMA((1, 1)).fit(x).fit_result_
        assert fit.objective > max(values) - 1e-4 and fit.objective > values[0] + 0.3
        assert fit.n_starts == 6 and 1 <= fit.n_agreed < 6
