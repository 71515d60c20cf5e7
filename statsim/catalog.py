"""Every model by name: the fixed table that files, the command line and the law tests look names up in."""

from dataclasses import dataclass
from importlib import import_module

from statsim import files
from statsim.errors import FileRefusedError
from statsim.model import check_envelope


@dataclass(frozen=True)
class Entry:
    """One model: where its class lives and what it is for."""

    name: str
    module: str
    rows: str
    summary: str

    def load_class(self):
        """The class, imported now."""
        return getattr(import_module(self.module), self.name)


_ENTRIES = (
    Entry(
        "Synthesizer",
        "statsim.models.synthesizer.synthesizer",
        "tables of mixed types",
        "a mixture for tables: numbers keep their margins, categories and counts, missing values per component",
    ),
    Entry(
        "GaussianMixture",
        "statsim.models.mixture.gaussian_mixture",
        "arrays of numbers",
        "a weighted sum of normal laws with full, tied, diagonal or spherical covariances",
    ),
    Entry(
        "HiddenSemiMarkovModel",
        "statsim.models.hmm.hidden_semi_markov_model",
        "sequences",
        "a chain of hidden states with explicit laws of how long each is stayed in",
    ),
    Entry(
        "TableMixture",
        "statsim.models.table_mixture.table_mixture",
        "coded tables (arrays)",
        "the mixture inside a Synthesizer: normal, categorical and count columns given the component",
    ),
)

ENTRIES = {entry.name: entry for entry in _ENTRIES}
"""Every model class by the name that model files use."""


def load(path):
    """Read a model file.

    Parameters
    ----------
    path : str or path-like
        A JSON document written by `save`.

    Returns
    -------
    Model
        Of the class the file names, fitted.

    Raises
    ------
    FileRefusedError
        The file breaks the format, a limit or a version. Nothing in a file is ever executed.
    OSError
        There is no such file, or it cannot be read.

    Examples
    --------
    >>> import statsim as ss, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.json"
    >>> ss.GaussianMixture.from_parameters(weights=[1.0], means=[[0.0]], covariances=[[[1.0]]]).save(path)
    >>> ss.load(path)
    GaussianMixture()
    """
    return from_document(files.read_document(path), name=path)


def from_document(document, *, name="the document"):
    """The model in a document made by `to_document`; `name` is used in messages.

    Raises
    ------
    FileRefusedError
    """
    try:
        check_envelope(document)
        if document["model"] not in ENTRIES:
            raise FileRefusedError(f"the model class {document['model'][:80]!r} is not known; known are {', '.join(ENTRIES)}")
        return ENTRIES[document["model"]].load_class().from_document(document)
    except FileRefusedError as error:
        raise FileRefusedError(f"{name}: {error}") from error
