"""The schema of a table: its columns in order, what was cleaned, and the least number of rows anything in it rests on."""

from dataclasses import dataclass, field
from functools import cached_property

from statsim.errors import ArgumentError, DataError, FileRefusedError
from statsim.tables.arrays import TableLayout
from statsim.tables.cleaning import step_from_document, step_to_document
from statsim.tables.columns import KINDS
from statsim.tables.frames import KINDS as FRAME_KINDS

_KEYS = {"columns", "min_count", "n_rows", "frame", "missing_values", "cleaning"}


@dataclass(frozen=True)
class TableSchema:
    """What the columns of a table are.

    Parameters
    ----------
    columns : tuple of Column
        In the table's order.
    min_count : int
        Every stored bound, knot and level rests on at least this many rows.
    n_rows : int
        Rows it was learnt from.
    frame : {"pandas", "polars", "pyarrow"}
        The kind of frame it was learnt from.
    missing_values : dict of str to list
        Values that were declared to mean "missing", by column.
    cleaning : tuple
        The steps of `statsim.tables.cleaning` with what they learnt.
    """

    columns: tuple
    min_count: int = 5
    n_rows: int = 0
    frame: str = "pyarrow"
    missing_values: dict = field(default_factory=dict)
    cleaning: tuple = ()

    @property
    def names(self):
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def _by_name(self):
        return {column.name: column for column in self.columns}

    def column(self, name):
        """The column called `name`."""
        if name not in self._by_name:
            raise ArgumentError(f"the table has no column {name!r}; it has {', '.join(map(repr, self.names))}")
        return self._by_name[name]

    @cached_property
    def places(self):
        """Per column name, the (block kind, position in that block) of each of its array columns."""
        counters = {"continuous": 0, "discrete": 0, "counts": 0}
        places = {}
        for column in self.columns:
            places[column.name] = []
            for block in column.blocks():
                places[column.name].append((block.kind, counters[block.kind]))
                counters[block.kind] += 1
        return places

    @cached_property
    def layout(self):
        """The `TableLayout` of the arrays."""
        blocks = [(column.name, block) for column in self.columns for block in column.blocks()]
        of = {kind: [pair for pair in blocks if pair[1].kind == kind] for kind in ("continuous", "discrete", "counts")}
        return TableLayout(
            continuous_nullable=tuple(block.nullable for _, block in of["continuous"]),
            n_levels=tuple(block.n_levels for _, block in of["discrete"]),
            discrete_nullable=tuple(block.nullable for _, block in of["discrete"]),
            counts_nullable=tuple(block.nullable for _, block in of["counts"]),
            continuous_names=tuple(name for name, _ in of["continuous"]),
            discrete_names=tuple(name for name, _ in of["discrete"]),
            counts_names=tuple(name for name, _ in of["counts"]),
        )

    def select(self, names):
        """The schema of some of the columns, in the order of `names`."""
        chosen = tuple(self.column(name) for name in names)
        if len(set(names)) != len(chosen) or not chosen:
            raise ArgumentError(f"columns must be one or more different names, got {list(names)!r}")
        return TableSchema(
            chosen, self.min_count, self.n_rows, self.frame,
            {name: values for name, values in self.missing_values.items() if name in names},
            tuple(step for step in self.cleaning if step.column in names),
        )  # fmt: skip

    def to_document(self):
        """The schema as JSON values."""
        return {
            "columns": [column.to_document() for column in self.columns],
            "min_count": self.min_count,
            "n_rows": self.n_rows,
            "frame": self.frame,
            "missing_values": {name: list(values) for name, values in self.missing_values.items()},
            "cleaning": [step_to_document(step) for step in self.cleaning],
        }

    @classmethod
    def from_document(cls, document):
        """The schema in a document; unknown keys, kinds and types are refused with `FileRefusedError`."""
        if not isinstance(document, dict) or set(document) != _KEYS:
            raise FileRefusedError(f"a schema has the keys {sorted(_KEYS)}, got {str(document)[:120]}")
        if document["frame"] not in FRAME_KINDS or not isinstance(document["missing_values"], dict):
            raise FileRefusedError(f"frame must be one of {FRAME_KINDS} and missing_values an object, got {document['frame']!r}")
        for key in ("min_count", "n_rows"):
            if type(document[key]) is not int or document[key] < 0:
                raise FileRefusedError(f"{key} must be a non-negative integer, got {document[key]!r}")
        for key in ("columns", "cleaning"):
            if not isinstance(document[key], list):
                raise FileRefusedError(f"{key} must be a list, got {str(document[key])[:80]}")
        if not all(isinstance(values, list) for values in document["missing_values"].values()):
            raise FileRefusedError(f"missing_values must hold a list for each column, got {str(document['missing_values'])[:80]}")
        columns = tuple(map(_column_from_document, document["columns"]))
        schema = cls(
            columns, document["min_count"], document["n_rows"], document["frame"],
            {str(name): list(values) for name, values in document["missing_values"].items()},
            tuple(map(step_from_document, document["cleaning"])),
        )  # fmt: skip
        if not columns or len(schema._by_name) != len(columns):
            raise FileRefusedError(f"column names must differ and be at least one, got {list(schema.names)[:20]}")
        strange = [step.column for step in schema.cleaning if step.column not in schema.names]
        if strange:
            raise FileRefusedError(f"a cleaning step names the column {strange[0][:80]!r}, which the schema does not have")
        return schema


def _column_from_document(document):
    kind = KINDS.get(str(document.get("kind"))) if isinstance(document, dict) else None
    if kind is None:
        raise FileRefusedError(f"a column has a kind out of {sorted(KINDS)}, got {str(document)[:120]}")
    return kind.from_document(document)


def prepare(table, *, names, missing_values, cleaning):
    """The columns `names` of an Arrow table as arrays by name, declared missing values emptied, cleaning steps applied.

    Raises
    ------
    DataError
        When the table lacks a column.
    """
    lacking = [name for name in names if name not in table.column_names]
    if lacking:
        raise DataError(f"the table lacks the column {lacking[0]!r}; it has {', '.join(map(repr, table.column_names))}")
    cells = {name: one_array(table[name]) for name in names}
    for name, values in missing_values.items():
        if name in cells:
            cells[name] = _emptied(name, cells[name], values)
    for step in cleaning:
        cells[step.column] = step.apply(cells[step.column])
    return cells


def one_array(chunked):
    """One Arrow array of a chunked one, with one dictionary."""
    import pyarrow as pa

    if isinstance(chunked, pa.ChunkedArray):
        if pa.types.is_dictionary(chunked.type):
            chunked = chunked.unify_dictionaries()
        chunked = chunked.combine_chunks()
    return pa.concat_arrays(chunked.chunks) if isinstance(chunked, pa.ChunkedArray) else chunked


def _emptied(name, cells, values):
    """Cells with the declared values made missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells
    try:
        declared = pa.array(values).cast(plain.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OverflowError) as error:
        raise DataError(f"missing_values[{name!r}] = {values!r} does not fit the column's type {plain.type}: {error}") from None
    return pc.if_else(pc.is_in(plain, value_set=declared), pa.scalar(None, cells.type), cells)
