"""The parameters of a model with one of them held at a value: what a profile likelihood is maximised over."""

import numpy as np

from statsim.errors import ArgumentTypeError
from statsim.samplers.supports import CorrelationCholesky, Ordered, Simplex, support_tables

_STEP = 1e-4


class Pinned:
    """Parameters x (p,) as a function of the value c of parameter `place` and standardised reals v of the others, 0 at the estimate.

    Parameters
    ----------
    coordinates : Coordinates
    place : int
    information : ndarray (q, q)
        Of all the reals: it says how far each nuisance direction reaches.

    Raises
    ------
    ArgumentTypeError
        For a parameter of an ordered set or a correlation matrix, which cannot be held alone.
    """

    def __init__(self, coordinates, place, information):
        self.coordinates, self.place = coordinates, place
        part, self.first, self.reals_first, free = _part_of(coordinates.supports, place)
        if isinstance(part, (Ordered, CorrelationCholesky)):
            raise ArgumentTypeError(
                f"{coordinates.names[place]!r} is one of {type(part).__name__}({part.size}): a profile cannot hold it alone; use method='wald' or 'bootstrap'"
            )
        self.simplex = part.size if isinstance(part, Simplex) else 0
        own = range(self.reals_first, self.reals_first + free) if self.simplex else [self.reals_first + place - self.first]
        self.others = np.setdiff1d(np.arange(coordinates.n_free), np.array(list(own), int))
        self.centre = np.concatenate([coordinates.origin[self.others], self._rest_reals()])
        self.stretch = np.eye(len(self.centre))
        self.stretch = self._stretch(information)

    @property
    def n_free(self):
        """Number of nuisance reals."""
        return len(self.centre)

    def at(self, c, v):
        """Parameters (p,)."""
        u = self.centre + self.stretch @ v
        y = self.coordinates.origin.copy()
        y[self.others] = u[: len(self.others)]
        x = self.coordinates.parameters(y)
        if self.simplex:
            x[self.first : self.first + self.simplex] = np.insert((1 - c) * self._rest(u[len(self.others) :]), self.place - self.first, c)
        else:
            x[self.place] = c
        return x

    def _rest_reals(self):
        """Reals of the other probabilities of a simplex, divided by their sum."""
        if self.simplex < 3:
            return np.empty(0)
        from statsim.kernels.targets.transforms import unconstrain

        x = np.delete(self.coordinates.estimate[self.first : self.first + self.simplex], self.place - self.first)
        blocks, low, high, size = support_tables([Simplex(len(x))], len(x))
        out = np.empty(size)
        unconstrain(blocks, low, high, x / x.sum(), out)
        return out

    def _rest(self, reals):
        if self.simplex < 3:
            return np.ones(1)
        from statsim.kernels.targets.transforms import constrain

        blocks, low, high, _ = support_tables([Simplex(self.simplex - 1)], self.simplex - 1)
        out = np.empty(self.simplex - 1)
        constrain(blocks, low, high, np.ascontiguousarray(reals), out)
        return out

    def _stretch(self, information):
        """The inverse root of the information of the nuisance reals."""
        if not self.n_free:
            return np.empty((0, 0))
        c, slopes = self.coordinates.estimate[self.place], np.empty((self.coordinates.n_free, self.n_free))
        for j in range(self.n_free):
            e = np.eye(self.n_free)[j] * _STEP
            slopes[:, j] = (self.coordinates.reals(self.at(c, e)) - self.coordinates.reals(self.at(c, -e))) / (2 * _STEP)
        return np.linalg.inv(np.linalg.cholesky(slopes.T @ information @ slopes)).T


def _part_of(supports, place):
    """The set that parameter `place` belongs to, where it begins among parameters and among reals, and its number of reals."""
    x = y = 0
    for part in supports:
        free = support_tables([part], part.size)[3]
        if place < x + part.size:
            return part, x, y, free
        x, y = x + part.size, y + free
    raise IndexError(place)
