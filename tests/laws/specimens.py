"""One small fitted model of every kind: what the law tests run over. A new model adds a line here."""

from functools import cache

import numpy as np
import pyarrow as pa

import statsim as ss
from statsim.data import load_penguins
from statsim.models.kde.columns import Categorical, Circular
from tests.golden.compute import mixture, table


def _constant_column():
    covariance = np.array([[2.0, 0.0], [0.0, 0.0]])
    return ss.GaussianMixture.from_parameters(weights=[1.0], means=[[1.0, 5.0]], covariances=[covariance])


def _one_column():
    return ss.GaussianMixture.from_parameters(weights=[0.25, 0.75], means=[[-2.0], [1.0]], covariances=[[[0.25]], [[1.0]]])


def _kernel_density():
    rows = np.random.default_rng(3).normal(size=(300, 2))
    return ss.KernelDensity().fit(rows).private(5)


def _kernel_density_of_columns():
    """Bounds, a circle and categories; weights and bandwidths that differ from row to row."""
    rng = np.random.default_rng(4)
    rows = np.column_stack([rng.gamma(2.0, size=400), 360 * rng.random(400), rng.integers(0, 3, 400)])
    support = {0: (0.0, None), 1: Circular(0.0, 360.0), 2: Categorical((0, 1, 2))}
    return ss.KernelDensity(kernel="epanechnikov", support=support, adaptive=True).fit(rows, sample_weight=rng.random(400) + 0.5).private(3)


@cache
def _synthesizer():
    """Numbers, categories, missing cells, and an identifier that is never copied."""
    birds = load_penguins(as_frame="pyarrow")
    return ss.Synthesizer(2, method=ss.MLE(n_init=2), rng=0).fit(birds.append_column("tag", [[f"P-{7 * i:05d}" for i in range(len(birds))]]))


@cache
def _gamma_posterior():
    """A predictive law: each row under a draw of the parameters."""
    return ss.Gamma(method=ss.Bayes(prior={"scale": ss.priors.InverseGamma(2.0, 3.0)}, draws=50, chains=2), fixed={"shape": 2.0}, rng=0).fit([1.0, 2.0, 5.0])


SPECIMENS = {
    "mixture full": lambda: mixture("full"),
    "mixture tied": lambda: mixture("tied"),
    "mixture diag": lambda: mixture("diag"),
    "mixture spherical": lambda: mixture("spherical"),
    "mixture one column": _one_column,
    "mixture constant column": _constant_column,
    "multivariate normal": lambda: ss.MultivariateNormal.from_parameters(mean=[1.0, -2.0], covariance=[[2.0, 0.5], [0.5, 1.0]]),
    "kernel density": _kernel_density,
    "kernel density of columns": _kernel_density_of_columns,
    "table mixture": table,
    "synthesizer": _synthesizer,
    "gamma posterior": _gamma_posterior,
    "student t": lambda: ss.StudentT.from_parameters(df=3.0, loc=1.0, scale=2.0),
    "negative binomial": lambda: ss.NegativeBinomial.from_parameters(size=2.5, p=0.25),
    "multinomial": lambda: ss.Multinomial.from_parameters(n_trials=9, p=[0.5, 0.25, 0.25]),
    "dirichlet": lambda: ss.Dirichlet.from_parameters(alpha=[0.5, 1.0, 3.0]),
}


def as_bytes(rows):
    """The bytes of whatever `sample` returned."""
    if isinstance(rows, pa.Table):
        return repr([rows.schema, rows.to_pylist()]).encode() if rows.num_rows else b""
    if hasattr(rows, "layout"):
        return b"".join(as_bytes(block) for block in (rows.continuous, rows.discrete, rows.counts))
    return np.ascontiguousarray(rows).tobytes()


def joined(parts):
    """The bytes of the rows of consecutive requests as those of one."""
    if isinstance(parts[0], pa.Table):
        return as_bytes(pa.concat_tables(parts))
    if hasattr(parts[0], "layout"):
        blocks = ([getattr(part, name) for part in parts] for name in ("continuous", "discrete", "counts"))
        return b"".join(np.concatenate(block).tobytes() for block in blocks)
    return np.concatenate(parts).tobytes()
