"""The law of an autoregression as JSON values, and back, trusting nothing."""

from dataclasses import replace

import numpy as np

from statsim import checks, files
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.models.series.autoregressive_fit import TRENDS
from statsim.models.series.autoregressive_law import checked_law

_KEYS = ("coefficients", "intercept", "slope", "noise_covariance", "initial", "steps_before", "trend", "missing")
_LAST_STEP = 2**53


def write_law(law, trend, missing):
    """JSON values of an `AutoregressiveLaw` and of the two constructor parameters a file keeps."""
    return {
        "coefficients": files.array_to_document(law.coefficients),
        "intercept": files.array_to_document(law.intercept),
        "slope": files.array_to_document(law.slope),
        "noise_covariance": files.array_to_document(law.noise),
        "initial": None if law.initial is None else files.array_to_document(law.initial),
        "steps_before": law.before,
        "trend": trend,
        "missing": missing,
    }


def read_law(document):
    """(law, trend, missing) from what `write_law` made; `FileRefusedError` or `ArgumentError` for anything else."""
    closed(document, _KEYS)
    noise = files.array_from_document(document["noise_covariance"], "noise_covariance", shape=(None, None))
    k = len(noise)
    coefficients = _coefficients(document["coefficients"], k)
    initial = document["initial"]
    law = checked_law(
        coefficients=coefficients,
        intercept=files.array_from_document(document["intercept"], "intercept", shape=(k,)),
        slope=files.array_from_document(document["slope"], "slope", shape=(k,)),
        noise=noise,
        initial=None if initial is None else _initial(initial, len(coefficients), k),
        names=("coefficients", "intercept", "slope", "noise_covariance"),
    )
    before = document["steps_before"]
    if type(before) is not int or not 0 <= before <= _LAST_STEP:
        raise FileRefusedError(f"steps_before must be an integer from 0 to 2^53, got {str(before)[:80]}")
    trend = checks.choice(document["trend"], "trend", TRENDS)
    if (law.slope.any() and trend != "ct") or (law.intercept.any() and trend == "n"):
        raise FileRefusedError(f"trend={trend!r} does not go with the intercept and slope in the file")
    return replace(law, before=before), trend, checks.choice(document["missing"], "missing", ("raise", "mar"))


def _coefficients(value, k):
    if value == []:
        return np.empty((0, k, k))
    return files.array_from_document(value, "coefficients", shape=(None, k, k))


def _initial(value, p, k):
    return np.empty((0, k)) if value == [] and p == 0 else files.array_from_document(value, "initial", shape=(p, k))

