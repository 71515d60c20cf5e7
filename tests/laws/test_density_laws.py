"""Draws and densities agree: each is the other's oracle, over every specimen with a density.

With rows from p and any other density q of the same columns, the mean of q / p is 1. Taking q = (p + r) / 2 for the mixture r that
shares p's columns keeps the ratio below a bound, so that the assertion is exact.
"""

import math

import numpy as np
import pytest
from scipy import integrate, stats

import statsim as ss
from statsim import testing
from tests.golden.compute import mixture, table
from tests.laws.specimens import SPECIMENS

KINDS = ("full", "tied", "diag", "spherical")


def _moved(model, by):
    return ss.GaussianMixture.from_parameters(
        weights=model.weights_, means=model.means_ + by, covariances=model.covariances_, covariance_type=model.covariance_type
    )


def _bounded_ratio(p, r, rows):
    """r / (p + r) on rows of the even mixture of p and r: its mean is 1/2 when both densities are normalised and drawn from."""
    log_p, log_r = p.score_samples(rows), r.score_samples(rows)
    return np.exp(log_r - np.logaddexp(log_p, log_r))


@pytest.mark.parametrize("kind", KINDS)
def test_draws_agree_with_the_density(kind, seed):
    p, r = mixture(kind), _moved(mixture(kind), 0.5)
    n = 100_000
    ratio = np.concatenate([_bounded_ratio(p, r, p.sample(n, rng=seed)), _bounded_ratio(p, r, r.sample(n, rng=seed + 1))])
    testing.assert_mean(ratio, 0.5, bounds=(0, 1), detects=0.02)


def test_broken_twin_a_density_with_wrong_weights_fails(seed):
    p = mixture("full")
    wrong = ss.GaussianMixture.from_parameters(weights=[0.25, 0.5, 0.25], means=p.means_, covariances=p.covariances_)
    r = _moved(p, 0.5)
    n = 100_000
    ratio = np.concatenate([_bounded_ratio(wrong, r, p.sample(n, rng=seed)), _bounded_ratio(wrong, r, r.sample(n, rng=seed + 1))])
    with pytest.raises(AssertionError):
        testing.assert_mean(ratio, 0.5, bounds=(0, 1), detects=0.02)


def test_one_column_density_integrates_to_one():
    model = SPECIMENS["mixture one column"]()
    total, _ = integrate.quad(lambda x: math.exp(model.score_samples([[x]])[0]), -12, 12, epsabs=1e-12, points=[-2, 1])
    assert abs(total - 1) < 1e-10


def test_one_column_follows_its_cdf(seed):
    model = SPECIMENS["mixture one column"]()

    def cdf(x):
        return 0.25 * stats.norm.cdf(x, -2, 0.5) + 0.75 * stats.norm.cdf(x, 1, 1)

    testing.assert_follows(model.sample(300_000, rng=seed)[:, 0], cdf)


@pytest.mark.parametrize("kind", KINDS)
def test_projections_follow_their_normal_mixture(kind, seed):
    """Any linear projection of a Gaussian mixture is one: marginals alone would not see a wrong correlation."""
    model, n = mixture(kind), 200_000
    rows = model.sample(n, rng=seed)
    dense = _dense(model)
    for direction in np.random.default_rng(seed).integers(-3, 4, size=(4, rows.shape[1])):
        means, sds = model.means_ @ direction, np.sqrt(np.einsum("i,kij,j->k", direction, dense, direction))
        if not sds.all():
            continue
        testing.assert_follows(rows @ direction, lambda x, m=means, s=sds: stats.norm.cdf(x[:, None], m, s) @ model.weights_)


def _dense(model):
    k, d = model.means_.shape
    c = model.covariances_
    return {
        "full": lambda: c,
        "tied": lambda: np.broadcast_to(c, (k, d, d)),
        "diag": lambda: c[:, :, None] * np.eye(d),
        "spherical": lambda: c[:, None, None] * np.eye(d),
    }[model.covariance_type]()


def test_broken_twin_a_transposed_factor_fails(seed):
    """Transposing the factor keeps the total variance but not that of a column."""
    model = mixture("full")
    lower = np.linalg.cholesky(model.covariances_)
    rows, labels = model.sample(20_000, rng=seed, return_latent=True)
    z = np.stack([np.linalg.solve(lower[k], row - model.means_[k]) for k, row in zip(labels, rows, strict=True)])
    wrong = model.means_[labels] + np.einsum("nji,nj->ni", lower[labels], z)
    direction = np.array([1, 0, 0, 0, 0])
    means, sds = model.means_ @ direction, np.sqrt(np.einsum("i,kij,j->k", direction, model.covariances_, direction))
    with pytest.raises(AssertionError):
        testing.assert_follows(wrong @ direction, lambda x: stats.norm.cdf(x[:, None], means, sds) @ model.weights_)


def test_labels_are_the_posterior(seed):
    """The share of rows of component k among rows whose posterior says q is q: labels and predict_proba agree."""
    model = mixture("spherical")
    rows, labels = model.sample(200_000, rng=seed, return_latent=True)
    posterior = model.predict_proba(rows)
    for k in range(3):
        testing.assert_mean((labels == k) - posterior[:, k], 0.0, bounds=(-1, 1), detects=0.03)


def test_rows_are_not_grouped_by_component(seed):
    _, labels = mixture("full").sample(100_000, rng=seed, return_latent=True)
    testing.assert_independent((labels == 0).astype(float))
    with pytest.raises(AssertionError):
        testing.assert_independent(np.sort(labels).astype(float))


def test_table_cells_agree_with_the_density(seed):
    """The mean over rows of p / (p + r) for two table mixtures, as for the Gaussian ones."""
    p = table()
    r = ss.TableMixture.from_parameters(np.array([0.5, 0.5]), **_table_arrays(p.parameters_))
    n = 100_000
    ratio = np.concatenate([_bounded_ratio(p, r, p.sample(n, rng=seed)), _bounded_ratio(p, r, r.sample(n, rng=seed + 1))])
    testing.assert_mean(ratio, 0.5, bounds=(0, 1), detects=0.02)


def _table_arrays(parameters):
    from dataclasses import fields

    return {field.name: getattr(parameters, field.name) for field in fields(parameters) if field.name != "weights"}


def test_a_row_of_weight_zero_is_no_row():
    model = SPECIMENS["mixture constant column"]()
    rows = np.array([[1.0, 5.0], [1.0, 6.0]])
    assert model.score_samples(rows)[1] == -np.inf
    assert model.log_likelihood(rows, sample_weight=[2.0, 0.0]) == 2 * model.log_likelihood(rows[:1])
