"""Sources of batches: what they take, what they give, and what they refuse."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_array_equal

from statsim import Batches
from statsim.errors import ArgumentError, ArgumentTypeError, DataError
from statsim.tables.batches import batches_of, parquet_rows
from statsim.tables.batches.ahead import one_ahead

X = np.random.default_rng(1).standard_normal((1000, 3))
PARTS = [X[:1], X[1:400], X[400:400], X[400:]]
FRAME = pd.DataFrame(X, columns=list("abc"))


def rows_of(source, **options):
    parts = list(Batches(source, **options).chunks())
    return np.concatenate([rows for rows, _ in parts]), np.concatenate([weights for _, weights in parts])


def parquet(path, table, **options):
    pq.write_table(pa.table(table), path, **options)
    return path


@pytest.mark.parametrize("make", [lambda: PARTS, lambda: tuple(PARTS), lambda: iter(PARTS), lambda: (lambda: iter(PARTS)), lambda: (part for part in PARTS), lambda: X])
def test_every_form_gives_the_same_rows(make):
    rows, weights = rows_of(make())
    assert_array_equal(rows, X)
    assert_array_equal(weights, np.ones(1000))


@pytest.mark.parametrize("form", [lambda frame: frame, pl.from_pandas, pa.Table.from_pandas, lambda frame: pa.RecordBatch.from_pandas(frame)])
def test_frames_of_every_library(form):
    batches = Batches([form(FRAME[:300]), form(FRAME[300:])])
    assert_array_equal(np.concatenate([rows for rows, _ in batches.chunks()]), X)
    assert batches.names.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("batch_rows", [1, 7, 128, 999, 1000, 5000])
def test_chunks_have_one_size_however_rows_come(batch_rows):
    for parts in (PARTS, [X], [X[i : i + 13] for i in range(0, 1000, 13)]):
        sizes = [len(rows) for rows, _ in Batches(parts, batch_rows=batch_rows).chunks()]
        assert sizes == [batch_rows] * (1000 // batch_rows) + [1000 % batch_rows] * (1000 % batch_rows > 0)


def test_a_parquet_file_with_columns_weights_and_types(tmp_path):
    table = {"a": X[:, 0].astype(np.float32), "n": np.arange(1000), "b": X[:, 1] > 0, "w": np.linspace(0, 1, 1000), "text": ["x"] * 1000}
    path = parquet(tmp_path / "rows.parquet", table, row_group_size=300)
    batches = Batches(path, columns=["n", "b", "a"], weights="w", batch_rows=128)
    for _ in range(2):
        parts = list(batches.chunks())
        rows, weights = np.concatenate([rows for rows, _ in parts]), np.concatenate([weights for _, weights in parts])
        assert_array_equal(rows, np.column_stack([np.arange(1000), X[:, 1] > 0, X[:, 0].astype(np.float32)]))
        assert_array_equal(weights, table["w"])
    assert batches.names.tolist() == ["n", "b", "a"]
    assert batches.n_rows == 1000


def test_frames_without_names_are_arrays():
    batches = Batches([pd.DataFrame(X[:5]), pd.DataFrame(X[5:])])
    assert_array_equal(np.concatenate([rows for rows, _ in batches.chunks()]), X)
    assert batches.names is None


def test_weights_come_in_pairs_or_by_name():
    w = np.linspace(0, 2, 1000)
    for source, options in (([(X[:10], w[:10]), (X[10:], w[10:])], {}), ([FRAME.assign(w=w)], {"weights": "w"})):
        rows, weights = rows_of(source, **options)
        assert_array_equal(rows, X)
        assert_array_equal(weights, w)


def test_columns_in_another_order_are_put_in_order():
    assert_array_equal(rows_of([FRAME[:10], FRAME[["c", "a", "b"]][10:]])[0], X)


@pytest.mark.parametrize("X", [[1.0, 2.0], [[1.0], [2.0]], np.ones((3, 2)), FRAME, pl.from_pandas(FRAME), pa.Table.from_pandas(FRAME), 3, None, [np.ones(3), np.ones(3)], []])
def test_data_in_memory_are_no_batches(X):
    assert batches_of(X) is None


def test_vectors_are_batches_for_a_law_of_one_number():
    assert batches_of([np.ones(3), np.ones(2)], vectors=True) is not None
    assert batches_of([1.0, 2.0], vectors=True) is None


def test_an_iterator_is_read_once():
    batches = Batches(iter(PARTS))
    assert not batches.repeats
    list(batches.chunks())
    with pytest.raises(ArgumentError, match="has been read already"):
        list(batches.chunks())
    with pytest.raises(ArgumentTypeError, match="only once, and EM reads them several times; pass a Parquet path"):
        batches.require_passes("EM")


def test_a_function_that_gives_a_spent_iterator_is_found_out():
    spent = iter(PARTS)
    batches = Batches(lambda: spent)
    list(batches.chunks())
    with pytest.raises(ArgumentError, match="X gave 1000 rows at first and 0 when read again"):
        list(batches.chunks())


def hole(at):
    parts = [X[i : i + 10].copy() for i in range(0, 1000, 10)]
    parts[17][4, 2] = at
    return parts


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: [], "X gave 0 sample"),
        (lambda: [X[:0]], "X gave 0 sample"),
        (lambda: [X, X[:, :2]], "batch 1 has 2 feature.s., expected 3"),
        (lambda: hole(np.nan), r"batch 17 contains NaN \(row 4 of it, column 2\)"),
        (lambda: hole(np.inf), r"batch 17 contains infinity \(row 4 of it, column 2\)"),
        (lambda: [X, np.ma.masked_where(X > 2, X)], "batch 1 contains NaN"),
        (lambda: [X, [[1, 2, 3], [1]]], "batch 1 is no array of rows"),
        (lambda: [X, "abc"], "batch 1 must hold numbers, got str"),
        (lambda: [X, None], "batch 1 must hold numbers, got NoneType"),
        (lambda: [X, (X, X[:3, 0])], r"the weights of batch 1 have shape \(3,\), expected \(1000,\)"),
        (lambda: [(X, -np.ones(1000))], "the weights of batch 0 must be finite and not negative, got -1.0 at row 0"),
        (lambda: [(X, np.zeros(1000))], "sample weights must have a positive sum"),
        (lambda: [(X, X, X)], "batch 0 is a tuple of 3"),
        (lambda: [X[None]], r"batch 0 must be two-dimensional \(m, n_features\), got shape \(1, 1000, 3\)"),
        (lambda: [FRAME, FRAME[["a", "b"]]], "batch 1 has the columns 'a', 'b', expected 'a', 'b', 'c'"),
        (lambda: [FRAME.assign(t="x")], "batch 0: column 't' holds .*string, and a batch holds numbers"),
        (lambda: (lambda: 3), "function of batches must return an iterator, got 3"),
        (lambda: 3, "batches come from a Parquet path"),
    ],
)
def test_bad_batches_are_named(make, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, DataError), match=words):
        list(Batches(make()).chunks())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"columns": ["a", "z"]}, "has no column 'z'; it has 'a', 't'"),
        ({"columns": ["t"]}, "column 't' holds string, and batches hold numbers"),
        ({"columns": "a"}, r"use columns=\['a'\]"),
        ({"weights": "z", "columns": ["a"]}, "has no column 'z'"),
        ({"batch_rows": 0}, "batch_rows must be at least 1, got 0"),
    ],
)
def test_bad_wishes_of_a_file_are_named(tmp_path, options, words):
    path = parquet(tmp_path / "rows.parquet", {"a": [1.0, 2.0], "t": ["x", "y"]})
    with pytest.raises((ArgumentError, ArgumentTypeError, DataError), match=words):
        Batches(path, **options)


def test_files_that_are_none_are_refused(tmp_path):
    text = tmp_path / "rows.csv"
    text.write_text("a,b\n1,2\n")
    whole = parquet(tmp_path / "rows.parquet", {"a": X[:, 0]}).read_bytes()
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole[: len(whole) // 2])
    for path, words in (
        (text, "rows.csv is no Parquet file: it begins with b'a,b"), (cut, "cut.parquet is no readable Parquet file"), (tmp_path, "is a directory"),
        (tmp_path / "none.parquet", "cannot read .*none.parquet"), ("http://x/rows.parquet", "is a URL"),
    ):  # fmt: skip
        with pytest.raises(DataError, match=words):
            Batches(path)


@pytest.mark.parametrize("threads", ["1", "3"])
def test_reading_ahead_changes_nothing(monkeypatch, threads):
    monkeypatch.setenv("STATSIM_NUM_THREADS", threads)
    assert list(one_ahead(iter(range(20)))) == list(range(20))

    def broken():
        yield 1
        raise ArgumentError("after 1")

    taken = one_ahead(broken())
    assert next(taken) == 1
    with pytest.raises(ArgumentError, match="after 1"):
        next(taken)
    abandoned = one_ahead(iter(range(20)))
    assert next(abandoned) == 0
    abandoned.close()


def test_pages_that_unpack_too_large_are_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_rows, "_PAGE_BYTES", 4000)
    path = parquet(tmp_path / "rows.parquet", {"a": X[:, 0]}, use_dictionary=False)
    with pytest.raises(DataError, match=r"a page of column 'a' unpacks to 8\d\d\d bytes, above the limit of 4000; write the file with smaller row groups"):
        Batches(path)
    assert Batches(parquet(tmp_path / "cut.parquet", {"a": X[:, 0]}, use_dictionary=False, row_group_size=400)).repeats


def test_a_hole_in_a_file_is_named_by_its_row(tmp_path):
    values = X[:, 0].copy()
    values[555] = np.nan
    path = parquet(tmp_path / "rows.parquet", {"a": values})
    with pytest.raises(ArgumentError, match=r"rows 500 and on of .*rows.parquet contains NaN \(row 55 of it, column 0\)"):
        list(Batches(path, batch_rows=100).chunks())


def test_weights_beside_batches_are_refused():
    with pytest.raises(ArgumentTypeError, match=r"let each one be a pair \(rows, weights\)"):
        batches_of(PARTS, np.ones(1000))
    with pytest.raises(ArgumentError, match="Batches.source, weights='w'"):
        batches_of(Batches(PARTS), "w")
    assert len(list(batches_of([FRAME.assign(w=1.0)], "w").chunks())) == 1
