"""Model files as commands meet them."""

import os

from statsim.errors import FileRefusedError


def load_model(path):
    """The model in the file at `path`; a file that cannot be read is refused like one that is wrong."""
    from statsim.catalog import load

    try:
        return load(path)
    except OSError as error:
        raise FileRefusedError(f"cannot read the model file {os.fspath(path)}: {error.strerror or error}") from error
