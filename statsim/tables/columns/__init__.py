"""Kinds of columns, one per file: what a column is, how its cells become arrays, and back."""

from statsim.tables.columns.constant import ConstantColumn
from statsim.tables.columns.count import CountColumn
from statsim.tables.columns.discrete import DiscreteColumn
from statsim.tables.columns.identifier import IdentifierColumn
from statsim.tables.columns.numeric import NumericColumn
from statsim.tables.columns.temporal import TemporalColumn

KINDS = {kind.kind: kind for kind in (ConstantColumn, CountColumn, DiscreteColumn, IdentifierColumn, NumericColumn, TemporalColumn)}
"""Column class by the name it has in a schema file."""
