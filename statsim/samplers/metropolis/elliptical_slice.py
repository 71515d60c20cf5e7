"""The elliptical slice sampler.

Murray, Adams, MacKay (2010), Elliptical slice sampling, AISTATS 13; Nishihara, Murray, Adams (2014), JMLR 15, for any target. The transition is
`statsim.kernels.metropolis.elliptical`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentError

FIRST_SD = 10.0
"""Of the normal that learning begins with: wide, see the kernel."""


@dataclass(frozen=True)
class EllipticalSlice:
    """Elliptical slice sampling: for a likelihood times a normal prior, or any target that is close to a normal.

    The target holds the whole log density, likelihood *and* normal prior, as for every other method: the same target means the same law
    whatever the method. The likelihood that the slice is taken of is found by dividing the normal out again.

    Parameters
    ----------
    mean : array (d,), optional
        Mean of the normal, in the coordinates that the sampler moves in (those of the target where it has no bounds).
    covariance : array (d, d) or (d,), optional
        Its covariance, or its variances. Without mean and covariance a normal is learned in warm-up.

    Examples
    --------
    >>> EllipticalSlice(mean=[0.0, 0.0], covariance=[1.0, 4.0])
    EllipticalSlice(mean=[0.0, 0.0], covariance=[1.0, 4.0])
    """

    mean: object = None
    covariance: object = None

    name: ClassVar[str] = "EllipticalSlice"
    needs_gradient: ClassVar[bool] = False
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (("log_density", np.float64), ("acceptance", np.float32), ("n_evaluations", np.int32))

    def __post_init__(self):
        if (self.mean is None) != (self.covariance is None):
            raise ArgumentError("mean and covariance come together: give both, or none to have a normal learned in warm-up")
        if self.mean is not None:
            _factor(self.mean, self.covariance)

    def begin(self, chain, *, warmup):
        """Set the chain at its start, with the normal given or a first one about the start."""
        from statsim.kernels.hamiltonian.metric import DENSE
        from statsim.kernels.targets.evaluate import value_at

        point = chain.initial[:1].copy()
        d = point.shape[1]
        value = value_at(chain.context, point[0], np.zeros(d), False)
        first = DENSE, np.ones(d), FIRST_SD * np.eye(d)
        kind, scale, factor = first if self.mean is None else _factor(self.mean, self.covariance)
        if scale.size != d:
            raise ArgumentError(f"mean has {scale.size} coordinates, but the sampler moves in {d}")
        chain.state = {
            "random": chain.random,
            "point": point,
            "numbers": np.array([value, 0.0]),
            "kind": np.array([kind], np.int64),
            "scale": scale,
            "factor": factor,
            "centre": point[0].copy() if self.mean is None else np.array(self.mean, np.float64),
            "mean": point[0].copy(),
            "moments": FIRST_SD**2 * np.eye(d)[None],
        }
        chain.work = tuple(np.zeros(d) for _ in range(6)), np.zeros((1, d, d)), np.zeros((1, d, d))

    def edges(self, warmup):
        """No stages: the normal is learned draw by draw."""
        return []

    def at_edge(self, chain, iteration, *, warmup):
        """Nothing happens between stretches."""

    def end_warmup(self, chain):
        """The normal at the end of warm-up stays."""

    def advance(self, chain, *, warming, values, stats):
        """Make draws; the normal is learned in warm-up only, and only where none was given."""
        from statsim.kernels.metropolis.elliptical import advance_elliptical

        state = chain.state
        return advance_elliptical(
            chain.context, (int(state["kind"][0]), state["scale"], state["factor"]), state["centre"], chain.random, state["point"],
            state["numbers"], state["mean"], state["moments"], bool(warming and self.mean is None), chain.work, values[0], stats[0],
        )  # fmt: skip


def _factor(mean, covariance):
    """(kind, scale, factor) of a normal, checked."""
    from statsim.kernels.cholesky import cholesky
    from statsim.kernels.hamiltonian.metric import DENSE, DIAGONAL

    mean, covariance = np.asarray(mean, np.float64), np.array(covariance, np.float64)
    d = mean.size
    if mean.shape != (d,) or covariance.shape not in ((d,), (d, d)) or not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
        raise ArgumentError(f"mean must be (d,) and covariance (d, d) or (d,), finite; got shapes {mean.shape} and {covariance.shape}")
    if covariance.ndim == 1:
        if not (covariance > 0).all():
            raise ArgumentError(f"covariance must be positive, got variances {covariance}")
        return DIAGONAL, np.sqrt(covariance), np.zeros((0, d))
    lower = np.zeros((1, d, d))
    if not np.allclose(covariance, covariance.T, rtol=1e-9, atol=0.0) or cholesky(covariance[None], 1e-14, lower) >= 0:
        raise ArgumentError(f"covariance must be symmetric and positive definite, got {covariance.tolist()}")
    return DENSE, np.ones(d), np.ascontiguousarray(lower[0].T)
