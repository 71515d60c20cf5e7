"""Text cells that a spreadsheet would take for a formula (CSV injection): counted, or disarmed on request."""

POLICIES = ("warn", "escape", "keep")
_FORMULA = r"^[=+\-@\t\r]"


def count_formulas(table):
    """Number of text cells of a table that begin with = + - @, tab or return; numbers do not count."""
    import pyarrow.compute as pc

    return sum(pc.sum(pc.match_substring_regex(table[name], _FORMULA)).as_py() or 0 for name in _text_columns(table))


def escape_formulas(table):
    """The table with an apostrophe before each such cell."""
    import pyarrow.compute as pc

    for name in _text_columns(table):
        escaped = pc.replace_substring_regex(table[name], r"^([=+\-@\t\r])", r"'\1")
        table = table.set_column(table.column_names.index(name), name, escaped)
    return table


def _text_columns(table):
    import pyarrow as pa

    return [field.name for field in table.schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
