"""Regions of Gaussian mixtures whose expectations quadrature knows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.models.mixture.gaussian_mixture import GaussianMixture
from tests.reference.restricted import expectation

PLANE = GaussianMixture.from_parameters(
    weights=[0.6, 0.4], means=[[0.0, 0.0], [1.5, -0.5]], covariances=[[[1.0, 0.7], [0.7, 1.0]], [[0.5, -0.2], [-0.2, 0.8]]]
)
SPACE = GaussianMixture.from_parameters(
    weights=[0.5, 0.5], means=[[0.0, 0.0, 0.0], [1.0, 0.0, 1.0]],
    covariances=[[[1.0, 0.3, 0.0], [0.3, 1.0, 0.2], [0.0, 0.2, 1.0]], np.diag([0.5, 1.0, 2.0])],
)  # fmt: skip


def features(x):
    """First and second moments."""
    return np.column_stack([x, x**2, x[:, 0] * x[:, 1]])


@dataclass
class Case:
    model: Any
    where: dict
    box: tuple
    onto: Any = None
    jacobian: Any = None
    inside: Any = None

    def restricted(self):
        return self.model.where(**self.where)

    def truth(self):
        return expectation(lambda x: np.exp(self.model.score_samples(x)), features, self.box, self.onto, self.jacobian)


CASES = {
    "box": Case(PLANE, {"bounds": {0: (0.5, 2.0), 1: (None, -0.4)}}, ((0.5, 2.0), (-9.0, -0.4))),
    "tail": Case(PLANE, {"bounds": {0: (6.0, None)}}, ((6.0, 10.0), (-8.0, 12.0))),
    "half plane": Case(
        PLANE, {"linear": ([[1.0, 1.0]], 2.5, None)}, ((2.5, 15.0), (-12.0, 12.0)),
        lambda u: np.column_stack([(u[:, 0] + u[:, 1]) / 2, (u[:, 0] - u[:, 1]) / 2]), lambda u: 0.5,
    ),
    "triangle": Case(
        PLANE, {"bounds": {0: (0.0, None), 1: (0.0, None)}, "linear": ([[1.0, 1.0]], None, 1.0)}, ((0.0, 1.0), (0.0, 1.0)),
        lambda u: np.column_stack([u[:, 0], (1 - u[:, 0]) * u[:, 1]]), lambda u: 1 - u[:, 0],
    ),
    "plane": Case(
        SPACE, {"linear": ([[1.0, 1.0, 1.0]], [1.0])}, ((-7.0, 8.0), (-7.0, 8.0)), lambda u: np.column_stack([u, 1 - u.sum(axis=1)])
    ),
    "plane and bound": Case(
        SPACE, {"linear": ([[1.0, 1.0, 1.0]], [1.0]), "bounds": {0: (0.5, None)}}, ((0.5, 8.0), (-7.0, 8.0)),
        lambda u: np.column_stack([u, 1 - u.sum(axis=1)]),
    ),
}  # fmt: skip
