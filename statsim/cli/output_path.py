"""Output files, checked before any work is done."""

import os

from statsim.errors import OutputError


def check_output(path, *, force):
    """Raise `OutputError` when `path` plainly cannot be written, so that minutes of work are not lost at the end."""
    from statsim.outputs import refuse_existing

    if path == "-":
        raise OutputError("only statsim sample writes to standard output; name a file after -o")
    refuse_existing(path, force=force)
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise OutputError(f"cannot write {path}: there is no directory {folder}; make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"cannot write {path}: the directory {folder} is read-only; choose another")
