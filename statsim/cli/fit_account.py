"""What a fit did, as data and as a short table."""

import math

from statsim.cli import show


def account(model, frame, *, output, warned, seconds):
    """The account of a fitted `Synthesizer` as JSON values."""
    import os

    mean, error = _log_likelihood(model, frame)
    fit = model.to_document()["fit"]
    return {
        "output": output,
        "bytes": os.path.getsize(output),
        "rows": frame.num_rows,
        "columns": [
            {"name": column.name, "kind": column.kind, "type": column.dtype, "nullable": column.nullable}
            for column in model.schema_.columns
        ],
        "components": 0 if model.mixture_ is None else len(model.mixture_.weights_),
        "parameters": model.n_parameters,
        "log_likelihood_per_row": mean,
        "log_likelihood_error": error,
        "bic_path": fit.get("bic_path", []),
        "n_starts": fit.get("n_starts"),
        "n_agreed": fit.get("n_agreed"),
        "n_spurious": fit.get("n_spurious"),
        "converged": fit.get("converged"),
        "warnings": list(warned),
        "seconds": round(seconds, 3),
    }


def lines(document):
    """The account as lines of text."""
    kinds = [
        (column["name"], column["kind"], column["type"], "yes" if column["nullable"] else "") for column in document["columns"]
    ]
    facts = [
        ("rows", f"{document['rows']:,}"),
        ("components", _components(document)),
        (
            "log-likelihood",
            f"{document['log_likelihood_per_row']:.4f} +- {document['log_likelihood_error']:.4f} per row of the fit",
        ),
        ("search", _search(document)),
        ("time", show.seconds(document["seconds"])),
        ("model file", f"{document['output']} ({show.size(document['bytes'])})"),
    ]
    warned = [f"warning: {text}" for text in document["warnings"]]
    return [*show.table(("column", "kind", "type", "missing"), kinds), "", *show.pairs(facts), *warned]


def _components(document):
    tried = len(document["bic_path"])
    chosen = f", the lowest BIC of {tried} tried" if tried else ""
    return f"{document['components']} ({document['parameters']} parameters){chosen}"


def _search(document):
    if document["n_starts"] is None:
        return "none needed: no column is random"
    end = "converged" if document["converged"] else "did not converge"
    spurious = f", {document['n_spurious']} spurious" if document["n_spurious"] else ""
    return f"{end}; {document['n_agreed']} of {document['n_starts']} starts agreed{spurious}"


def _log_likelihood(model, frame):
    """Mean log density of the rows and its standard error."""
    import numpy as np

    scores = model.score_samples(frame)
    if not len(scores) or not np.isfinite(scores).all():
        return math.nan, math.nan
    return float(scores.mean()), float(scores.std(ddof=1) / math.sqrt(len(scores))) if len(scores) > 1 else math.nan
