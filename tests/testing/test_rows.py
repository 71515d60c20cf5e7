"""Rows are compared by their bits, and the first difference is shown."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from statsim.testing import assert_same_rows

TABLE = {"a": np.arange(4.0), "b": np.array(["x", None, "y", "z"], dtype=object)}


@pytest.mark.parametrize(
    "rows",
    [
        np.arange(6.0).reshape(2, 3),
        np.array([np.nan, -0.0, np.inf]),
        np.array(["a", "bc"]),
        np.array([], dtype=float),
        np.float64(3.0),
        (np.arange(3), np.arange(2.0)),
        TABLE,
        pd.DataFrame(TABLE),
        pl.DataFrame({"a": [1.0, None], "b": ["x", "y"]}),
        pa.table({"a": [1, 2], "b": ["x", None]}),
        [1, 2, 3],
    ],
)
def test_equal_rows_pass(rows):
    assert_same_rows(rows, rows)


DIFFERENT = {
    "one ulp": (np.ones(3), np.array([1.0, np.nextafter(1, 2), 1.0]), r"index \(1,\): .*0x1\.0000000000001p\+0.*; 1 of 3"),
    "sign of zero": (np.array([0.0]), np.array([-0.0]), r"-0\.0"),
    "nan payload": (np.array([np.nan]), np.array([-np.nan]), "index"),
    "type": (np.arange(3), np.arange(3.0), "type int64 against float64"),
    "shape": (np.zeros((2, 3)), np.zeros((3, 2)), r"\(2, 3\) against \(3, 2\)"),
    "column": (pd.DataFrame(TABLE), pd.DataFrame(TABLE | {"a": np.array([0.0, 1.0, 2.0, 4.0])}), r"\['a'\].*3\.0"),
    "names": ({"a": np.zeros(1)}, {"b": np.zeros(1)}, r"\['a'\] against \['b'\]"),
    "object": (np.array(["x", None], dtype=object), np.array(["x", "None"], dtype=object), "None against 'None'"),
    "item": ((np.zeros(2), np.zeros(2)), (np.zeros(2), np.ones(2)), r"in \[1\]"),
    "length": ((np.zeros(2),), (np.zeros(2), np.ones(2)), "1 arrays against 2"),
    "scalar": (np.float64(0), np.float64(1), r"index \(\): .*; 1 of 1"),
    "place": (np.zeros((2, 2)), np.array([[0.0, 0.0], [1.0, 0.0]]), r"index \(1, 0\)"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_the_first_difference_is_shown(name):
    x, y, message = DIFFERENT[name]
    with pytest.raises(AssertionError, match=message):
        assert_same_rows(x, y)
