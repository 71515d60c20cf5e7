"""Conditioning uses the project's own arithmetic alone: no libm, BLAS, LAPACK or SciPy, so that rows agree on every machine."""

import numpy as np
import pytest
import scipy.special

from statsim.kernels.evidence import count_log_probability, normalise_weights
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from tests.golden.compute import mixture, table
from tests.reference import table_mixture as twin


def _refused(*args, **kwargs):
    raise AssertionError("a function that differs between machines was called")


def _take_away_foreign_arithmetic(monkeypatch):
    for home, names in (
        (np, ("exp", "log", "log1p", "expm1", "power", "dot", "einsum", "matmul")),
        (np.linalg, ("solve", "inv", "cholesky", "slogdet", "eigh")),
        (scipy.special, ("gammaln", "xlogy", "digamma", "ndtr", "ndtri")),
    ):
        for name in names:
            monkeypatch.setattr(home, name, _refused)


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_gaussian_mixture(kind, monkeypatch):
    def conditioned():
        return mixture(kind).given({1: 2.5, 3: -4.0}).sample(10, rng=1)

    expected = conditioned()  # compiled before NumPy is taken apart
    _take_away_foreign_arithmetic(monkeypatch)
    np.testing.assert_array_equal(conditioned(), expected)


def test_table_mixture(monkeypatch):
    def conditioned():
        model = table().given(continuous={1: 0.3}, discrete={0: 2}, counts={1: 12}, missing=[("continuous", 0)])
        return model.sample(10, rng=1)

    expected = conditioned()
    _take_away_foreign_arithmetic(monkeypatch)
    np.testing.assert_array_equal(conditioned().counts, expected.counts)


@pytest.mark.parametrize("dispersion", [0.0, 1e-3, 0.5, 20.0, -1.0])
@pytest.mark.parametrize("mean", [0.25, 1.0, 12.0, 3000.0])
def test_count_probabilities(mean, dispersion):
    mean = np.floor(mean) if dispersion < 0 else mean
    for x in (0, 1, 5, 12, 300, 3000):
        expected = twin.count_log_probability(x, mean, dispersion)
        assert count_log_probability(float(x), mean, dispersion) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("dispersion", [0.0, 0.5])
def test_counts_at_the_edges(dispersion):
    assert count_log_probability(0.0, 0.0, dispersion) == 0.0
    assert count_log_probability(1.0, 0.0, dispersion) == -np.inf
    assert count_log_probability(0.0, 5e-324, dispersion) == pytest.approx(0.0)
    assert np.isfinite(count_log_probability(2.0, 1e-200, dispersion))


def test_weights_of_impossible_components_are_zero():
    weights = np.full(3, np.nan)
    assert normalise_weights(np.array([-np.inf, -1e5, np.nan]), weights) == -1e5
    assert weights.tolist() == [0.0, 1.0, 0.0]
    assert normalise_weights(np.array([-np.inf]), weights) == -np.inf


def test_a_nearly_singular_law_can_be_conditioned_and_drawn_from():
    """The difference of two matrices loses the sign of the variance left over; the Cholesky factor keeps it."""
    r = 1 - 1e-13
    model = GaussianMixture.from_parameters(weights=[1.0], means=np.zeros((1, 2)), covariances=[[[1.0, r], [r, 1.0]]])
    conditional = model.given({0: 1.0})
    assert conditional.covariances_[0, 0, 0] == pytest.approx(2e-13, rel=1e-2)
    assert np.isfinite(conditional.sample(10, rng=1)).all()
