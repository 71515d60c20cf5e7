"""The arrays a model sees of a table: a continuous, a discrete and a count block, and their layout.

This is the contract between `statsim.tables` (which turns frames into these arrays and back) and the models over
them. Rows are the same in every block; a block may have no columns.

Missing cells. A column whose `nullable` flag is True has its missingness modelled: the model learns the probability
that it is missing and draws missing cells. A column whose flag is False may still hold missing cells in training data
or in rows to score; they carry no information (the coordinate is integrated out) and the model never draws them. That
is how a column with a point mass works: a discrete column says which point (or level 0: none), and the continuous one
is unobserved wherever a point was hit.
"""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError

MISSING_CODE = -1


@dataclass(frozen=True)
class TableLayout:
    """Shape of the three blocks.

    Parameters
    ----------
    continuous_nullable : tuple of bool, length p
    n_levels : tuple of int, length q
        Number of levels of each discrete column, at least 1; codes run from 0 to `n_levels[j] - 1`.
    discrete_nullable : tuple of bool, length q
    counts_nullable : tuple of bool, length r
    continuous_names, discrete_names, counts_names : tuple of str
        For messages and descriptions; empty strings when not given.
    """

    continuous_nullable: tuple = ()
    n_levels: tuple = ()
    discrete_nullable: tuple = ()
    counts_nullable: tuple = ()
    continuous_names: tuple = ()
    discrete_names: tuple = ()
    counts_names: tuple = ()

    def __post_init__(self):
        for block, flags in (
            ("continuous", self.continuous_nullable),
            ("discrete", self.discrete_nullable),
            ("counts", self.counts_nullable),
        ):
            object.__setattr__(self, f"{block}_nullable", tuple(bool(flag) for flag in flags))
            names = tuple(getattr(self, f"{block}_names")) or ("",) * len(flags)
            if len(names) != len(flags):
                raise ArgumentError(f"{block}_names has {len(names)} names, expected {len(flags)}: one per column")
            object.__setattr__(self, f"{block}_names", names)
        object.__setattr__(self, "n_levels", tuple(int(levels) for levels in self.n_levels))
        if len(self.n_levels) != len(self.discrete_nullable):
            raise ArgumentError(
                f"n_levels has {len(self.n_levels)} entries, expected {len(self.discrete_nullable)}: one per discrete column"
            )
        if min(self.n_levels, default=1) < 1:
            raise ArgumentError(f"n_levels must be at least 1 each, got {self.n_levels}")

    @property
    def shape(self):
        """Number of continuous, discrete and count columns."""
        return len(self.continuous_nullable), len(self.n_levels), len(self.counts_nullable)

    @classmethod
    def of(cls, arrays):
        """The layout that arrays without one imply: a column is nullable when a cell of it is missing."""
        return cls(
            continuous_nullable=tuple(np.isnan(arrays.continuous).any(axis=0)),
            n_levels=tuple(np.maximum(arrays.discrete.max(axis=0, initial=0) + 1, 1)),
            discrete_nullable=tuple((arrays.discrete < 0).any(axis=0)),
            counts_nullable=tuple((arrays.counts < 0).any(axis=0)),
        )


@dataclass(frozen=True, eq=False)
class TableArrays:
    """Rows of a table as three arrays.

    Parameters
    ----------
    continuous : array (n, p) of float64
        In z-space: each column roughly standard normal. NaN is missing.
    discrete : array (n, q) of int32
        Level codes from 0; -1 is missing.
    counts : array (n, r) of int64
        Non-negative counts; -1 is missing.
    layout : TableLayout or None
        What the columns are; inferred from the arrays when None.

    Examples
    --------
    >>> import numpy as np
    >>> rows = TableArrays(np.zeros((3, 2)), np.array([[0], [1], [-1]]), np.zeros((3, 0)))
    >>> rows.n_rows, rows.layout.n_levels, rows.layout.discrete_nullable
    (3, (2,), (True,))
    """

    continuous: np.ndarray
    discrete: np.ndarray
    counts: np.ndarray
    layout: TableLayout | None = None

    def __post_init__(self):
        for name, dtype in (("continuous", np.float64), ("discrete", np.int32), ("counts", np.int64)):
            block = np.asarray(getattr(self, name))
            if block.ndim != 2 or len(block) != len(self.continuous):
                raise ArgumentError(f"{name} must be ({len(self.continuous)}, columns), got shape {block.shape}")
            object.__setattr__(self, name, block.astype(dtype, copy=False))
        if self.layout is None:
            object.__setattr__(self, "layout", TableLayout.of(self))
        shape = (self.continuous.shape[1], self.discrete.shape[1], self.counts.shape[1])
        if shape != self.layout.shape:
            raise ArgumentError(f"the blocks have {shape} columns, but the layout says {self.layout.shape}")

    @property
    def n_rows(self):
        """Number of rows."""
        return len(self.continuous)

    def take(self, rows):
        """The rows that a slice, a mask or an index array names."""
        return TableArrays(self.continuous[rows], self.discrete[rows], self.counts[rows], self.layout)
