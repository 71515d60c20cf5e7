"""The two array forms the metrics work on: float64 with NaN for missing, and integer codes with -1 for missing."""

import math

import numpy as np

from statsim.errors import ArgumentError


def numeric(values, *, name, minimum=1):
    """The values that are not missing, as float64.

    Parameters
    ----------
    values : array (n,)
        Numbers; NaN and None are missing.
    name : str
        What to call the array in an error message.
    minimum : int
        Fewest values that will do.

    Raises
    ------
    ArgumentError
        Too few values, or an infinite one.
    """
    values = np.asarray(values, dtype=float).ravel()
    values = values[~np.isnan(values)]
    if values.size < minimum:
        raise ArgumentError(f"{name} has {values.size} values that are not missing; at least {minimum} are needed")
    if not np.isfinite(values).all():
        bad = values[~np.isfinite(values)][0]
        raise ArgumentError(f"{name} holds the infinite value {bad}; remove it or mark it as missing (NaN)")
    return values


def unit_range(*arrays):
    """The arrays over a common power of two that brings them into [-1, 1], and its exponent.

    Exact, and squares and sums of the result neither overflow nor vanish whatever the unit of the column.
    """
    largest = max((float(np.nanmax(np.abs(x))) for x in arrays if x.size), default=0.0)
    exponent = math.frexp(largest)[1]
    return *(np.ldexp(x, -exponent) for x in arrays), exponent


def mean_and_sd(values):
    """Mean and standard deviation (n - 1) at any scale."""
    scaled, exponent = unit_range(values)
    return math.ldexp(scaled.mean(), exponent), math.ldexp(scaled.std(ddof=1), exponent) if scaled.size > 1 else math.nan


def is_missing(values):
    """True where a label is None or NaN (the only value unequal to itself)."""
    return np.fromiter((v is None or v != v for v in values), bool, len(values))


def encode(real, synthetic):
    """Integer codes of two label arrays over their common, sorted categories; -1 is missing.

    Returns
    -------
    codes_real, codes_synthetic : int array
    categories : tuple of str
    """
    tables = [np.asarray(x, dtype=object).ravel() for x in (real, synthetic)]
    missing = [is_missing(x) for x in tables]
    labels = [np.array([str(v) for v in x[~gone]], dtype=object) for x, gone in zip(tables, missing, strict=True)]
    categories = tuple(sorted(set(labels[0]) | set(labels[1])))
    number = {label: code for code, label in enumerate(categories)}
    coded = []
    for own, gone in zip(labels, missing, strict=True):
        codes = np.full(gone.size, -1)
        codes[~gone] = [number[label] for label in own]
        coded.append(codes)
    return coded[0], coded[1], categories


def counts(real, synthetic):
    """Counts per category of two code arrays, missing (-1) left out: an array (2, categories)."""
    real, synthetic = np.asarray(real), np.asarray(synthetic)
    size = int(max(real.max(initial=-1), synthetic.max(initial=-1))) + 1
    return np.array([np.bincount(x[x >= 0], minlength=size) for x in (real, synthetic)])
