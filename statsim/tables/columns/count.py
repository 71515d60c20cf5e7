"""Count columns: small non-negative integers, modelled as counts rather than through a margin."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ImpossibleConditionError
from statsim.tables.columns.base import Block, Column, floats_of, refuse_cell


@dataclass(frozen=True, kw_only=True)
class CountColumn(Column):
    """A column of counts.

    Parameters
    ----------
    upper : int or None
        No count above this is drawn.
    """

    kind: ClassVar[str] = "count"
    _types: ClassVar[dict] = {"upper": (int, type(None))}

    upper: int | None = None

    def __post_init__(self):
        if self.upper is not None and self.upper < 0:
            raise ValueError(f"upper must not be negative, got {self.upper}")

    def blocks(self):
        return [Block("counts", self.nullable)]

    def encode(self, cells):
        values = floats_of(cells)
        missing = np.isnan(values)
        bad = np.flatnonzero(~missing & ((values < 0) | (values != np.floor(values))))
        if bad.size:
            raise refuse_cell(self.name, bad[0], values[bad[0]], "a count")
        return [np.where(missing, -1, np.where(missing, 0, values).astype(np.int64))]

    def decode(self, parts, rows, key):
        import pyarrow as pa

        (counts,) = parts
        missing = counts < 0 if self.nullable else None
        if self.upper is not None:
            counts = np.minimum(counts, self.upper)
        return pa.array(np.maximum(counts, 0), mask=missing).cast(self.arrow_type, safe=False)

    def _check_possible(self, value, cells):
        number = floats_of(cells)[0]
        if not (number >= 0 and number == np.floor(number)) or (self.upper is not None and number > self.upper):
            raise ImpossibleConditionError(f"column {self.name!r} counts from 0 to {self.upper or 'no limit'} and cannot be {value!r}")
