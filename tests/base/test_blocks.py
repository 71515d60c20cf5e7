"""Blocks: any cut of rows into requests gives the same rows, whatever the number of threads."""

import numpy as np
import pytest

from statsim import blocks
from statsim.errors import ArgumentError

B = blocks.BLOCK_ROWS


def _fill(first_block, arrays):
    """Row r of the data set is (r, -r)."""
    rows, doubled = arrays
    numbers = first_block * B + np.arange(len(rows))
    rows[:] = numbers
    doubled[:] = np.stack([numbers, -numbers], axis=1)


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize(
    ("start", "n"),
    [(0, 0), (0, 1), (0, B), (0, B + 1), (1, B - 1), (1, B), (B - 1, 2), (5, 70 * B), (3 * B, 33 * B), (10**15 + 7, 3 * B + 1)],
)
def test_rows_are_those_of_the_data_set(start, n, threads):
    outputs = np.full(n, -1, np.int64), np.full((n, 2), -1, np.int64)
    blocks.fill_rows(_fill, start=start, n=n, outputs=outputs, num_threads=threads)
    expected = start + np.arange(n)
    assert (outputs[0] == expected).all()
    assert (outputs[1] == np.stack([expected, -expected], axis=1)).all()


def test_tasks_cover_each_row_once():
    for start in (0, 1, B - 1, B):
        for n in (0, 1, B - 1, B, 40 * B, 100 * B + 3):
            tasks = blocks._tasks(start, n)
            assert [offset for offset, _ in tasks] == np.cumsum([0, *(count for _, count in tasks)])[:-1].tolist()
            assert sum(count for _, count in tasks) == n
            assert all(count > 0 for _, count in tasks)


def test_first_error_of_a_thread_is_raised():
    def fail(index):
        if index == 3:
            raise ValueError("chunk three")
        return index

    with pytest.raises(ValueError, match="chunk three"):
        blocks.map_chunks(fail, 10, num_threads=4)


@pytest.mark.parametrize("bad", [0, -1, "many", 1.5, True])
def test_thread_count_is_checked(bad):
    with pytest.raises(ArgumentError, match=repr(bad)):
        blocks.thread_count(bad)


def test_thread_count_from_the_environment(monkeypatch):
    monkeypatch.setenv("STATSIM_NUM_THREADS", "3")
    assert blocks.thread_count() == 3
    assert blocks.thread_count(2) == 2
    monkeypatch.setenv("STATSIM_NUM_THREADS", "none")
    with pytest.raises(ArgumentError, match="STATSIM_NUM_THREADS.*'none'"):
        blocks.thread_count()


@pytest.mark.parametrize("n", [0, 1, 4096, 4097, 300_000, 10**6])
def test_chunks_of_rows_cover_every_row_once(n):
    chunks = blocks.row_chunks(n, most=16)
    assert chunks[0][0] == 0 and chunks[-1][1] == n and len(chunks) <= 16
    assert all(stop == start for (_, stop), (start, _) in zip(chunks, chunks[1:], strict=False))


def test_a_sum_over_chunks_is_in_their_order():
    numbers = np.random.default_rng(1).normal(size=20_000)
    chunks = blocks.row_chunks(len(numbers))
    expected = 0.0
    for start, stop in chunks:
        expected += numbers[start:stop].sum()
    assert blocks.summed(lambda start, stop: (numbers[start:stop].sum(),), chunks) == (expected,)
