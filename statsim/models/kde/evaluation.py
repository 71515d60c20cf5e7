"""Log densities of a kernel estimate: which kernel sums them, and what it needs laid out once."""

import numpy as np

from statsim.blocks import map_chunks, thread_count
from statsim.kernels.kde.column_density import CATEGORICAL, IMAGES, REAL, fill_column_sums
from statsim.kernels.kde.tree import TILE, centre_tiles, fill_tiles, plan_tree
from statsim.kernels.kde.tree_density import fill_log_sums, fill_log_sums_single
from statsim.models.kde.boundary import log_masses
from statsim.models.kde.columns import Categorical, Circular, Interval

ROUNDING = 1e-14  # a bound: what is left out is a small part of it
_SINGLE_FROM = 1e-4


class Evaluator:
    """The rows of a `DensityParameters`, laid out for sums."""

    def __init__(self, law):
        self.law = law
        self.constant = law.log_constant()

    def log_density(self, X, *, rtol=0.0, num_threads=None):
        """Log density (m,) at rows X (m, d) that were checked; relative error of the density below `rtol`, rounding apart."""
        law = self.law
        Z = law.working(X)
        fill = self._tree_fill(rtol) if law.is_real else self._column_fill()
        out = np.empty(len(X))
        _in_chunks(lambda start, stop: fill(Z, start, stop, out), len(X), num_threads)
        out += self.constant
        return out if law.is_real else self._bounded(X, out)

    def left_out(self, *, num_threads=None):
        """Log density (n,) of each row under all the others."""
        law, out = self.law, np.empty(len(self.law.rows))
        fill = self._column_fill(leave_out=True)
        _in_chunks(lambda start, stop: fill(law.data, start, stop, out), len(out), num_threads)
        with np.errstate(divide="ignore"):
            return self._bounded(law.rows, out + self.constant - np.log1p(-law.weights))

    def _bounded(self, X, out):
        """What bounds change: minus infinity outside, and renormalisation."""
        law = self.law
        for j, kind in enumerate(law.columns):
            if isinstance(kind, Interval):
                out[(X[:, j] < kind.low) | (X[:, j] > kind.high)] = -np.inf
        if law.is_renormalised:
            inside = out > -np.inf
            out[inside] -= log_masses(law, X[inside])
            out -= np.log(law.weights @ law.inside.prod(axis=1))
        return out

    # ------------------------------------------------------------ real columns: a tree

    def _tree_fill(self, rtol):
        law, tree = self.law, self._tree()
        smallest = float(law.scales.min())
        if law.kernel.name == "gaussian" and rtol >= _SINGLE_FROM and law.factors is None:
            single = self._single(tree)
            return lambda Z, start, stop, out: fill_log_sums_single(Z, start, stop, tree, single, smallest, 0.5 * rtol, out)
        tolerance = max(rtol, ROUNDING)
        return lambda Z, start, stop, out: fill_log_sums(Z, start, stop, tree, law.kernel.number, law.is_full, law.factors is None, smallest, tolerance, out)

    def _tree(self):
        if not hasattr(self, "_tree_made"):
            self._tree_made = _plant(self.law)
        return self._tree_made

    def _single(self, tree):
        if not hasattr(self, "_single_made"):
            tiles = tree[0]
            single, centres, radii = np.empty(tiles.shape, np.float32), np.empty(tiles.shape[:2]), np.empty(len(tiles))
            centre_tiles(tiles, centres, radii, single)
            self._single_made = single, centres, radii, tree[1].astype(np.float32), tree[2].astype(np.float32)
        return self._single_made

    # ------------------------------------------------------------ other columns: every pair

    def _column_fill(self, *, leave_out=False):
        law, tables = self.law, self._tiles()
        return lambda Z, start, stop, out: fill_column_sums(Z, start, stop, *tables, law.kernel.number, leave_out, out)

    def _tiles(self):
        if not hasattr(self, "_tiles_made"):
            law = self.law
            tiles, weights, scales = _tiled(law.data, np.arange(len(law.rows)), law.weights * law.scales**law.n_measured, law.scales)
            self._tiles_made = tiles, weights, scales, column_table(law)
        return self._tiles_made


def _plant(law):
    """The tree of `statsim.kernels.kde.tree_density` over the rows."""
    Z, s = law.data, law.scales
    n, d = Z.shape
    nodes = 2 * (-(-n // TILE)) - 1
    order, low, high = np.arange(n), np.empty((nodes, d)), np.empty((nodes, d))
    right, leaf = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    plan_tree(Z, order, low, high, right, leaf)
    rates = {"gaussian": lambda: -0.5 * s * s, "exponential": lambda: s * s if law.is_full else -s}.get(law.kernel.name, lambda: s * s)()
    return *_tiled(Z, order, law.weights * s**d, rates), low, high, right, leaf


def _tiled(Z, order, weights, rates):
    leaves = -(-len(Z) // TILE)
    tables = np.empty((leaves, Z.shape[1], TILE)), np.empty((leaves, TILE)), np.empty((leaves, TILE))
    fill_tiles(Z, order, weights, rates, *tables)
    return tables


def column_table(law):
    """The table of columns that `statsim.kernels.kde.column_density` takes."""
    d = law.shape[1]
    kinds, same, other = np.full(d, REAL), np.zeros(d), np.zeros(d)
    starts, signs, shifts = [0], [], []
    for j, kind in enumerate(law.columns):
        if isinstance(kind, Categorical):
            kinds[j], same[j], other[j] = CATEGORICAL, 1 - law.bandwidth[j], law.bandwidth[j] / (len(kind.values) - 1)
        elif isinstance(kind, Circular) or (isinstance(kind, Interval) and law.boundary == "reflect"):
            kinds[j] = IMAGES
        sign, shift = law.images(j)
        signs.append(sign)
        shifts.append(shift)
        starts.append(starts[-1] + sign.size)
    return kinds, same, other, np.array(starts), np.concatenate(signs), np.concatenate(shifts)


def _in_chunks(fill, rows, num_threads):
    """Call fill(start, stop) over pieces of `rows` rows; a row's value does not depend on its piece."""
    size = max(16, -(-rows // (8 * thread_count(num_threads))))
    map_chunks(lambda index: fill(index * size, min((index + 1) * size, rows)), -(-rows // size), num_threads=num_threads)
