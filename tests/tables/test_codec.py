"""Frames to arrays and back: values, types and missing cells survive."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from statsim.data import load_penguins
from statsim.errors import DataError, FileRefusedError, ImpossibleConditionError
from statsim.tables.arrays import TableArrays
from statsim.tables.codec import cells_of_frame, decode, encode, log_slopes
from statsim.tables.columns.base import FREE
from statsim.tables.columns.numeric import NumericColumn
from statsim.tables.learning import learn_schema
from statsim.tables.margins import Margin
from statsim.tables.schema import TableSchema

KEY = np.array([1, 2], np.uint64)
N = 600
R = np.random.default_rng(5)


def pandas_frame():
    frame = pd.DataFrame(
        {
            "income": np.where(R.random(N) < 0.3, 0, R.lognormal(8, 1, N).round(2)),
            "visits": R.poisson(3, N),
            "yes": R.random(N) < 0.3,
            "maybe": pd.array(R.random(N) < 0.5).astype("boolean"),
            "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(R.integers(0, 900, N), unit="D"),
            "moment": (pd.to_datetime("2020-01-01") + pd.to_timedelta(R.integers(0, 9_000_000, N), unit="s")).tz_localize("Europe/Berlin", ambiguous=True, nonexistent="shift_forward"),
            "size": pd.Categorical(R.choice(["lo", "mid", "hi"], N), categories=["lo", "mid", "hi"], ordered=True),
            "large": pd.array(R.integers(-500, 500, N), dtype="Int64"),
            "same": 7,
            "gone": None,
            "took": pd.to_timedelta(R.exponential(1000, N).round(), unit="s"),
            "date": [dt.date(2020, 1, 1) + dt.timedelta(int(i)) for i in R.integers(0, 300, N)],
            "small": R.normal(size=N).astype("f4"),
            "object": pd.Series(R.choice(["a", "b"], N), dtype=object),
        }
    )
    frame.loc[3:50, "large"] = pd.NA
    frame.loc[5:90, "maybe"] = pd.NA
    frame.loc[7:30, "moment"] = pd.NaT
    frame.loc[7:30, "size"] = np.nan
    return frame


def polars_frame():
    return pl.DataFrame(
        {
            "text": R.choice(["x", "y"], N),
            "cat": pl.Series(R.choice(["u", "v"], N), dtype=pl.Categorical),
            "enum": pl.Series(R.choice(["u", "v"], N), dtype=pl.Enum(["u", "v"])),
            "time": [dt.time(int(i) % 24, int(i) % 60) for i in range(N)],
            "took": [dt.timedelta(int(i)) for i in R.integers(0, 1000, N)],
            "moment": [dt.datetime(2020, 1, 1) + dt.timedelta(seconds=int(i)) for i in R.integers(0, 10**6, N)],
            "byte": pl.Series(R.integers(0, 200, N), dtype=pl.UInt8),
            "price": pl.Series([str(i / 100) for i in R.integers(0, 9999, N)]).cast(pl.Decimal(10, 2)),
            "gaps": pl.Series([None if i % 7 == 0 else float(i % 50) for i in range(N)]),
        }
    )


def arrow_frame():
    return pa.table(
        {
            "cat": pa.array(R.choice(["u", "v"], N)).cast(pa.dictionary(pa.int8(), pa.string())),
            "zone": pa.array(R.integers(0, 10**9, N), pa.timestamp("ms", "America/New_York")),
            "large": pa.array(R.choice(["a", "b"], N), pa.large_string()),
            "time": pa.array(R.integers(0, 86_400, N).astype("i4"), pa.time32("s")),
            "half": pa.array(R.normal(size=N).astype("f4"), mask=R.random(N) < 0.2),
        }
    )


@pytest.mark.parametrize("make", [pandas_frame, polars_frame, arrow_frame])
def test_round_trip_through_a_document_keeps_types_and_values(make):
    frame = make()
    schema = TableSchema.from_document(json.loads(json.dumps(learn_schema(frame).to_document(), allow_nan=False)))
    back = decode(encode(frame, schema), schema, row_numbers=0, key=KEY)
    if make is pandas_frame:
        pd.testing.assert_series_equal(back.dtypes, frame.dtypes)
        pd.testing.assert_frame_equal(back, frame, rtol=1e-6)
        assert list(back["size"].cat.categories) == ["lo", "mid", "hi"]
    elif make is polars_frame:
        assert back.schema == frame.schema
        assert back.null_count().equals(frame.null_count())
        assert back.equals(frame)
    else:
        assert back.schema.equals(frame.schema)
        assert [back[name].null_count for name in back.column_names] == [frame[name].null_count for name in frame.column_names]
        assert back.drop_columns("half").equals(frame.drop_columns("half"))


def test_penguins_come_back_exactly():
    frame = load_penguins()
    schema = learn_schema(frame)
    assert [column.kind for column in schema.columns] == ["discrete"] * 2 + ["numeric"] * 4 + ["discrete"] * 2
    assert schema.column("body_mass_g").step == 25 and schema.column("bill_length_mm").decimals == 1
    assert decode(encode(frame, schema), schema, row_numbers=0, key=KEY).equals(frame)


def test_normal_scores_are_about_standard_normal():
    arrays = encode(load_penguins(), learn_schema(load_penguins()))
    assert np.nanmax(np.abs(arrays.continuous)) < 4.5
    assert np.abs(np.nanmean(arrays.continuous, axis=0)).max() < 0.02
    assert np.abs(np.nanstd(arrays.continuous, axis=0) - 1).max() < 0.05


def test_a_point_mass_has_its_own_level():
    frame = pa.table({"x": np.r_[np.zeros(40), np.linspace(1, 2, 160)]})
    schema = learn_schema(frame)
    assert schema.column("x").atoms == (0.0,)
    arrays = encode(frame, schema)
    assert (arrays.discrete[:, 0] == (np.arange(200) < 40)).all()
    assert np.isnan(arrays.continuous[:40]).all() and not arrays.layout.continuous_nullable[0]
    assert log_slopes(cells_of_frame(frame, schema), schema)[:40].tolist() == [0.0] * 40


def test_no_value_beyond_declared_bounds():
    schema = learn_schema(pa.table({"x": np.linspace(0, 9.9, 100)}))
    document = schema.to_document()
    document["columns"][0]["upper"] = 8.0
    edited = TableSchema.from_document(document)
    arrays = encode(pa.table({"x": np.linspace(0, 8, 100)}), edited)
    far = type(arrays)(np.full((2, 1), [[-40.0], [40.0]]), arrays.discrete[:2], arrays.counts[:2], arrays.layout)
    assert decode(far, edited, row_numbers=0, key=KEY)["x"].to_pylist() == [pytest.approx(0.0, abs=0.01), 8.0]


def test_identifiers_depend_on_the_row_number_only():
    frame = pa.table({"key": [f"K{i:05d}" for i in range(100)], "x": R.normal(size=100)})
    schema = learn_schema(frame)
    arrays = encode(frame, schema)
    whole = decode(arrays, schema, row_numbers=10**12, key=KEY)["key"].to_pylist()
    part = decode(arrays.take(slice(60, 100)), schema, row_numbers=10**12 + 60, key=KEY)["key"].to_pylist()
    assert whole[60:] == part and len(set(whole)) == 100


def test_unknown_level_is_named():
    schema = learn_schema(pa.table({"g": ["a", "b"] * 10}))
    with pytest.raises(DataError, match=r"'g', row 1 \(line 3 of a CSV file\): 'zebra' is not one of the column's levels"):
        encode(pa.table({"g": ["a", "zebra"]}), schema)


def test_lacking_column_is_named():
    with pytest.raises(DataError, match="lacks the column 'year'"):
        encode(load_penguins().drop_columns("year"), learn_schema(load_penguins()))


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("species", "Dodo", "cannot be 'Dodo'"),
        ("year", None, "never missing"),
        ("year", 2008.5, "2008.5"),
        ("body_mass_g", -3, "cannot be -3"),
        ("bill_length_mm", float("inf"), "cannot be inf"),
        ("bill_length_mm", "long", "cannot be 'long'"),
    ],
)
def test_impossible_conditions(name, value, said):
    with pytest.raises(ImpossibleConditionError, match=said):
        learn_schema(load_penguins()).column(name).condition(value)


def test_conditions_on_a_column_with_a_point_mass():
    frame = pa.table({"x": pa.array(np.r_[np.zeros(40), np.linspace(1, 2, 160)], mask=np.arange(200) > 190)})
    column = learn_schema(frame).column("x")
    assert column.condition(0.0) == [1, FREE]
    assert column.condition(None) == [None, FREE]
    assert column.condition(1.5)[0] == 0 and abs(column.condition(1.5)[1]) < 1


def mutated(change):
    document = learn_schema(load_penguins()).to_document()
    change(document)
    return document


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda d: d.update(extra=1), "a schema has the keys"),
        (lambda d: d["columns"][0].update(extra=1), "unknown keys"),
        (lambda d: d["columns"][0].pop("levels"), "lacks"),
        (lambda d: d["columns"][0].update(kind="magic"), "a kind out of"),
        (lambda d: d["columns"][0].update(levels=[]), "at least one value"),
        (lambda d: d["columns"][0].update(dtype="object"), "unknown column type 'object'"),
        (lambda d: d["columns"][2].update(nullable=1), "nullable has the wrong type"),
        (lambda d: d["columns"][2].update(decimals=99), "decimals must be 0 to 15"),
        (lambda d: d["columns"][2]["margin"].update(z=[1.0]), "strictly increasing|equally long"),
        (lambda d: d["columns"][2]["margin"].update(x=["a"] * len(d["columns"][2]["margin"]["x"])), "impossible"),
        (lambda d: d["columns"].append(d["columns"][0]), "names must differ"),
        (lambda d: d.update(columns=[]), "at least one"),
        (lambda d: d.update(cleaning=[{"step": "rm -rf"}]), "a cleaning step is one of"),
        (lambda d: d.update(min_count="5"), "min_count must be"),
    ],
)
def test_hostile_schemas_are_refused(change, said):
    with pytest.raises(FileRefusedError, match=said):
        TableSchema.from_document(mutated(change))


@pytest.mark.parametrize(
    ("column", "exact", "expected"),
    [
        ({"atoms": (40.0,), "decimals": 0}, [39.6, 40.4, 40.6, 38.9], [39.0, 41.0, 41.0, 39.0]),
        ({"atoms": (40.0, 45.0), "decimals": 0, "step": 5.0}, [38.0, 41.0, 46.0, 52.0], [35.0, 35.0, 50.0, 50.0]),
        ({"atoms": (0.0,), "decimals": 2, "lower": 0.0}, [0.001, 0.004, 0.006], [0.01, 0.01, 0.01]),
        ({"atoms": (40.0,), "decimals": None}, [40.0, 40.1], [40.0, 40.1]),
    ],
)
def test_no_rounding_leads_onto_a_frequent_value(column, exact, expected):
    """A frequent value has all its rows by its own probability; rows rounded onto it would make it too frequent."""
    column = NumericColumn(name="x", dtype="double", margin=Margin((-1.0, 1.0), (0.0, 100.0)), **column)
    z = column._bent.to_z(np.array(exact))
    np.testing.assert_allclose(column.decode_numbers([np.zeros(len(z), np.int32), z]), expected, rtol=1e-12)


def test_frequent_values_are_drawn_as_often_as_they_are():
    rng = np.random.default_rng(0)
    x = np.round(np.where(rng.random(3000) < 0.3, rng.normal(40, 1.2, 3000), rng.normal(50, 15, 3000))).astype(int)
    schema = learn_schema(pa.table({"x": x}))
    assert schema.column("x").atoms == (40.0,)
    z = np.random.default_rng(1).normal(size=(20_000, 1))
    codes = (np.random.default_rng(2).random((20_000, 1)) < (x == 40).mean()).astype(np.int32)
    drawn = decode(TableArrays(z, codes, np.zeros((20_000, 0), np.int64), schema.layout), schema, row_numbers=0, key=KEY)
    assert (drawn["x"].to_numpy() == 40).sum() == codes.sum()
