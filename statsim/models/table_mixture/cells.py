"""Probabilities of single cells from the expected sums of an M step."""

import numpy as np


def shares_of(sums):
    """Rows of sums divided by their totals; equal shares where a row is empty."""
    total = sums.sum(axis=1, keepdims=True)
    return np.where(total > 0, sums / np.where(total > 0, total, 1.0), 1.0 / sums.shape[1])


def missing_shares(cells, nullable, n_components):
    """Share of the missing slot of each column (K, columns); 0 in columns that are not nullable."""
    columns = [shares_of(sums)[:, 0] if flag else np.zeros(n_components) for sums, flag in zip(cells, nullable, strict=True)]
    return as_columns(columns, n_components)


def as_columns(columns, n_components):
    """Columns (K,) side by side (K, columns), also where there are none."""
    return np.stack(columns, axis=1) if columns else np.zeros((n_components, 0))


def dispersions_of(previous, j):
    """Dispersions of count column j before the step, or None at a start."""
    return None if previous is None else previous.count_dispersions[:, j]
