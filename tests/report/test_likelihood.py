"""The section on likelihood: a model that is right has no gap, a wrong one has."""

import numpy as np
import pyarrow as pa
import pytest

import statsim as ss
from statsim import metrics, testing
from statsim.report import write_report
from statsim.report.likelihood import likelihood_view
from tests.golden.compute import mixture


def test_a_right_model_has_no_gap(seed):
    model = mixture("diag")
    gap = metrics.likelihood_gap(model.score_samples(model.sample(20_000, rng=seed)), model.score_samples(model.sample(20_000, rng=seed + 1)))
    assert gap.p_value > 1e-7
    assert gap.perfect == 0.0


def test_broken_twin_a_wrong_model_has_a_gap(seed):
    right = mixture("diag")
    wrong = ss.GaussianMixture.from_parameters(
        weights=right.weights_, means=right.means_, covariances=1.2 * right.covariances_, covariance_type="diag"
    )
    rows = right.sample(20_000, rng=seed)
    gap = metrics.likelihood_gap(wrong.score_samples(rows), wrong.score_samples(wrong.sample(20_000, rng=seed)))
    assert gap.p_value < 1e-7


def test_error_is_the_spread_over_repetitions(seed):
    """z = gap / error has mean 0 and variance 1 over fresh rows."""
    model = mixture("spherical")
    scores = model.score_samples(model.sample(400_000, rng=seed)).reshape(2, 1000, 200)
    gaps = [metrics.likelihood_gap(a, b) for a, b in zip(*scores, strict=True)]
    testing.assert_mean(np.array([gap.value / gap.error for gap in gaps]), 0.0, sd=1.0)


def test_impossible_rows_are_counted():
    shown = likelihood_view((np.array([-1.0, -2.0, -np.inf]), np.array([-1.0, -2.0, -3.0])))
    assert shown["impossible"] == "1"
    assert metrics.likelihood_gap([-1.0, -np.inf], [-1.0, -2.0]).value == -np.inf


def test_nan_is_refused():
    with pytest.raises(ValueError, match="own must hold at least 2"):
        metrics.likelihood_gap([-1.0, -2.0], [np.nan, 1.0])


def test_the_page_says_it(tmp_path):
    x = np.random.default_rng(3).normal(size=400)
    real = pa.table({"x": x, "y": x + np.random.default_rng(4).normal(size=400)})
    model = ss.Synthesizer(1, rng=0).fit(real)
    write_report(real, model.sample(500, rng=1), tmp_path / "r.html", model=model)
    text = (tmp_path / "r.html").read_text()
    assert "Likelihood" in text
    assert "nats per row" in text
    write_report(real, model.sample(500, rng=1), tmp_path / "s.html")
    assert "nats per row" not in (tmp_path / "s.html").read_text()
