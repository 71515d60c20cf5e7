"""Identifier columns: never copied, only their pattern is learnt; drawn values are fresh and unique."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentError
from statsim.tables.columns.base import Block, Column
from statsim.tables.patterns import Pattern


@dataclass(frozen=True, kw_only=True)
class IdentifierColumn(Column):
    """A column of identifiers.

    Parameters
    ----------
    pattern : Pattern or None
        What a value looks like; None for a running number.
    first : int
        The running number of row 0.
    """

    kind: ClassVar[str] = "identifier"
    _types: ClassVar[dict] = {"pattern": (list, type(None)), "first": int}

    pattern: Pattern | None = None
    first: int = 0

    def __post_init__(self):
        if not 0 <= self.first < 2**62:
            raise ValueError(f"first must be 0 or above and below 2^62, got {self.first}")

    def blocks(self):
        return [Block("discrete", True, 1)] if self.nullable else []

    def encode(self, cells):
        return [np.where(cells.is_null().to_numpy(zero_copy_only=False), np.int32(-1), np.int32(0))] if self.nullable else []

    def decode(self, parts, rows, key):
        import pyarrow as pa
        import pyarrow.compute as pc

        values = pa.array(np.asarray(rows, np.uint64) + np.uint64(self.first)) if self.pattern is None else self._fresh(rows, key)
        try:
            values = values.cast(self.arrow_type)
        except pa.ArrowInvalid as error:
            raise ArgumentError(
                f"column {self.name!r}: {self.dtype} cannot hold different identifiers for rows up to {rows.max()} ({error}); ask for "
                f"fewer rows, or learn the column with kinds={{{self.name!r}: 'numeric'}}"
            ) from None
        if not parts:
            return values
        return pc.if_else(pa.array(parts[0] < 0), pa.scalar(None, values.type), values)

    def _fresh(self, rows, key):
        """Values of the pattern; each column of a table has its own key."""
        digest = hashlib.sha256(self.name.encode()).digest()[:16]
        return self.pattern.values(rows, key ^ np.frombuffer(digest, "<u8").astype(np.uint64))

    @classmethod
    def _read(cls, values):
        pattern = values["pattern"]
        return {**super()._read(values), "pattern": None if pattern is None else Pattern(tuple(tuple(run) for run in pattern))}
