"""Cleaning steps: what they do, what they record, and whether they are undone."""

import json

import numpy as np
import pyarrow as pa
import pytest

from statsim.errors import ArgumentError, DataError, DataWarning, FileRefusedError
from statsim.tables.cleaning import Coerce, NormaliseText, Outliers, Rescale, Winsorise, averaged_quantile
from statsim.tables.codec import cells_of_frame, decode, encode, log_slopes
from statsim.tables.learning import learn_schema
from statsim.tables.schema import TableSchema

KEY = np.array([1, 2], np.uint64)
X = np.random.default_rng(3).normal(size=300)


def learnt(frame, *steps):
    """Schema with the steps, after a round trip through JSON."""
    document = learn_schema(frame, cleaning=steps).to_document()
    return TableSchema.from_document(json.loads(json.dumps(document, allow_nan=False)))


def test_coercion_makes_junk_missing_and_counts_it():
    frame = pa.table({"age": [str(i) for i in range(40)] * 3 + ["unknown"] * 2})
    schema = learnt(frame, Coerce("age", "float", errors="missing"))
    assert schema.cleaning[0].n_changed == 2 and schema.column("age").dtype == "double" and schema.column("age").nullable
    assert decode(encode(frame, schema), schema, row_numbers=0, key=KEY)["age"].null_count == 2
    with pytest.raises(DataError, match=r"'age', row 120 \(line 122 of a CSV file\): 'unknown' is no float"):
        learn_schema(frame, cleaning=[Coerce("age", "float")])


def test_text_is_normalised():
    frame = pa.table({"g": ["a ", " A", "a", "b"] * 10})
    schema = learnt(frame, NormaliseText("g", case="lower"))
    assert schema.column("g").levels == ("a", "b") and schema.cleaning[0].n_changed == 20
    with pytest.raises(DataError, match="needs a text column, 'x' is double"):
        learn_schema(pa.table({"x": X}), cleaning=[NormaliseText("x")])


def test_outliers_become_missing():
    frame = pa.table({"x": np.r_[X, 1e6, -1e6]})
    schema = learnt(frame, Outliers("x"))
    assert schema.cleaning[0].n_changed == 2 and max(schema.column("x").margin.x_knots) < 4
    assert np.isnan(encode(frame, schema).continuous[-2:]).all()


def test_winsorising_pulls_in():
    schema = learnt(pa.table({"x": np.r_[X, 1e6]}), Winsorise("x", share=0.05))
    step = schema.cleaning[0]
    assert -2 < step.lower < -1 < 1 < step.upper < 2 and step.n_changed >= 20
    whole = learnt(pa.table({"x": np.arange(1000)[::-1] % 997}), Winsorise("x", share=0.05))
    assert whole.column("x").dtype == "int64"


def test_rescaling_is_undone_and_the_density_keeps_its_units():
    frame = pa.table({"x": 1e6 * X})
    plain, scaled = learnt(frame), learnt(frame, Rescale("x", offset=1.0, factor=2.0**20))
    assert scaled.to_document()["cleaning"][0]["reversible"] is True
    assert max(scaled.column("x").margin.x_knots) < 4
    back = decode(encode(frame, scaled), scaled, row_numbers=0, key=KEY)["x"].to_numpy()
    np.testing.assert_allclose(back, frame["x"].to_numpy(), rtol=1e-9)
    np.testing.assert_allclose(
        log_slopes(cells_of_frame(frame, scaled), scaled), log_slopes(cells_of_frame(frame, plain), plain), rtol=1e-6
    )


def test_an_averaged_quantile_rests_on_min_count_rows():
    x = np.arange(101.0)
    assert averaged_quantile(x, 0.5, 5) == 50.0
    assert averaged_quantile(x, 1.0, 5) == 98.0
    assert averaged_quantile(x, 0.0, 5) == 2.0


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda: Coerce("x", "magic"), "to must be one of.*'magic'"),
        (lambda: Winsorise("x", share=0.5), "below 0.5, got 0.5"),
        (lambda: Rescale("x", factor=0.0), "factor=0.0"),
        (lambda: learn_schema(pa.table({"x": X}), cleaning=[Outliers("y")]), "cleaning names the column 'y'"),
    ],
)
def test_impossible_steps(make, said):
    with pytest.raises(ArgumentError, match=said):
        make()


@pytest.mark.parametrize("step", [Outliers, Winsorise])
def test_limits_never_rest_on_fewer_rows_than_min_count(step):
    frame = pa.table({"x": X, "salary": pa.array([None] * 296 + [123_456.75, 99_000.5, 1.5, 2.5])})
    with pytest.raises(DataError, match=f"{step.__name__}: column 'salary' has 4 value.*min_count"):
        learn_schema(frame, cleaning=[step("salary")], min_count=5)
    with pytest.warns(DataWarning, match="fewer than min_count"):
        learn_schema(frame, cleaning=[step("salary", lower=0.0, upper=1e6)], min_count=5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"column": "nobody"}, "names the column 'nobody'"),
        ({"column": ["x"]}, "column must be text"),
        ({"lower": None}, "lower must be a finite number"),
        ({"lower": "low"}, "lower must be a finite number"),
        ({"upper": 10**400}, "impossible"),
        ({"n_changed": -1}, "n_changed must be a count"),
        ({"surprise": 1.0}, "surprise"),
    ],
)
def test_steps_of_strangers_are_refused(change, said):
    document = learn_schema(pa.table({"x": X}), cleaning=[Winsorise("x")]).to_document()
    document["cleaning"][0].update(change)
    with pytest.raises(FileRefusedError, match=said):
        TableSchema.from_document(document)
