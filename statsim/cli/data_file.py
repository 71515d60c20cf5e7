"""Data files as commands meet them."""

import os

from statsim.errors import DataError


def read_data(path, *, columns=None, missing_values=None):
    """The table in a CSV, Parquet or Arrow file; a file that cannot be read is bad data like any other."""
    from statsim.tables.reading import read_table

    try:
        return read_table(path, columns=columns, missing_values=missing_values)
    except OSError as error:
        raise DataError(f"cannot read the data file {os.fspath(path)}: {error.strerror or error}") from error
