r"""Ratio of uniforms: exact draws from a density that fits into a box of (u, v).

Kinderman, Monahan (1977), Computer generation of random variables using the ratio of uniform deviates, ACM TOMS 3(3); several
coordinates: Wakefield, Gelfand, Smith (1991), Efficient generation of random variates via the ratio-of-uniforms method, Statistics
and Computing 1(2). The box is found numerically (`ratio_box`) or given; each candidate that is evaluated is held against it.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import SamplerError
from statsim.samplers.rejection.candidates import BLOCK, Block, budget, collect
from statsim.samplers.draws.independent import independent_draws
from statsim.samplers.univariate.ratio_box import Box, find_box, given_box
from statsim.samplers.targets.inside import require_same_measure
from statsim.samplers.targets.target import as_target

_STREAM = 5


@dataclass(frozen=True)
class RatioOfUniforms:
    r"""Exact independent draws in a few dimensions, from any density in the box, log-concave or not.

    Parameters
    ----------
    power : float
        r, above 0: larger ones bring heavier tails into a box (tails as heavy as :math:`|x|^{-d - 1/r}`), at lower acceptance.
    center : float or array (dim,), optional
        m, best near the mode. Default: a mode found numerically.
    bounds : (log_max, low, high), optional
        The largest log density, and the box of v: :math:`low_j \le (x_j - m_j) (f(x)/\max f)^{r/(r d + 1)} \le high_j`, arrays
        (dim,). Needs `center`. Default: found numerically, and enlarged by 1 %.
    max_tries : int, optional
        Candidates allowed before it gives up; default 1000 for each draw and 100 000 more.

    Notes
    -----
    Each evaluated candidate is compared with the box; one outside raises `SamplerError` with the point, since a box that is too
    small would bias the draws. Acceptance falls quickly with the dimension; beyond five or so use NUTS.

    Examples
    --------
    >>> import numba
    >>> from statsim.samplers.sampling import sample
    >>> from statsim.samplers.targets.target import Target
    >>> @numba.njit
    ... def log_density(x):
    ...     return -0.5 * x[0] ** 2
    >>> draws = sample(Target(log_density, dim=1), RatioOfUniforms(), draws=1000, rng=0)
    >>> draws.values.shape
    (1, 1000, 1)
    """

    power: float = 1.0
    center: float | tuple | None = None
    bounds: tuple | None = None
    max_tries: int | None = None

    name: ClassVar[str] = "RatioOfUniforms"

    def __post_init__(self):
        checks.real(self.power, "power", minimum=0.0, open_minimum=True)
        if self.max_tries is not None:
            checks.integer(self.max_tries, "max_tries", minimum=1)

    def sample_target(self, target, *, draws, rng=None, num_threads=None, max_bytes=None):
        """Independent draws; called by `sample`.

        Raises
        ------
        SamplerError
            When the region fits into no box, when the box is found too small, or when `max_tries` is spent.
        """
        n = checks.integer(draws, "draws", minimum=1)
        target = as_target(target)
        require_same_measure(target, "RatioOfUniforms")
        checks.memory(8 * n * target.dim, max_bytes, what=f"{n} draws", remedy="draw them in parts, each with an rng of its own")
        if self.bounds is None:
            box = find_box(target, self.power, self.center)
        else:
            box = given_box(target, self.center, self.bounds)
        key = rngs.stream_key(rng, rngs.Purpose.SAMPLER, _STREAM)
        propose = _proposer(target, box, float(self.power), key)
        values, acceptance = collect(propose, n, dim=target.dim, max_tries=budget(self.max_tries, n), num_threads=num_threads)
        return independent_draws(values, target, self, acceptance=acceptance)


def _proposer(target, box, power, key):
    """The function that draws a block from the box."""
    from statsim.kernels.univariate.ratio import fill_ratio

    target.context()  # compiled before threads ask for it

    def propose(block):
        rows, places, report = np.empty((BLOCK, target.dim)), np.empty(BLOCK, np.int64), np.empty(4 + target.dim)
        count = fill_ratio(
            target.context(), box.log_max, key, block, BLOCK, box.center, box.low, box.high, power, rows, places, report
        )
        error = None if report[1] < 0 else _too_small(target, box, power, report)
        return Block(rows[:count], places[:count], int(report[0]), error, int(report[1]))

    return propose


def _too_small(target, box: Box, power, report):
    """The error for a point of the region outside the box."""
    value, broken, x = float(report[2]), int(report[3]), report[4:].copy()
    if not value + box.log_max < np.inf:
        return target.error_at(x)
    where = f"at x = {np.array2string(x, threshold=12, precision=17)} the log density is {value + box.log_max!r}"
    if broken == 0:
        return SamplerError(
            f"the bound log_max = {box.log_max!r} is violated: {where}; give center= nearer to the mode, or bounds= with a larger one"
        )
    j = broken - 1
    v = float((x[j] - box.center[j]) * np.exp(power / (power * target.dim + 1.0) * value))
    return SamplerError(
        f"the box of {target.names[j]}, [{box.low[j]:.6g}, {box.high[j]:.6g}], is violated: {where}, and v is {v!r}; "
        f"give bounds=(log_max, low, high) with a wider box, or a larger power"
    )
