"""What a checkpoint compares: descriptions change with what they describe, and with nothing else."""

import functools

import numpy as np
import pytest

from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.samplers.chains.identity import describe


class Shifted:
    def __init__(self, mean):
        self.mean = mean

    def __call__(self, x):
        return -0.5 * (x - self.mean) @ (x - self.mean)


def shifted(mean, x):
    return -0.5 * (x - mean) @ (x - mean)


def mixture(mean):
    return GaussianMixture.from_parameters(weights=[1.0], means=[[mean]], covariances=[[[1.0]]])


def closure(mean):
    return lambda x: shifted(mean, x)


@pytest.mark.parametrize("make", [Shifted, mixture, closure, lambda mean: functools.partial(shifted, mean), lambda mean: np.array([mean])])
def test_a_description_changes_with_the_object_and_only_then(make):
    assert describe(make(0.0)) == describe(make(0.0))
    assert describe(make(0.0)) != describe(make(30.0))
