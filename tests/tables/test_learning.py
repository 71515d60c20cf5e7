"""Which kind a column is learnt as, what is merged or refused, and that no one's value is kept."""

import json
import re
import warnings
from datetime import date, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from statsim.catalog import load
from statsim.errors import ArgumentError, ArgumentTypeError, DataError, DataWarning
from statsim.models.synthesizer.synthesizer import Synthesizer
from statsim.tables.learning import learn_schema
from statsim.tables.schema import TableSchema

R = np.random.default_rng(8)
N = 400


@pytest.mark.parametrize(
    "values, kind",
    [
        (R.normal(size=N), "numeric"),
        (R.lognormal(8, 1, N).round(2), "numeric"),
        (R.integers(18, 90, N), "numeric"),
        (R.integers(0, 10**9, N), "numeric"),
        (R.integers(1, 6, N), "discrete"),
        (R.poisson(4, N), "count"),
        (R.random(N) < 0.4, "discrete"),
        (np.arange(N), "identifier"),
        (np.arange(N) + 1001, "identifier"),
        (R.choice(["a", "b", "c"], N), "discrete"),
        ([f"user{i:03d}" for i in range(N)], "identifier"),
        ([f"p{i}@x.org" for i in R.integers(0, 250, N)], "identifier"),
        (np.full(N, 3.5), "constant"),
        ([None] * N, "constant"),
        (pa.array(R.integers(0, 500, N).astype("i4")).cast(pa.date32()), "temporal"),
        (pa.array(R.integers(0, 86_400, N).astype("i4")).cast(pa.time32("s")), "temporal"),
        (pa.array(np.repeat([1, 2], N // 2)).cast(pa.duration("s")), "temporal"),
    ],
    ids=str,
)
def test_kind(values, kind):
    column = learn_schema(pa.table({"x": values})).column("x")
    assert column.kind == kind, column


def test_a_kind_can_be_asked_for():
    frame = pa.table({"zip": R.integers(1, 5, N), "n": R.poisson(4, N), "code": R.choice(["a", "b"], N)})
    schema = learn_schema(frame, kinds={"zip": "count", "n": "numeric", "code": "identifier"})
    assert [column.kind for column in schema.columns] == ["count", "numeric", "identifier"]
    with pytest.raises(ArgumentError, match="'zipp', which is not in the table"):
        learn_schema(frame, kinds={"zipp": "count"})
    with pytest.raises(ArgumentError, match="kinds\\['zip'\\] must be one of .*'magic'"):
        learn_schema(frame, kinds={"zip": "magic"})


def test_rare_categories_are_merged_and_named_but_not_stored():
    values = np.r_[np.repeat(["a", "b"], 40), ["Smith"] * 3, ["Jones"] * 2]
    with pytest.warns(DataWarning, match="'g'.*merged into 'other' \\(5 rows\\): 'Jones', 'Smith'"):
        schema = learn_schema(pa.table({"g": values}))
    column = schema.column("g")
    assert column.levels == ("a", "b", "other") and (column.n_merged_categories, column.n_merged_rows) == (2, 5)
    assert "Smith" not in json.dumps(schema.to_document())


def test_too_few_rare_rows_are_refused_and_unobserved():
    values = np.r_[np.repeat(["a", "b"], 40), ["Smith"] * 2]
    with pytest.warns(DataWarning, match="refused.*'Smith'"):
        schema = learn_schema(pa.table({"g": values}))
    assert schema.column("g").levels == ("a", "b") and schema.column("g").n_refused_rows == 2
    assert schema.column("g").encode(pa.array(["Smith", "a"]))[0].tolist() == [-1, 0]


def test_declared_categories_without_a_row_and_rare_ones_are_left_out_but_the_order_stays():
    people = ["lo", "Smith", *(f"Person{i}" for i in range(30)), "hi"]
    values = pd.Categorical(np.r_[np.repeat(["lo", "hi"], 40), ["Smith"] * 2], categories=people, ordered=True)
    with pytest.warns(DataWarning) as warned:
        model = Synthesizer(1, rng=0).fit(pd.DataFrame({"g": values}))
    assert any("30 declared categories that no row has are left out" in str(warning.message) for warning in warned)
    column = model.schema_.column("g")
    assert (column.categories, column.ordered) == (("lo", "hi"), True)
    document = json.dumps(model.to_document())
    assert "Person" not in document and "Smith" not in document
    assert model.sample(5, rng=1)["g"].dtype == pd.CategoricalDtype(["lo", "hi"], ordered=True)


def test_a_schema_that_names_categories_keeps_those_that_no_row_has():
    frame = pd.DataFrame({"g": pd.Categorical(["lo", "hi"] * 40, categories=["lo", "hi"], ordered=True)})
    document = learn_schema(frame).to_document()
    document["columns"][0]["categories"] = ["lo", "middle", "hi"]
    model = Synthesizer(1, schema=TableSchema.from_document(document), rng=0).fit(frame)
    assert model.sample(5, rng=1)["g"].dtype == pd.CategoricalDtype(["lo", "middle", "hi"], ordered=True)


def test_times_further_apart_than_64_bits_are_refused_and_a_coarser_unit_works():
    days = np.array(["1690-01-01", "2250-01-01"] * 200, "M8[D]") + np.arange(400)
    ends = f"{days.min().astype('M8[ns]').astype(np.int64)} to {days.max().astype('M8[ns]').astype(np.int64)}"
    with pytest.raises(DataError, match=rf"column 'when' .*spans .* ticks, from {ends}.*coarser unit"):
        learn_schema(pd.DataFrame({"when": days.astype("M8[ns]")}))
    rows = Synthesizer(2, rng=0).fit(pd.DataFrame({"when": days.astype("M8[us]")})).sample(200, rng=1)["when"]
    assert rows.dt.year.between(1680, 1700).any() and rows.dt.year.between(2240, 2260).any()


def test_a_time_beyond_64_bits_from_those_learnt_is_far_away_not_on_the_other_side():
    early = np.array(["1690-01-01"], "M8[ns]") + np.arange(400).astype("m8[D]")
    column = learn_schema(pd.DataFrame({"when": early})).column("when")
    late = pa.array(np.array(["2260-01-01"], "M8[ns]"))
    assert column._indices(late)[0] * column.step == pytest.approx(570 * 365.25 * 86_400e9, rel=1e-3)


def test_no_value_of_a_single_person_is_in_the_file():
    """Every number of the data that is unique to a row must be absent from the document."""
    frame = pa.table(
        {
            "income": R.lognormal(8, 1, N).round(2),
            "name": [f"Name{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(N)],
            "born": pa.array(R.choice(20_000, N, replace=False).astype("i4")).cast(pa.date32()),
            "zero": np.where(R.random(N) < 0.4, 0, R.normal(size=N)),
        }
    )
    stored = set()

    def collect(value):
        if isinstance(value, dict):
            [collect(item) for item in value.values()]
        elif isinstance(value, list):
            [collect(item) for item in value]
        else:
            stored.add(value)

    schema = learn_schema(frame)
    collect(schema.to_document()["columns"])
    for name in ("income", "name", "zero"):
        values = frame[name].to_pylist()
        assert not {value for value in values if values.count(value) < 5} & stored, name
    born = schema.column("born")
    days = [born.origin + born.step * knot for knot in born.margin.x_knots]
    assert len(set(days) & set(frame["born"].cast(pa.int32()).to_pylist())) <= len(days) // 4  # means may hit a day by chance


def test_minus_999_is_data_unless_declared():
    values = np.r_[R.normal(size=N), [-999.0] * 40]
    assert learn_schema(pa.table({"x": values})).column("x").atoms == (-999.0,)
    column = learn_schema(pa.table({"x": values}), missing_values={"x": [-999]}).column("x")
    assert column.atoms == () and column.nullable and min(column.margin.x_knots) > -4


@pytest.mark.parametrize(
    "frame, said",
    [
        (pa.table({"x": [1.0, np.inf] * 10}), r"'x', row 1 \(line 3 of a CSV file\): inf is infinite"),
        (pl.DataFrame({"x": [1.0, float("nan")] * 10}), r"'x', row 1 \(line 3 of a CSV file\): nan is not-a-number"),
        (pa.table({"age": [str(i) for i in range(40)] * 3 + ["unknown"]}), r"'age' is numbers but for 1 cell\(s\): row 120 \(line 122 of a CSV file\) is 'unknown'"),
        (pd.DataFrame({"x": pd.Series([1, "a"] * 10 + [2], dtype=object)}), r"'x' mixes types: row 1 \(line 3 of a CSV file\) is 'a' \(str\)"),
        (pd.DataFrame(np.ones((9, 2)), columns=["a", "a"]), "two columns are named 'a'"),
        (pd.DataFrame(np.ones((9, 2))), "column 1 is named 0"),
        (pa.table({"x": [[1], [2]] * 5}), "'x' has type list"),
        (pa.table({"x": [1.0]}), "the table has 1 row, at least min_count=5"),
        (pa.table({"x": pa.array([], pa.float64())}), "0 rows"),
        (pa.table({}), "no columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_tables_are_refused(frame, said):
    with pytest.raises(DataError, match=said):
        learn_schema(frame)


@pytest.mark.parametrize("length", [4096, 4097])
def test_a_constant_text_is_refused_where_no_file_could_hold_it(length, tmp_path):
    frame = pa.table({"s": ["a" * length] * 20, "x": R.normal(size=20)})
    if length > 4096:
        with pytest.raises(DataError, match="'s' holds one text of 4097 characters in every row"):
            learn_schema(frame, kinds={"s": "categorical"})
        return
    path = tmp_path / "model.json"
    Synthesizer(1, schema=learn_schema(frame, kinds={"s": "categorical"})).fit(frame).save(path)
    assert load(path).sample(1, rng=0)["s"][0].as_py() == "a" * length


def test_a_column_name_is_refused_where_no_file_could_hold_it():
    with pytest.raises(DataError, match="'a{40}'... has a name of 4097 characters"):
        learn_schema(pa.table({"a" * 4097: [1.0] * 9}))


def test_other_objects_are_refused():
    with pytest.raises(ArgumentTypeError, match="got ndarray"):
        learn_schema(np.ones((10, 2)))
    with pytest.raises(ArgumentError, match="columns must be different names.*'z'"):
        learn_schema(pa.table({"x": [1.0] * 9}), columns=["z"])
    with pytest.raises(ArgumentError, match="min_count"):
        learn_schema(pa.table({"x": [1.0] * 9}), min_count=0)


def test_a_column_of_too_few_values_is_learnt_as_missing():
    with pytest.warns(DataWarning, match="'x': only 2 of its cells"):
        column = learn_schema(pa.table({"x": pa.array([1.0, 2.0] + [None] * 30)})).column("x")
    assert column.kind == "constant" and column.value is None


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_extreme_scales(scale):
    column = learn_schema(pa.table({"x": R.normal(size=N) * scale})).column("x")
    assert column.decimals is None and np.isfinite(column.margin.to_x(np.array([-3.0, 3.0]))).all()


def test_learning_is_silent_on_clean_data():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learn_schema(pa.table({"x": R.normal(size=N), "g": R.choice(["a", "b"], N)}))


def test_prose_is_no_level():
    assert learn_schema(pa.table({"t": ["word " * 300] * 20})).column("t").kind == "identifier"


def test_few_values_of_few_rows_are_not_told_by_the_step_between_them():
    born, income = [date(1961, 3, 14)] * 3 + [date(1987, 11, 2)] * 3, [1713] * 3 + [1_000_017] * 3
    learnt = learn_schema(pa.table({"born": born, "income": income}))
    assert learnt.column("born").step == 1
    assert (learnt.column("income").step, learnt.column("income").offset) == (1, 0)
    weeks = [date(2020, 1, 6) + timedelta(weeks=i % 40) for i in range(200)]
    learnt = learn_schema(pa.table({"week": weeks, "pay": [10 + 25 * (i % 40) for i in range(200)]}))
    assert learnt.column("week").step == 7
    assert (learnt.column("pay").step, learnt.column("pay").offset) == (25, 10)


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [(pa.int16(), 10_000, 2**15), (pa.int32(), 10**9, 2**31), (pa.uint32(), 10**9, 2**32), (pa.int64(), 10**17, 2**60), (pa.float32(), 10**7, 2**24)],
)
def test_identifiers_fit_their_type(dtype, low, high):
    values = np.random.default_rng(1).choice(np.linspace(low, high - 1, 3000).astype(np.int64), 300, replace=False)
    model = Synthesizer(1).fit(pa.table({"user_id": pa.array(values).cast(dtype, safe=False), "x": np.arange(300) ** 0.5}))
    drawn = model.sample(900, rng=1)["user_id"]
    assert drawn.type == dtype and len(drawn.unique()) == 900


def test_more_identifiers_than_the_type_holds_are_refused_by_name():
    model = Synthesizer(1).fit(pa.table({"row": pa.array(range(256), pa.uint8()), "x": np.arange(256) ** 0.5}))
    assert model.sample(256, rng=1)["row"].to_pylist() == list(range(256))
    with pytest.raises(ArgumentError, match="'row': uint8 cannot hold different identifiers for rows up to 256"):
        model.sample(257, rng=1)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["1", "2", "3", "4", "5"] * 40 + ["unknown"], r"200 of 201 cells look like numbers .*'unknown'.*Coerce\('x', 'float', errors='missing'\)"),
        ([f"{i / 7:.2f}" for i in range(200)], r"200 of 200 cells look like numbers .*--coerce x=float"),
        ([f"{i / 7:.2f}".replace(".", ",") for i in range(200)], "look like numbers .*decimal point"),
        ([f"2020-01-{1 + i % 28:02d}" for i in range(280)] + ["soon"], r"look like dates .*Coerce\('x', 'date'"),
    ],
)
def test_text_that_looks_like_numbers_or_dates_is_named(cells, words):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        learn_schema(pa.table({"x": cells}))
    assert re.search(words, str(caught[0].message))


@pytest.mark.parametrize("cells", [["1", "2", "3"] * 50, ["00123", "10115", "99999"] * 50, ["red", "blue"] * 50])
def test_codes_and_words_are_text_without_a_word(cells):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learn_schema(pa.table({"x": cells}))


@pytest.mark.parametrize("values", [[2**64 - 1 - i // 4 for i in range(200)], [2**64 - 1] * 200, [2**62 + i % 3 for i in range(200)]])
def test_whole_numbers_beyond_a_double_are_no_constant(values):
    frame = pa.table({"a": pa.array(values, pa.uint64())})
    with pytest.raises(DataError, match="column 'a' holds whole numbers near .*subtract an offset"):
        learn_schema(frame)
