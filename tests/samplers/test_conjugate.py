"""Conjugate blocks: parameter from the prior, data given it, one update given the data; the pair must keep its joint law."""

import numpy as np
import pytest

from statsim import testing
from statsim.errors import ArgumentError
from statsim.samplers import conjugate

N = 3000


def normal_mean(rng):
    theta = rng.normal(0.5, 1 / np.sqrt(2.0))
    y = rng.normal(theta, 0.5, size=3)
    return theta, y.mean(), conjugate.normal_mean(0, observations=y, precision=4.0, prior_mean=0.5, prior_precision=2.0)


def normal_precision(rng):
    theta = rng.gamma(3.0, 1 / 2.0)
    y = rng.normal(1.0, 1 / np.sqrt(theta), size=4)
    return theta, ((y - 1.0) ** 2).mean(), conjugate.normal_precision(0, observations=y, mean=1.0, shape=3.0, rate=2.0)


def beta_binomial(rng):
    theta = rng.beta(2.0, 3.0)
    y = rng.binomial(6, theta)
    return theta, y, conjugate.beta_binomial(0, successes=y, trials=6, a=2.0, b=3.0)


def gamma_poisson(rng):
    theta = rng.gamma(2.0, 1 / 3.0)
    y = rng.poisson(theta * np.array([1.0, 2.0]))
    return theta, y.sum(), conjugate.gamma_poisson(0, counts=y, exposure=[1.0, 2.0], shape=2.0, rate=3.0)


def dirichlet_categorical(rng):
    theta = rng.dirichlet([1.0, 2.0])
    y = rng.multinomial(5, theta)
    return theta[0], y[0], conjugate.dirichlet_categorical(0, counts=y, concentration=[1.0, 2.0])


MODELS = [normal_mean, normal_precision, beta_binomial, gamma_poisson, dirichlet_categorical]


def joint(model, rng):
    """Rows (parameter, statistic of the data) before and after one update."""
    state = rng.integers(1, 2**63, size=4, dtype=np.uint64)
    before, after = np.empty((N, 2)), np.empty((N, 2))
    for i in range(N):
        theta, statistic, move = model(rng)
        x = np.array([theta, 0.0])
        move.update(x, state, *move.data)
        before[i], after[i] = (theta, statistic), (x[0], statistic)
    return before, after


def changes(before, after):
    def features(rows):
        return np.column_stack([rows[:, 0], rows[:, 0] ** 2, rows[:, 0] * rows[:, 1]])

    return features(after) - features(before)


@pytest.mark.parametrize("model", MODELS)
def test_an_update_keeps_the_joint_law_of_parameter_and_data(model, rng):
    before, after = joint(model, rng)
    assert (before[:, 0] != after[:, 0]).all()
    testing.assert_mean(changes(before, after), 0.0)


@pytest.mark.parametrize("model", MODELS)
def test_data_of_someone_else_are_found_out(model, rng):
    before, after = joint(model, rng)
    after[:, 0] = np.roll(after[:, 0], 1)  # right marginal law, wrong joint law
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(changes(before, after), 0.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conjugate.normal_mean(0, observations=[1.0]), "not both or none"),
        (lambda: conjugate.normal_mean(0, observations=[1.0], precision=1.0, precision_place=1), "not both or none"),
        (lambda: conjugate.normal_mean(0, observations=[], precision=1.0), "the prior is flat"),
        (lambda: conjugate.normal_mean(0, observations=[np.nan], precision=1.0), "finite"),
        (lambda: conjugate.normal_precision(0, observations=[1.0], mean=0.0, shape=0.0, rate=1.0), "shape"),
        (lambda: conjugate.beta_binomial(0, successes=4, trials=3), "successes"),
        (lambda: conjugate.gamma_poisson(0, counts=[-1], shape=1.0, rate=1.0), "negative"),
        (lambda: conjugate.normal_mean(1, observations=[1.0], precision_place=1), "precision_place=1 is place itself"),
        (lambda: conjugate.normal_precision(1, observations=[1.0], mean_place=1, shape=1.0, rate=1.0), "mean_place=1 is place itself"),
        (lambda: conjugate.gamma_poisson(0, counts=[1, 2], exposure=[1.0], shape=1.0, rate=1.0), "exposure must be"),
        (lambda: conjugate.gamma_poisson(0, counts=[1, 2], exposure=[1.0, 0.0], shape=1.0, rate=1.0), "exposure must be"),
        (lambda: conjugate.dirichlet_categorical(0, counts=[1, 2], concentration=0.0), "concentration"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()


def test_one_exposure_is_that_of_every_count():
    one = conjugate.gamma_poisson(0, counts=[1, 2, 3], exposure=2.0, shape=1.0, rate=1.0)
    each = conjugate.gamma_poisson(0, counts=[1, 2, 3], exposure=[2.0, 2.0, 2.0], shape=1.0, rate=1.0)
    assert one.data == each.data
    assert one.data[2] == 6.0
