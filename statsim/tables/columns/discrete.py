"""Categorical, ordinal and boolean columns: a short list of levels."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from statsim.errors import ImpossibleConditionError
from statsim.tables.columns.base import Block, Column, refuse_cell
from statsim.tables.columns.values import values_from_json


@dataclass(frozen=True, kw_only=True)
class DiscreteColumn(Column):
    """A column of levels.

    Parameters
    ----------
    levels : tuple
        JSON values; in order where `ordered`. Each rested on at least `min_count` rows.
    ordered : bool
    other : str or None
        The level, in `levels`, that rare categories were merged into.
    n_merged_categories, n_merged_rows : int
        How many there were, and their rows. Their names are kept nowhere.
    n_refused_categories, n_refused_rows : int
        Rare categories too few to make a level together: their cells are taken as not observed.
    is_dictionary : bool
        The column is a categorical type of its frame (pandas category, polars Categorical or Enum, Arrow dictionary).
    categories : tuple
        The full category set of such a type, with declared categories that never occurred; empty otherwise.
    """

    kind: ClassVar[str] = "discrete"
    _types: ClassVar[dict] = {
        "levels": list, "ordered": bool, "other": (str, type(None)), "n_merged_categories": int, "n_merged_rows": int,
        "n_refused_categories": int, "n_refused_rows": int, "is_dictionary": bool, "categories": list,
    }  # fmt: skip

    levels: tuple
    ordered: bool = False
    other: str | None = None
    n_merged_categories: int = 0
    n_merged_rows: int = 0
    n_refused_categories: int = 0
    n_refused_rows: int = 0
    is_dictionary: bool = False
    categories: tuple = ()

    def __post_init__(self):
        if not self.levels or len(set(self.levels)) != len(self.levels):
            raise ValueError(f"levels must be at least one value, all different, got {str(self.levels)[:200]}")
        if self.other is not None and self.other not in self.levels:
            raise ValueError(f"other={self.other!r} must be one of the levels")
        if self.is_dictionary and not set(self.levels) <= set(self.categories):
            raise ValueError("every level must be among the categories")
        self._values  # noqa: B018 - refuses a level that is no value of the column's type now, not when sampling

    @cached_property
    def _values(self):
        return values_from_json(list(self.levels), self.arrow_type)

    def blocks(self):
        return [Block("discrete", self.nullable, len(self.levels))]

    def encode(self, cells):
        import pyarrow as pa
        import pyarrow.compute as pc

        if pa.types.is_dictionary(cells.type):
            cells = cells.cast(cells.type.value_type)
        if cells.type != self.arrow_type:
            cells = cells.cast(self.arrow_type)
        codes = pc.fill_null(pc.index_in(cells, value_set=self._values, skip_nulls=True), -1).to_numpy(zero_copy_only=False)
        codes = codes.astype(np.int32)
        missing = cells.is_null().to_numpy(zero_copy_only=False)
        unlisted = np.flatnonzero((codes < 0) & ~missing)
        if unlisted.size:
            self._place_unlisted(codes, unlisted, cells)
        return [codes]

    def _place_unlisted(self, codes, rows, cells):
        """Cells of no level: the level `other` takes them; refused categories stay unobserved; else an error."""
        if self.other is not None:
            codes[rows] = self.levels.index(self.other)
        elif not self.n_refused_categories:
            shown = ", ".join(repr(level) for level in self.levels[:10])
            raise refuse_cell(self.name, rows[0], cells[rows[0]].as_py(), f"one of the column's levels ({shown})")

    def decode(self, parts, rows, key):
        import pyarrow as pa

        (codes,) = parts
        missing = codes < 0 if self.nullable else None
        if self.is_dictionary:
            place = np.array([self.categories.index(level) for level in self.levels], np.int32)
            indices = pa.array(place[np.maximum(codes, 0)], mask=missing)
            return pa.DictionaryArray.from_arrays(indices, values_from_json(list(self.categories), self.arrow_type), ordered=self.ordered)
        return self._values.take(pa.array(np.maximum(codes, 0), mask=missing))

    def _check_possible(self, value, cells):
        if not (cells.to_pylist()[0] in self._values.to_pylist()):
            shown = ", ".join(repr(level) for level in self.levels[:10])
            raise ImpossibleConditionError(f"column {self.name!r} has the levels {shown} and cannot be {value!r}")
