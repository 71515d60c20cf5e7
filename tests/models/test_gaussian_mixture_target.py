"""A fitted mixture as a target: its value is that of `score_samples`, its gradient that of inverse matrices and differences."""

import numpy as np
import pytest

from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.models.table_mixture.table_mixture import TableMixture
from statsim.samplers.targets.target import as_target
from tests.reference.mixture_target import value_and_gradient

SHAPES = {"full": lambda S: S, "tied": lambda S: S[0], "diag": lambda S: S[:, [0, 1, 2], [0, 1, 2]], "spherical": lambda S: S[:, 0, 0]}


def mixture(rng, kind="full"):
    roots = rng.normal(size=(2, 3, 3)) + 2 * np.eye(3)
    return GaussianMixture.from_parameters(
        weights=[0.3, 0.7], means=rng.normal(size=(2, 3)), covariances=SHAPES[kind](roots @ roots.transpose(0, 2, 1)), covariance_type=kind
    )


@pytest.mark.parametrize("kind", list(SHAPES))
def test_value_and_gradient_are_those_of_the_model(kind, rng):
    model = mixture(rng, kind)
    target, points = model.to_target(), 3 * rng.normal(size=(20, 3))
    np.testing.assert_allclose(target.log_density(points), model.score_samples(points), rtol=1e-12)
    for x in points:
        value, slopes = target.value_and_gradient(x)
        expected, expected_slopes = value_and_gradient(x, model.weights_, model.means_, model._parameters().dense)
        assert value == pytest.approx(expected, rel=1e-11)
        np.testing.assert_allclose(slopes, expected_slopes, rtol=1e-9, atol=1e-10)


def test_far_components_and_far_points():
    model = GaussianMixture.from_parameters(weights=[0.5, 0.5, 0.0], means=[[-1e3], [1e3], [0.0]], covariances=[1.0] * 3, covariance_type="spherical")
    target = model.to_target()
    assert target.gradient([1001.0]).tolist() == [-1.0]
    assert target.gradient([-1001.0]).tolist() == [1.0]
    assert target.value_and_gradient([1e200])[0] == -np.inf


def test_names_and_starts_are_those_of_the_model(rng):
    model = mixture(rng)
    target = model.to_target()
    assert target.names == ("x[0]", "x[1]", "x[2]")
    state = np.array([1, 2, 3, 4], np.uint64)
    starts = np.array([target.draw_start(state) for _ in range(4000)])
    scores = model.score_samples(model.sample(4000, rng=1))
    testing.assert_same_distribution(model.score_samples(starts), scores)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):  # broken twin: starts with a wrong factor
        testing.assert_same_distribution(model.score_samples(1.3 * starts), scores)


def test_constant_columns_are_refused_with_the_remedy():
    model = GaussianMixture.from_parameters(weights=[1.0], means=[[5.0, 0.0]], covariances=[[0.0, 1.0]], covariance_type="diag")
    with pytest.raises(ArgumentError, match=r"columns \[0\] are constant.*marginal\(\[1\]\)"):
        model.to_target()
    assert model.marginal([1]).to_target().dim == 1


def test_a_model_without_a_density_says_what_to_do():
    with pytest.raises(ArgumentTypeError, match="TableMixture has no log density.*model.sample"):
        as_target(TableMixture())
    with pytest.raises(ValueError, match="no parameters yet"):
        GaussianMixture().to_target()


def test_gibbs_knows_the_conditional_laws_of_a_mixture(rng):
    model = mixture(rng)
    (move,) = model.to_target().conditionals()
    before, state = model.sample(4000, rng=5), np.array([1, 2, 3, 4], np.uint64)
    after = before.copy()
    for row in after:
        move.update(row, state, *move.data)
    pairs = np.stack([before, after])
    features = np.concatenate([pairs, pairs**2, pairs[..., :2] * pairs[..., 1:]], axis=-1)
    testing.assert_mean(features[1] - features[0], 0.0)
