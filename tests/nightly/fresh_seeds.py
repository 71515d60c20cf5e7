"""A pytest plugin that mixes entropy from the system into every integer seed, of statsim and of NumPy's generators."""

import os

import numpy as np

from statsim import rng as rngs

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])
_seed_sequence, _default_rng = rngs.seed_sequence, np.random.default_rng


def _fresh(seed):
    return [int(seed), ENTROPY] if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool) and seed >= 0 else seed


def seed_sequence(rng, *, name="rng"):
    """As `statsim.rng.seed_sequence`, the integer mixed with `ENTROPY`."""
    mixed = _fresh(rng)
    return np.random.SeedSequence(mixed) if isinstance(mixed, list) else _seed_sequence(rng, name=name)


def default_rng(seed=None):
    """As `numpy.random.default_rng`, the integer mixed with `ENTROPY`."""
    return _default_rng(_fresh(seed))


def pytest_configure():
    rngs.seed_sequence = seed_sequence
    np.random.default_rng = default_rng


def pytest_report_header():
    return f"every integer seed is mixed with STATSIM_NIGHTLY_ENTROPY={ENTROPY}"
