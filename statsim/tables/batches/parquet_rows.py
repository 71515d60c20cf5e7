"""The numbers of a Parquet file, a few rows at a time.

The file is an untrusted one: local and regular, its columns numbers, and no page larger than the limit, which is read from the headers of
the pages before any of them is unpacked. Only what `batch_rows` rows need is in memory, beside one page of each column.
"""

from statsim.errors import DataError
from statsim.tables.batches.ahead import one_ahead
from statsim.tables.batches.one_batch import FileRows
from statsim.tables.frames import check_names
from statsim.tables.parquet_sizes import column_pages
from statsim.tables.reading import opened

_PAGE_BYTES = 256 * 2**20
_BUFFER_BYTES = 2**20


class ParquetRows:
    """A Parquet file to be read in passes, with `n_rows` and `column_names`.

    Raises
    ------
    DataError
        When it is made, for a file that cannot be used.
    """

    def __init__(self, path, columns, weights, batch_rows):
        self._path, self._batch_rows = path, batch_rows
        with opened(path) as file:
            start = file.read(4)
            if start != b"PAR1":
                raise DataError(f"{path} is no Parquet file: it begins with {start!r}, not b'PAR1'; batches are read from Parquet, so read others with a function that yields frames")
            self.column_names = self._checked(file, columns, weights)

    def _checked(self, file, columns, weights):
        """The columns to read."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            parquet = pq.ParquetFile(file)
            schema, self.n_rows = parquet.schema_arrow, parquet.metadata.num_rows
            present = [name for name in schema.names if not name.startswith("__index_level_")]
            check_names(present)
            wanted = list(dict.fromkeys([*(present if columns is None else columns), *([] if weights is None else [weights])]))
            for name in wanted:
                if name not in present:
                    raise DataError(f"{self._path} has no column {name!r}; it has {', '.join(map(repr, present))}")
                _check_type(schema.field(name), self._path)
            self._check_pages(file, wanted)
            return wanted
        except DataError:
            raise
        except (pa.ArrowException, OSError, ValueError) as error:
            raise DataError(f"{self._path} is no readable Parquet file: {error}") from None

    @property
    def n_bytes(self):
        """Bytes of the numbers in memory."""
        return 8 * self.n_rows * len(self.column_names)

    def _check_pages(self, file, names):
        for column, page in column_pages(file, set(names)):
            if page.nbytes > _PAGE_BYTES:
                raise DataError(f"{self._path}: a page of column {column!r} unpacks to {page.nbytes} bytes, above the limit of {_PAGE_BYTES}; write the file with smaller row groups")

    def batches(self):
        """One pass: `FileRows` of at most `batch_rows` rows."""
        return one_ahead(self._decoded())

    def _decoded(self):
        import pyarrow as pa
        import pyarrow.parquet as pq

        first_row = 0
        with opened(self._path) as file:
            try:
                parquet = pq.ParquetFile(file, buffer_size=_BUFFER_BYTES, pre_buffer=False)
                for batch in parquet.iter_batches(self._batch_rows, columns=self.column_names, use_threads=False):
                    yield FileRows(batch, first_row, self._path)
                    first_row += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                raise DataError(f"{self._path} cannot be read after row {first_row}: {error}") from None


def _check_type(field, path):
    import pyarrow as pa

    if not (pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_boolean(field.type)):
        raise DataError(f"{path}: column {field.name!r} holds {field.type}, and batches hold numbers; leave it out with Batches(path, columns=[...])")
