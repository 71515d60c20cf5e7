"""Pairs of nodes by number: the pairs of a region in the order of rows, and the way back from a number to its pair.

A region is a rectangle of rows and columns, a square without its diagonal, or a triangle without or with it. A triangle with
its diagonal is one without it that has a row more. Numbers reach 2**63 - 1; no product of two of them is formed.
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel

RECTANGLE, OFF_DIAGONAL, TRIANGLE, TRIANGLE_LOOPS = 0, 1, 2, 3


@inlined
def triangle_number(k):
    """k (k + 1) / 2 for 0 <= k < 2**32, with no intermediate above the result."""
    return (k // 2) * (k + 1) if k % 2 == 0 else k * ((k + 1) // 2)


@inlined
def row_width(kind, n_columns, row):
    """Pairs in a row of a region of `n_columns` columns."""
    if kind == RECTANGLE:
        return n_columns
    if kind == OFF_DIAGONAL:
        return n_columns - 1
    return n_columns - 1 - row if kind == TRIANGLE else n_columns - row


@inlined
def column_of(kind, row, place):
    """Column of the pair at `place` of its row."""
    if kind == RECTANGLE:
        return place
    if kind == OFF_DIAGONAL:
        return place + 1 if place >= row else place
    return row + 1 + place if kind == TRIANGLE else row + place


@kernel
def locate(kind, n_columns, size, number):
    """(row, place in the row) of pair `number` of a region with `size` pairs, int64."""
    if kind == RECTANGLE:
        return number // n_columns, number % n_columns
    if kind == OFF_DIAGONAL:
        return number // (n_columns - 1), number % (n_columns - 1)
    after = size - 1 - number  # counted from the last pair, rows have 1, 2, 3, ... pairs
    k = np.int64(math.sqrt(2.0 * np.float64(after) + 0.25) - 0.5)
    k = max(np.int64(0), k)
    while triangle_number(k) > after:
        k -= 1
    while triangle_number(k + 1) <= after:
        k += 1
    rows = n_columns - 1 if kind == TRIANGLE else n_columns
    return rows - 1 - k, k - (after - triangle_number(k))


@kernel
def fill_pairs(kind, n_columns, size, first, rows, columns):
    """Write the pairs first, first + 1, ... of a region into `rows` and `columns`."""
    if rows.size == 0:
        return
    row, place = locate(kind, n_columns, size, first)
    for i in range(rows.size):
        while place >= row_width(kind, n_columns, row):
            row, place = row + 1, place - row_width(kind, n_columns, row)
        rows[i], columns[i] = row, column_of(kind, row, place)
        place += 1
