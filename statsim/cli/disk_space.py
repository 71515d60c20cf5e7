"""Room on the disk, looked at once the first rows show how large a row is."""

import os
import shutil

from statsim.cli import show
from statsim.errors import OutputError


def check_space(writer, rows):
    """Raise `OutputError` when `rows` rows cannot fit on the disk, by the size of those that a `TableWriter` has written.

    Rows are alike, so the estimate is close; it must exceed the free space twice, so that only the hopeless is refused.
    """
    folder = os.path.dirname(writer.path) or "."
    free = shutil.disk_usage(folder).free
    missing = writer.n_bytes * (rows - writer.n_rows) // writer.n_rows
    if missing > 2 * free:
        raise OutputError(
            f"cannot write {writer.path}: {rows:,} rows would take about {show.size(writer.n_bytes + missing)}, and {folder} has "
            f"{show.size(free)} free; ask for fewer rows, divide them with --shard, or name a file on a larger disk"
        )
