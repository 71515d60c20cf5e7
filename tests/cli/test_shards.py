"""Shards partition a data set at block boundaries."""

import pytest

from statsim.blocks import BLOCK_ROWS
from statsim.cli.shards import shard_range


@pytest.mark.parametrize("start", [0, 1, 1023, 1024, 5000, 10**12 + 7])
@pytest.mark.parametrize("n", [0, 1, 1023, 1025, 10_000, 10**15 + 3])
@pytest.mark.parametrize("count", [1, 2, 3, 7, 64])
def test_shards_end_to_end_are_the_whole(start, n, count):
    row = start
    for index in range(1, count + 1):
        first, rows = shard_range(start, n, index, count)
        assert first == row and rows >= 0
        assert first % BLOCK_ROWS == 0 or first in (start, start + n)
        row = first + rows
    assert row == start + n


def test_shards_are_even_to_a_block():
    sizes = [shard_range(0, 10**6, index, 7)[1] for index in range(1, 8)]
    assert max(sizes) - min(sizes) <= BLOCK_ROWS
