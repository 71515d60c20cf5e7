"""Conditions on the columns of a table, as evidence on the arrays of a mixture and as JSON values."""

from collections.abc import Mapping

from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError, ImpossibleConditionError
from statsim.tables.codec import cleaned_value
from statsim.tables.columns.base import FREE
from statsim.tables.columns.values import values_from_json, values_to_json


def checked(conditions, schema, fixed):
    """Conditions as a dict of plain values, NaN as None; refuses unknown columns and contradictions.

    Parameters
    ----------
    conditions : mapping of column name to value
    schema : TableSchema
    fixed : dict
        What holds already.
    """
    if not isinstance(conditions, Mapping):
        raise ArgumentTypeError(f"conditions must be a mapping of column to value, got {type(conditions).__name__}")
    if not conditions:
        raise ArgumentError("conditions are empty; give at least one column a value")
    plain = {}
    for name, value in conditions.items():
        schema.column(name)
        plain[name] = None if _is_missing(value) else cleaned_value(schema, name, value, reversible=False)
        if name in fixed and fixed[name] != plain[name]:
            raise ImpossibleConditionError(f"column {name!r} is {fixed[name]!r} already and cannot be {plain[name]!r}")
    return plain


def _is_missing(value):
    """None, NaN, NaT, or pandas.NA (which cannot be compared)."""
    return value is None or type(value).__name__ == "NAType" or value != value


def array_evidence(conditions, schema):
    """Arguments of `TableMixture.given` for checked conditions."""
    known = {"continuous": {}, "discrete": {}, "counts": {}, "missing": []}
    for name, value in conditions.items():
        column = schema.column(name)
        said = column.condition(None if value is None else cleaned_value(schema, name, value, reversible=True))
        for (kind, position), what in zip(schema.places[name], said, strict=True):
            if what is None:
                known["missing"].append((kind, position))
            elif what is not FREE:
                known[kind][position] = what
    return known


def to_json(fixed, schema):
    """Conditions as JSON values."""
    return {
        name: None if value is None else values_to_json(schema.column(name).cell_array(value))[0]
        for name, value in fixed.items()
    }


def from_json(document, schema):
    """Conditions from JSON values; refuses what the schema does not have."""
    if not isinstance(document, dict):
        raise FileRefusedError(f"given must be an object of column to value, got {type(document).__name__}")
    fixed = {}
    for name, value in document.items():
        if name not in schema.names:
            raise FileRefusedError(f"given names the column {name!r}, which the schema does not have")
        try:
            fixed[name] = None if value is None else values_from_json([value], schema.column(name).arrow_type)[0].as_py()
        except (ValueError, TypeError) as error:
            raise FileRefusedError(f"given has an impossible value for the column {name!r}: {error}") from error
    return fixed
