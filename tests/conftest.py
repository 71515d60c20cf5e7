"""The false-alarm budget of the whole suite, and a seed for each test."""

import zlib

import numpy as np
import pytest

from statsim import pytest_plugin


def pytest_addoption(pluginmanager):
    # the plugin is an entry point of an installed statsim; a plain checkout gets it here
    if not pluginmanager.is_registered(pytest_plugin):
        pluginmanager.register(pytest_plugin, "statsim")


@pytest.fixture
def seed(request):
    """An integer seed of this test's own, from its name."""
    return zlib.crc32(request.node.nodeid.encode())


@pytest.fixture
def rng(seed):
    """A NumPy generator of this test's own."""
    return np.random.default_rng(seed)
