r"""Numerical inversion: a table of the inverse distribution function of any smooth density on the line.

Derflinger, Hoermann, Leydold (2010), Random variate generation by numerical inversion when only the density is known, ACM TOMACS
20(4). Three steps: the density is integrated (`piecewise_density`), its inverse is interpolated with a controlled error of
probability (`inverse_table`), and a draw is a table look-up and a polynomial (`statsim.kernels.univariate.inversion`).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError
from statsim.samplers.draws.independent import independent_draws
from statsim.samplers.univariate.inverse_table import inverse_table
from statsim.samplers.univariate.piecewise_density import PiecewiseDensity
from statsim.samplers.targets.target import as_target
from statsim.samplers.univariate.univariate import Line

_STREAM = 1  # of Purpose.SAMPLER: the methods of one coordinate share no stream


@dataclass(frozen=True)
class NumericalInversion:
    r"""Exact up to a stated error: one coordinate, any smooth density, each draw a table look-up.

    Parameters
    ----------
    u_resolution : float
        Largest error :math:`|F(x) - u|` of a draw x meant to have probability u below it, in [1e-12, 1e-4], above what the rounding
        of x to a double makes it (which matters far from 0 only). In unbounded tails the probability is right to about 1e-4 of itself
        as well, down to 2^-60.
    center : float, optional
        A point of positive density near most of the probability. Needed only where a coarse search does not find one.
    domain : (float, float), optional
        Draw inside this interval only. Default: the support of the target.

    Notes
    -----
    Modes narrower than about a hundredth of their distance from the highest one can be overlooked by the search that begins the
    integration; give `domain` or use another method for needles.

    Examples
    --------
    >>> import numba
    >>> from statsim.samplers.sampling import sample
    >>> from statsim.samplers.targets.target import Target
    >>> @numba.njit
    ... def log_density(x):
    ...     return -x[0] ** 4
    >>> draws = sample(Target(log_density, dim=1), NumericalInversion(), draws=1000, rng=0)
    >>> draws.values.shape
    (1, 1000, 1)
    """

    u_resolution: float = 1e-10
    center: float | None = None
    domain: tuple | None = None

    name: ClassVar[str] = "NumericalInversion"

    def __post_init__(self):
        checks.real(self.u_resolution, "u_resolution", minimum=1e-12, maximum=1e-4)

    def prepare(self, target):
        """The table for a target, to draw from as often as wanted.

        Returns
        -------
        InvertedDensity

        Raises
        ------
        SamplerError
            When the density cannot be integrated: not smooth, or no finite integral.
        TargetError
            Where the log density is NaN or plus infinity.
        """
        target = as_target(target)
        line = Line(target, domain=self.domain, center=self.center, who=self.name)
        density = PiecewiseDensity(line, 0.01 * self.u_resolution)
        table = inverse_table(density, u_resolution=0.9 * self.u_resolution)
        return InvertedDensity(target, self, line, density, table)

    def sample_target(self, target, *, draws, rng=None, num_threads=None, max_bytes=None):
        """Independent draws; called by `sample`."""
        return self.prepare(target).draws(draws, rng=rng, num_threads=num_threads, max_bytes=max_bytes)


class InvertedDensity:
    """A density with a table of its inverse: what `NumericalInversion().prepare(target)` returns.

    Attributes
    ----------
    u_error : float
        Largest error of probability met at the control points of the table, the rounding of x left out.
    log_integral : float
        Log of the integral of the target's density.
    evaluations : int
        Log densities computed to make the table.
    """

    def __init__(self, target, method, line, density, table):
        self._target, self._method, self._density = target, method, density
        self._low, self._high = line.low, line.high
        self._table = table
        self.u_error, self.log_integral, self.evaluations = table.u_error, density.log_integral, line.evaluations

    def sample(self, n, *, rng=None, start=0, num_threads=None, max_bytes=None):
        """Draws (n,), numbers `start` to `start + n - 1` of the data set that `rng` names."""
        from statsim.kernels.univariate.inversion import fill_inverse

        n, start = checks.row_range(n, start, rng, repeatable=rngs.is_repeatable(rng))
        checks.memory(8 * n, max_bytes, what=f"{n} draws", remedy="draw them in parts with sample(n, rng=SEED, start=DRAW)")
        key = rngs.stream_key(rng, rngs.Purpose.SAMPLER, _STREAM)
        arguments = self._table.arguments()

        def fill(first_block, arrays):
            fill_inverse(key, first_block, blocks.BLOCK_ROWS, *arguments, self._low, self._high, arrays[0])

        values = np.empty(n)
        blocks.fill_rows(fill, start=start, n=n, outputs=(values,), num_threads=num_threads)
        return values

    def draws(self, n, *, rng=None, num_threads=None, max_bytes=None):
        """The same draws as `sample`, as `IndependentDraws`."""
        values = self.sample(n, rng=rng, num_threads=num_threads, max_bytes=max_bytes)
        return independent_draws(values.reshape(-1, 1), self._target, self._method)

    def quantile(self, u):
        """x with probability u below it, by the table: u (...) in [0, 1], within `u_resolution`.

        Raises
        ------
        ArgumentError
        """
        from statsim.kernels.univariate.inversion import invert_words

        u = np.asarray(u, np.float64)
        if not ((u >= 0) & (u <= 1)).all():
            raise ArgumentError(f"u must be probabilities in [0, 1], got {u[~((u >= 0) & (u <= 1))].ravel()[0]!r}")
        words = np.where(u < 1.0, np.minimum(u, 1.0 - 2.0**-53) * 2.0**64, 0.0).astype(np.uint64).ravel()
        words[(u == 1.0).ravel()] = np.uint64(2**64 - 1)
        out = np.empty(words.size)
        invert_words(words, *self._table.arguments(), self._low, self._high, out)
        return out.reshape(u.shape)

    def cdf(self, x):
        """Probability below x (...), by the integral that the table was made from."""
        x = np.asarray(x, np.float64)
        return self._density.tail(x.ravel(), np.zeros(x.size, bool))[0].reshape(x.shape)
