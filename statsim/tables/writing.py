"""Writing tables in batches: Parquet, CSV or Arrow, to a file that appears whole or not at all, or to standard output."""

import contextlib
import os
import sys
import warnings

from statsim.checks import choice
from statsim.errors import ArgumentError, DataWarning, OutputError
from statsim.outputs import atomic_output
from statsim.tables.formulas import POLICIES, count_formulas, escape_formulas
from statsim.tables.frames import frame_to_arrow

FORMATS = ("parquet", "csv", "arrow")
_EXTENSIONS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow"}


def format_of(path):
    """The format that a file's name says; CSV for standard output ("-")."""
    name = os.fspath(path)
    if name == "-":
        return "csv"
    extension = os.path.splitext(name)[1].lower()
    if extension not in _EXTENSIONS:
        raise ArgumentError(f"cannot tell the format of {name!r} by its ending; use one of {', '.join(_EXTENSIONS)}, or name the format")
    return _EXTENSIONS[extension]


class TableWriter(contextlib.AbstractContextManager):
    """Writes batches of one table.

    Parameters
    ----------
    path : str or path-like
        "-" is standard output.
    format : {"parquet", "csv", "arrow"}, optional
        Default: what the name's ending says; CSV for standard output.
    force : bool
        Replace an existing file.
    formula_policy : {"warn", "escape", "keep"}
        For text cells of a CSV file that a spreadsheet would read as a formula (beginning with = + - @, tab or return): warn
        with their number at the end, put an apostrophe before them, or do nothing. Numbers are never changed.

    Attributes
    ----------
    n_rows : int
        Rows written so far.
    n_formula_cells : int
        Text cells seen that look like formulas.

    Raises
    ------
    OutputError
        With the path, when the file exists or cannot be written; nothing partial is left.

    Examples
    --------
    >>> import os, pyarrow as pa, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "rows.parquet")
    ...     with TableWriter(path) as writer:
    ...         for _ in range(3):
    ...             writer.write(pa.table({"x": [1, 2]}))
    ...     writer.n_rows, os.listdir(folder)
    (6, ['rows.parquet'])
    """

    def __init__(self, path, format=None, *, force=False, formula_policy="warn"):
        self.path = os.fspath(path)
        self.format = format_of(path) if format is None else choice(format, "format", FORMATS)
        self._policy = choice(formula_policy, "formula_policy", POLICIES)
        self._force = force
        self._stack = contextlib.ExitStack()
        self._sink = None
        self._file = None
        self.n_rows = 0
        self.n_formula_cells = 0

    def __enter__(self):
        self._file = sys.stdout.buffer if self.path == "-" else self._stack.enter_context(atomic_output(self.path, force=self._force))
        return self

    @property
    def n_bytes(self):
        """Bytes in the file so far."""
        return self._file.tell()

    def write(self, batch):
        """Append the rows of a frame; all batches have the columns and types of the first."""
        table = frame_to_arrow(batch)
        if self.format == "csv":
            table = self._for_csv(table)
        if self._sink is None:
            self._sink = self._opened(table)
        with self._named_errors():
            self._sink.write_table(table.cast(self._sink_schema))
        self.n_rows += table.num_rows

    def _for_csv(self, table):
        """Plain types, and the formula policy."""
        table = _plain(table)
        found = count_formulas(table)
        self.n_formula_cells += found
        return escape_formulas(table) if found and self._policy == "escape" else table

    def _opened(self, table):
        import pyarrow as pa
        from pyarrow import csv
        from pyarrow import parquet as pq

        self._sink_schema = schema = table.schema
        with self._named_errors():
            if self.format == "parquet":
                return pq.ParquetWriter(self._file, schema, compression="zstd", compression_level=1, use_dictionary=_repeating(table))
            if self.format == "arrow":
                return pa.ipc.new_file(self._file, schema)
            return csv.CSVWriter(self._file, schema)

    @contextlib.contextmanager
    def _named_errors(self):
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            if isinstance(error, OutputError):
                raise
            raise OutputError(f"cannot write {self.path}: {error.strerror or error}; nothing was left behind") from error

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            with contextlib.suppress(Exception):
                self._close_sink()
            return self._stack.__exit__(kind, error, traceback)
        try:
            with self._named_errors():
                self._close_sink()
                self._file.flush()
        except BaseException:
            self._stack.__exit__(*sys.exc_info())
            raise
        self._stack.close()
        self._report_formulas()
        return None

    def _close_sink(self):
        if self._sink is not None:
            self._sink.close()

    def _report_formulas(self):
        if self.n_formula_cells and self._policy == "warn":
            warnings.warn(
                f"{self.path}: {self.n_formula_cells} text cell(s) begin with = + - @, tab or return, which a spreadsheet reads as a "
                f"formula; pass formula_policy='escape' (--formula-policy escape) to disarm them, 'keep' to say nothing",
                DataWarning,
                stacklevel=3,
            )


def write_table(frame, path, format=None, *, force=False, formula_policy="warn"):
    """Write a whole frame; see `TableWriter`."""
    with TableWriter(path, format, force=force, formula_policy=formula_policy) as writer:
        writer.write(frame)


def _repeating(table):
    """Names of the columns worth a dictionary: all but numbers that hardly repeat, where it makes files larger and 7 times slower."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = table.slice(0, 10_000)
    floating = {field.name for field in table.schema if pa.types.is_floating(field.type)}
    rare = {name for name in floating if first.num_rows and pc.count_distinct(first[name]).as_py() > first.num_rows / 2}
    return [name for name in table.column_names if name not in rare]


def _plain(table):
    """Columns as CSV can hold them: categoricals as their values, durations as whole ticks."""
    import pyarrow as pa

    for index, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(index, field.name, table[index].cast(field.type.value_type))
        elif pa.types.is_duration(field.type):
            table = table.set_column(index, field.name, table[index].cast(pa.int64()))
    return table
