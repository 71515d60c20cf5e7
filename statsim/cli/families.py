"""Fits of the models that are asked for by name: the numbers of a table as rows, as sequences or as edges."""

import json
from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError, DataError

_MOST_COMPONENTS = 8


@dataclass(frozen=True)
class Request:
    """What `statsim fit --model NAME` was asked for."""

    name: str
    components: object = "auto"
    settings: tuple = ()
    sequence: str | None = None
    seed: int = 0
    private: int | None = None
    raw_rows: bool = False
    criterion: str | None = None


def check_consent(request):
    """Refuse a file of raw rows that nobody has agreed to, before any work, and consent where none is needed.

    Raises
    ------
    ArgumentError
    """
    holds_rows = request.name == "KernelDensity"
    if holds_rows and not (request.private or request.raw_rows):
        raise ArgumentError(
            "a KernelDensity holds the rows of the data, and so would its file; give --private N to keep means of groups of N rows instead, "
            "or --raw-rows to allow it"
        )
    if not holds_rows and (request.private or request.raw_rows):
        raise ArgumentError(f"--private and --raw-rows are for KernelDensity, and a {request.name} holds no rows; leave them out")


def new_model(request):
    """The model asked for, not yet fitted."""
    from statsim.catalog import ENTRIES

    kind = ENTRIES[request.name].load_class()
    return kind(**_arguments(kind, request))


def fit_family(request, frame):
    """The model fitted to an Arrow table, its data, and how many rows, sequences or edges that were, in words."""
    from statsim.row_model import RowModel
    from statsim.sequence_model import SequenceModel

    model = new_model(request)
    kind = type(model)
    names = [name for name in frame.column_names if name != request.sequence]
    if issubclass(kind, SequenceModel):
        X = _sequences(frame, names, request.sequence)
        model = _fitted(model, X, request)
        counted = f"{frame.num_rows:,} steps in {len(X)} sequence(s)"
    elif issubclass(kind, RowModel):
        _refuse_sequence(request)
        X = numbers(frame, names)
        model = _fitted(model, X, request)
        counted = f"{frame.num_rows:,} rows"
    else:
        _refuse_sequence(request)
        X = edges(frame, names)
        model.fit(X)
        counted = f"{frame.num_rows:,} edges"
    return (model.private(request.private) if request.private else model), X, counted


def _fitted(model, X, request):
    """The model fitted, or the best of 1 to 8 components by the criterion asked for."""
    if request.criterion is None:
        return model.fit(X)
    from statsim.evaluation.select import select

    selection = select(model, X, criterion=request.criterion, rng=model.rng, n_components=range(1, _MOST_COMPONENTS + 1))
    best = selection.model
    best.fit_document_["selection"] = f"{selection.table.names[0]} has the best {request.criterion} of {len(selection.table)} candidates"
    return best


def name_columns(model, request, frame):
    """Let the model know the names of its columns."""
    names = [name for name in frame.column_names if name != request.sequence]
    if getattr(model, "n_features_in_", None) == len(names):
        model.feature_names_in_ = np.array(names, dtype=object)


def _arguments(kind, request):
    """Constructor arguments from --set, --components and --seed."""
    known = kind._parameter_names()
    given = {name: _value(text) for name, text in request.settings}
    for name in given:
        if name not in known:
            raise ArgumentError(f"--set {name}: a {kind.__name__} has no {name}; it has {', '.join(known)}")
    if request.components != "auto":
        if "n_components" not in known:
            raise ArgumentError(f"--components: a {kind.__name__} has none; leave it out")
        given.setdefault("n_components", request.components)
    if request.criterion is not None and ("n_components" not in known or "n_components" in given):
        why = f"a {kind.__name__} has no components" if "n_components" not in known else "their number is given"
        raise ArgumentError(f"--criterion chooses the number of components, and {why}; leave one of them out")
    if "rng" in known:
        given.setdefault("rng", request.seed)
    return given


def _value(text):
    """A number, a list, true, false or null where the text is one in JSON; else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _refuse_sequence(request):
    if request.sequence is not None:
        raise ArgumentError(f"--sequence names the column of sequences, and a {request.name} is no model of sequences; leave it out")


def numbers(frame, names):
    """Columns of an Arrow table as (n, d) float64, NaN where empty.

    Raises
    ------
    DataError
        For a column that holds no numbers.
    """
    import pyarrow as pa

    columns = []
    for name in names:
        column = frame[name]
        kind = column.type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
            raise DataError(f"column {name!r} holds {kind}, and this model takes numbers; leave it out with --columns, or use a Synthesizer")
        columns.append(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
    return np.column_stack(columns) if columns else np.empty((frame.num_rows, 0))


def _sequences(frame, names, sequence):
    """The steps of a table as a list of arrays: one, or one for each value of the column `sequence`, in the order of the rows."""
    X = numbers(frame, names)
    if sequence is None:
        return [X]
    if sequence not in frame.column_names:
        raise ArgumentError(f"--sequence {sequence}: there is no such column; there are {', '.join(frame.column_names)}")
    labels = frame[sequence].combine_chunks().dictionary_encode()
    codes = labels.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    if (codes < 0).any():
        raise DataError(f"--sequence {sequence}: row {int(np.argmax(codes < 0))} has no value there; every step needs its sequence")
    order = np.argsort(codes, kind="stable")
    return np.split(X[order], np.flatnonzero(np.diff(codes[order])) + 1)


def edges(frame, names):
    """The first two columns of an edge table (m, 2) int64."""
    if len(names) < 2:
        raise DataError(f"an edge table needs two columns of node numbers, got {', '.join(names) or 'none'}")
    X = numbers(frame, names[:2])
    bad = np.argwhere(~(X == np.floor(X)))
    if bad.size:
        raise DataError(f"column {names[bad[0][1]]!r}, row {int(bad[0][0])}: {X[tuple(bad[0])]} is no node number; number the nodes from 0")
    return X.astype(np.int64)


def account(model, X, counted):
    """What a fit by name did, as JSON values."""
    fit = model.to_document()["fit"]
    mean, error, unit = _score(model, X)
    plain = {name: value for name, value in fit.items() if isinstance(value, (int, float, str, bool))}
    return {
        **plain, "model": type(model).__name__, "data": counted, "log_likelihood_mean": mean, "log_likelihood_error": error, "log_likelihood_of_a": unit,
        "warnings": list(fit.get("warnings", [])),
    }  # fmt: skip


def _score(model, X):
    """Mean log density of a row or sequence of the fit, its standard error, and which of them; None where the model has no density."""
    if hasattr(X, "chunks"):
        from statsim.cli.fit_stream import mean_score

        return *mean_score(model, X), "row"
    try:
        scores = np.asarray(model.score_samples(X))
    except (AttributeError, TypeError):
        return None, None, None
    error = float(scores.std(ddof=1) / np.sqrt(len(scores))) if len(scores) > 1 else float("nan")
    return float(scores.mean()), error, "sequence" if isinstance(X, list) else "graph" if X.dtype == np.int64 else "row"


def lines(document):
    """The account as lines of text."""
    from statsim.cli import show

    facts = [("model", document["model"]), ("data", document["data"])]
    if document["log_likelihood_mean"] is not None:
        mean, error = document["log_likelihood_mean"], document["log_likelihood_error"]
        spread = f" +- {error:.4f}" if np.isfinite(error) else ""
        facts.append(("log-likelihood", f"{mean:.4f}{spread} per {document['log_likelihood_of_a']} of the fit"))
    if "selection" in document:
        facts.append(("selection", document["selection"]))
    if "n_starts" in document:
        facts.append(("search", f"{'converged' if document['converged'] else 'did not converge'}; {document['n_agreed']} of {document['n_starts']} starts agreed"))
    facts += [("time", show.seconds(document["seconds"])), ("model file", f"{document['output']} ({show.size(document['bytes'])})")]
    return [*show.pairs(facts), *(f"warning: {text}" for text in document["warnings"])]
