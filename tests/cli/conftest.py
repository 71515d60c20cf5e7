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
    GaussianMixture.from_parameters(weights=[0.25, 0.75], means=means, covariances=np.stack([np.eye(5), 2 * np.eye(5)])).save(
        path
    )
    return path


@pytest.fixture(scope="session")
def people_csv(tmp_path_factory):
    """A small table of mixed types with two clear clusters and missing cells."""
    import numpy as np

    rng = np.random.default_rng(11)
    path = tmp_path_factory.mktemp("tables") / "people.csv"
    lines = ["age,income,region,note"]
    for row in range(240):
        young = row % 3 == 0
        age = "" if row % 20 == 5 else f"{rng.normal(25 if young else 60, 2):.1f}"
        income = f"{rng.normal(1000 if young else 3000, 50):.2f}"
        region = rng.choice(["north", "south"], p=[0.9, 0.1] if young else [0.2, 0.8])
        lines.append(f"{age},{income},{region},{'=1+1' if row % 2 else 'fine'}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="session")
def people_model(people_csv, tmp_path_factory):
    """The model file that `statsim fit` makes of the small table, and the account it printed."""
    import contextlib
    import io

    path = tmp_path_factory.mktemp("fitted") / "model.json"
    printed = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(printed):
        assert run(["fit", str(people_csv), "-o", str(path), "--components", "2", "--json"]) == 0
    printed.seek(0)
    return path, json.loads(printed.read())
