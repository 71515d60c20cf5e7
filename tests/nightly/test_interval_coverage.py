"""Coverage of 90 % intervals by every method, over 2000 data sets (300 for the bootstrap, which is slow); the seed is printed by the command that runs this."""

import os

import numpy as np
import pytest

import statsim as ss
from statsim import testing

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])
METHODS = {
    "wald": (ss.Wald(), 2000),
    "sandwich": (ss.Wald(kind="sandwich"), 2000),
    "profile": (ss.Profile(), 2000),
    "percentile": (ss.Bootstrap(replications=400, kind="percentile"), 300),
    "bca": (ss.Bootstrap(replications=400), 300),
    "parametric": (ss.Bootstrap(replications=400, resample="parametric"), 300),
}


@pytest.mark.parametrize("name", METHODS)
def test_nine_in_ten_cover(name):
    method, n = METHODS[name]
    rng = np.random.default_rng([ENTROPY, list(METHODS).index(name)])
    covered = np.zeros(2, int)
    for seed in range(n):
        data = rng.normal(1.0, 2.0, 300)
        found = ss.intervals(ss.Normal().fit(data), data, method=method, rng=seed)
        covered += [found["loc"][0] < 1.0 < found["loc"][1], found["scale"][0] < 2.0 < found["scale"][1]]
    print(f"\n{name}: loc {covered[0] / n:.3f}, scale {covered[1] / n:.3f} of {n}")
    for count in covered:
        testing.assert_probability(int(count), n, 0.9)
