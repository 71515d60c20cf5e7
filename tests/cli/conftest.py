"""Commands run in this process, with what they printed and their exit code."""

import json
from dataclasses import dataclass

import pytest

from statsim.cli.main import run


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def statsim(capfd):
    """Run `statsim ARGUMENTS...` and return its exit code and output."""

    def call(*args):
        capfd.readouterr()
        code = run([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return Done(int(code), out, err)

    return call


@pytest.fixture(scope="session")
def gaussian_file(tmp_path_factory):
    """A model file of a mixture of two Gaussians in five columns."""
    import numpy as np

    from statsim import GaussianMixture

    path = tmp_path_factory.mktemp("models") / "gaussian.json"
    means = np.arange(10.0).reshape(2, 5)
    GaussianMixture.from_parameters(weights=[0.25, 0.75], means=means, covariances=np.stack([np.eye(5), 2 * np.eye(5)])).save(path)
    return path
