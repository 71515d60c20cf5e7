"""Density estimates of every kind of column, with the log density that a slow twin gives them."""

from dataclasses import dataclass

import numpy as np

from statsim.models.kde.columns import Categorical, Circular
from statsim.models.kde.kernel_density import KernelDensity
from tests.reference import kde as twin

KERNEL_NAMES = tuple(twin.SHAPES)
ROWS = np.column_stack(
    [
        np.random.default_rng(1).normal(size=70),
        np.random.default_rng(2).random(70),
        6 * np.random.default_rng(3).random(70),
        np.random.default_rng(4).integers(0, 3, 70),
        np.random.default_rng(5).gamma(1.0, size=70),
    ]
)
WEIGHTS = np.random.default_rng(6).random(70) + 0.2
SUPPORT = {1: (0.0, 1.0), 2: Circular(0.0, 6.5), 3: Categorical((0, 1, 2)), 4: (0.0, None)}
H = np.array([0.6, 0.3, 1.4, 0.25, 0.5])


@dataclass
class Mixed:
    """Five columns of five kinds."""

    kernel: str
    factors: np.ndarray | None = None

    def model(self):
        return KernelDensity.from_parameters(ROWS, bandwidth=H, weights=WEIGHTS, factors=self.factors, kernel=self.kernel, support=SUPPORT)

    def cell(self, j, x, y, i):
        h = H[j] * (1.0 if self.factors is None else self.factors[i])
        if j == 0:
            return twin.line(self.kernel, x, y, h)
        if j == 1:
            return twin.reflected(self.kernel, x, y, h, 0.0, 1.0)
        if j == 2:
            return twin.turned(self.kernel, x, y, h, 6.5)
        if j == 3:
            return twin.level(x, y, H[3], 3)
        return twin.reflected(self.kernel, x, y, h, 0.0, np.inf)

    def log_density(self, X):
        return twin.log_density(X, ROWS, WEIGHTS / WEIGHTS.sum(), self.cell)


def points(n, seed):
    """Places inside the support, some of them on its edges."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([2 * rng.normal(size=n), rng.random(n), 6.5 * rng.random(n), rng.integers(0, 3, n), 3 * rng.random(n)])
    X[0, [1, 2, 4]] = 0.0
    X[1, 1] = 1.0
    return X
