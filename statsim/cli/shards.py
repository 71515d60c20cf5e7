"""Shards: one data set cut at block boundaries, so that the parts laid end to end are the whole."""

from statsim.blocks import BLOCK_ROWS


def shard_range(start, n, index, count):
    """First row and number of rows of shard `index` (from 1) of `count` of rows [start, start + n).

    Examples
    --------
    >>> [shard_range(0, 3000, index, 2) for index in (1, 2)]
    [(0, 1024), (1024, 1976)]
    """
    first_block, blocks = start // BLOCK_ROWS, -(-(start + n) // BLOCK_ROWS) - start // BLOCK_ROWS
    low, high = (_edge(start, n, (first_block + blocks * part // count) * BLOCK_ROWS) for part in (index - 1, index))
    return low, high - low


def _edge(start, n, row):
    return min(max(row, start), start + n)
