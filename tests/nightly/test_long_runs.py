"""Many random requests, mixtures and data sets; the seed is printed by the command that runs this."""

import os

import numpy as np
import pytest

import statsim
from statsim import testing

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])


def random_mixture(index, *, n_components=None, n_columns=None):
    """A mixture with random shape and parameters, and the generator that made it."""
    rng = np.random.default_rng([ENTROPY, index])
    k = n_components or int(rng.integers(1, 9))
    d = n_columns or int(rng.integers(1, 12))
    roots = rng.standard_normal((k, d, d))
    covariances = roots @ roots.transpose(0, 2, 1) + 0.1 * np.eye(d)
    parameters = {"weights": rng.dirichlet(np.full(k, 2.0)), "means": 4.0 * rng.standard_normal((k, d))}
    return statsim.GaussianMixture.from_parameters(covariances=covariances, **parameters), rng


@pytest.mark.parametrize("index", range(40))
def test_any_request_is_part_of_the_same_data_set(index):
    model, rng = random_mixture(index)
    origin = int(rng.integers(0, 2**62))
    whole = model.sample(20_000, rng=index, start=origin)
    for _ in range(25):
        begin = int(rng.integers(0, 20_000))
        n = int(rng.integers(0, 20_001 - begin))
        part = model.sample(n, rng=index, start=origin + begin, num_threads=int(rng.integers(1, 9)))
        assert part.tobytes() == whole[begin : begin + n].tobytes()


@pytest.mark.parametrize("index", range(10))
def test_samples_have_the_moments_of_their_law(index):
    model, rng = random_mixture(1000 + index, n_columns=3)
    rows = model.sample(4_000_000, rng=int(rng.integers(2**32)))
    for column in range(3):
        spread = np.sqrt(model.weights_ @ (model.covariances_[:, column, column] + model.means_[:, column] ** 2))
        testing.assert_mean(rows[:, column] / spread, float(model.weights_ @ model.means_[:, column] / spread))


@pytest.mark.parametrize("index", range(10))
def test_a_fit_to_a_sample_is_at_least_as_likely_as_the_truth(index):
    truth, rng = random_mixture(2000 + index, n_components=3, n_columns=2)
    rows = truth.sample(5_000, rng=int(rng.integers(2**32)))
    fitted = statsim.GaussianMixture(3, rng=index).fit(rows)
    assert fitted.score(rows) >= truth.score(rows)
    assert np.diff(fitted.fit_result_.path).min() >= -1e-9 * abs(fitted.fit_result_.path[-1])
