"""A pytest plugin that mixes entropy from the system into every stream of statsim and every seeded NumPy generator."""

import os

import numpy as np

from statsim import rng as rngs

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])
_default_rng = np.random.default_rng


def default_rng(seed=None):
    """As `numpy.random.default_rng`, an integer mixed with `ENTROPY`."""
    whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    return _default_rng([int(seed), ENTROPY] if whole and seed >= 0 else seed)


def pytest_configure():
    rngs._TAG = ENTROPY  # part of every key, whatever named the seed
    np.random.default_rng = default_rng


def pytest_report_header():
    return f"every seed is mixed with STATSIM_NIGHTLY_ENTROPY={ENTROPY}"
