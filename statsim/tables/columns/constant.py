"""Constant columns: a point mass, perhaps with missing cells."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ImpossibleConditionError
from statsim.tables.columns.base import Block, Column
from statsim.tables.columns.values import values_from_json


@dataclass(frozen=True, kw_only=True)
class ConstantColumn(Column):
    """A column whose present cells all hold `value`; None: every cell is missing.

    Parameters
    ----------
    value : bool, int, float, str or None
        Times and dates as ticks of their type.
    ordered, is_dictionary : bool
        Whether the column is a categorical, and an ordered one.
    """

    kind: ClassVar[str] = "constant"
    _types: ClassVar[dict] = {"value": (bool, int, float, str, type(None)), "is_dictionary": bool, "ordered": bool}

    value: object = None
    is_dictionary: bool = False
    ordered: bool = False

    @property
    def _is_random(self):
        return self.nullable and self.value is not None

    def blocks(self):
        return [Block("discrete", True, 1)] if self._is_random else []

    def encode(self, cells):
        return [np.where(_nulls(cells), np.int32(-1), np.int32(0))] if self._is_random else []

    def decode(self, parts, rows, key):
        import pyarrow as pa

        codes = parts[0] if parts else np.full(len(rows), -1 if self.value is None else 0, np.int32)
        levels = values_from_json([] if self.value is None else [self.value], self.arrow_type)
        indices = pa.array(np.maximum(codes, 0), mask=codes < 0)
        if self.is_dictionary:
            return pa.DictionaryArray.from_arrays(indices, levels, ordered=self.ordered)
        return levels.take(indices)

    def differs(self, cells):
        """Cells (n,) that hold another value, or are missing where the column never is."""
        import pyarrow.compute as pc

        present = cells.is_valid().to_numpy(zero_copy_only=False)
        if self.value is None:
            return present
        expected = values_from_json([self.value], self.arrow_type)[0]
        same = pc.fill_null(pc.equal(cells, expected), False).to_numpy(zero_copy_only=False)
        return np.where(present, ~same, not self.nullable)

    def condition(self, value):
        if value is None and self.value is None:
            return []
        return super().condition(value)

    def _check_possible(self, value, cells):
        expected = values_from_json([] if self.value is None else [self.value], self.arrow_type)
        if cells.to_pylist() != expected.to_pylist():
            raise ImpossibleConditionError(f"column {self.name!r} is always {expected.to_pylist() or None} and cannot be {value!r}")


def _nulls(cells):
    return cells.is_null().to_numpy(zero_copy_only=False)
