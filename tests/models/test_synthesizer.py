"""The model of tables: any split gives the same rows, conditions hold, laws agree with the data they came from."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import statsim as ss
from statsim import testing
from statsim.data import load_penguins
from statsim.errors import ArgumentError, DataError, FileRefusedError, ImpossibleConditionError, NotFittedError, TooLargeError
from statsim.estimators.mle import MLE
from statsim.models.synthesizer.synthesizer import Synthesizer
from statsim.tables.learning import learn_schema

QUICK = MLE(n_init=4, n_polish=1)


def mixed(n=2000, seed=4):
    """Two groups that differ in a number, a count and a share of missing cells, with an identifier."""
    r = np.random.default_rng(seed)
    group = r.random(n) < 0.4
    x = np.where(group, r.normal(10, 1, n), r.normal(20, 2, n))
    return pa.table(
        {
            "id": [f"K{i:05d}" for i in range(n)],
            "group": np.where(group, "left", "right"),
            "x": x,
            "y": pa.array(x + r.normal(size=n), mask=r.random(n) < np.where(group, 0.3, 0.0)),
            "paid": np.where(r.random(n) < 0.3, 0.0, np.exp(r.normal(size=n)).round(2)),
            "visits": r.poisson(np.where(group, 2, 6)),
            "same": ["here"] * n,
            "day": pa.array(r.integers(18_000, 18_400, n).astype("i4")).cast(pa.date32()),
        }
    )


@pytest.fixture(scope="module")
def table():
    return mixed()


@pytest.fixture(scope="module")
def model(table):
    return Synthesizer(2, method=QUICK, rng=0).fit(table)


@pytest.fixture(scope="module")
def rows(model):
    return model.sample(20_000, rng=7)


def test_schema_and_order_survive(table, rows):
    assert rows.schema.equals(table.schema)


def test_any_split_and_thread_count_gives_the_same_rows(model, rows):
    far = 10**12
    whole = model.sample(3000, rng=7, start=far, num_threads=1)
    parts = pa.concat_tables(model.sample_batches(3000, rng=7, start=far, batch_rows=777, num_threads=2))
    assert parts.combine_chunks().equals(whole.combine_chunks())
    assert model.sample(100, rng=7, start=1500).equals(rows.slice(1500, 100).combine_chunks())
    assert len(set(rows["id"].to_pylist())) == rows.num_rows


def test_frames_of_every_kind_hold_the_same_rows(model, rows):
    assert isinstance(model.sample(5, rng=7, as_frame="pandas"), pd.DataFrame)
    assert model.sample(50, rng=7, as_frame="polars").equals(pl.from_arrow(rows.slice(0, 50)))
    with pytest.raises(ArgumentError, match="as_frame must be one of .*'dask'"):
        model.sample(5, as_frame="dask")


def test_laws_of_the_columns(table, rows):
    """Against the fitted table as a second sample: its own noise is in the null law."""
    for name in ("x", "paid", "visits"):
        testing.assert_same_distribution(np.array(rows[name], float), np.array(table[name], float))
    real = np.mean(np.array(table["group"].to_pylist()) == "left")
    drawn = np.mean(np.array(rows["group"].to_pylist()) == "left")
    assert abs(drawn - real) < 5.5 * np.sqrt(0.24 / rows.num_rows) + 0.005


def test_broken_twin_a_shifted_column_is_noticed(table, rows):
    with pytest.raises(AssertionError):
        testing.assert_same_distribution(np.array(rows["x"], float) + 0.8, np.array(table["x"], float))


def test_dependence_and_missingness_per_group(table, rows):
    for frame in (table, rows):
        x, y = np.array(frame["x"], float), frame["y"].to_numpy()
        left = np.array(frame["group"].to_pylist()) == "left"
        assert abs(x[left].mean() - 10) < 0.5 and abs(x[~left].mean() - 20) < 0.5
        assert abs(np.isnan(y[left]).mean() - 0.3) < 0.07 and np.isnan(y[~left]).mean() < 0.01
        seen = left & ~np.isnan(y)
        assert np.corrcoef(x[seen], y[seen])[0, 1] > 0.5


def test_conditions_hold_exactly_and_match_the_joint_law(model, rows):
    given = model.given({"group": "left", "paid": 0.0})
    drawn = given.sample(4000, rng=1)
    assert set(drawn["group"].to_pylist()) == {"left"} and set(drawn["paid"].to_pylist()) == {0.0}
    left = (np.array(rows["group"].to_pylist()) == "left") & (np.array(rows["paid"]) == 0.0)
    testing.assert_same_distribution(np.array(drawn["x"], float), np.array(rows["x"], float)[left])


def test_numeric_condition_and_missing(model):
    drawn = model.given({"x": 10.25, "y": None, "visits": 3}).sample(50, rng=1)
    assert set(drawn["x"].to_pylist()) == {10.25} and drawn["y"].null_count == 50 and set(drawn["visits"].to_pylist()) == {3}
    assert drawn["group"].to_pylist().count("left") >= 48
    assert drawn.schema.equals(model.sample(0).schema)


@pytest.mark.parametrize(
    "conditions, error, said",
    [
        ({"group": pd.NA}, ImpossibleConditionError, "'group' is never missing"),
        ({"group": "middle"}, ImpossibleConditionError, "cannot be 'middle'"),
        ({"group": None}, ImpossibleConditionError, "'group' is never missing"),
        ({"visits": -1}, ImpossibleConditionError, "cannot be -1"),
        ({"same": "there"}, ImpossibleConditionError, "always \\['here'\\]"),
        ({"colour": 1}, ArgumentError, "no column 'colour'"),
        ({}, ArgumentError, "empty"),
    ],
)
def test_impossible_conditions(model, conditions, error, said):
    with pytest.raises(error, match=said):
        model.given(conditions)


def test_conditions_contradict(model):
    with pytest.raises(ImpossibleConditionError, match="'left' already and cannot be 'right'"):
        model.given({"group": "left"}).given({"group": "right"})


def test_chain_rule_of_densities(model, table):
    """log p(row) = log p(group) + log p(row | group)."""
    few = table.slice(0, 200)
    left = np.array(few["group"].to_pylist()) == "left"
    joint = model.score_samples(few)
    group = model.marginal(["group"]).score_samples(few)
    conditional = model.given({"group": "left"}).score_samples(few)
    np.testing.assert_allclose(joint[left], (group + conditional)[left], rtol=1e-9)
    assert np.isneginf(conditional[~left]).all()


def test_density_is_in_data_units():
    """A column in other units shifts each score by the log of the factor."""
    frame = mixed().select(["group", "x"])
    scaled = frame.set_column(1, "x", pa.array(np.array(frame["x"]) * 1024.0))
    one = Synthesizer(2, method=QUICK, rng=0).fit(frame)
    other = Synthesizer(2, method=QUICK, rng=0).fit(scaled)
    np.testing.assert_allclose(other.score_samples(scaled), one.score_samples(frame) - np.log(1024.0), rtol=1e-9)


def test_the_density_of_a_number_integrates_to_one(model):
    grid = np.linspace(0, 40, 20_001)
    law = model.marginal(["x"])
    density = np.exp(law.score_samples(pa.table({"x": grid})))
    assert abs(np.sum(density) * (grid[1] - grid[0]) - 1) < 2e-3


def test_a_constant_column_has_no_other_value(model, table):
    few = table.slice(0, 2)
    odd = few.set_column(few.column_names.index("same"), "same", pa.array(["here", "there"]))
    assert np.isfinite(model.score_samples(odd)).tolist() == [True, False]


def test_file_is_lossless(model, tmp_path):
    for one in (model, model.given({"group": "left", "y": None, "x": 10.1}), model.marginal(["y", "id"])):
        one.save(tmp_path / "m.json", force=True)
        back = ss.load(tmp_path / "m.json")
        assert back.to_document() == one.to_document()
        assert back.sample(100, rng=3).equals(one.sample(100, rng=3))


def test_no_row_is_in_the_file(model, table):
    text = json.dumps(model.to_document())
    assert not [value for value in table["id"].to_pylist() if value in text]
    assert not [value for value in table["x"].to_pylist() if repr(value) in text]


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda d: d["parameters"].update(mixture=None), "columns that its schema asks for"),
        (lambda d: d["parameters"]["schema"]["columns"].pop(2), "columns that its schema asks for"),
        (lambda d: d["parameters"].update(given={"z": 1}), "'z'"),
        (lambda d: d["parameters"].update(given=[1]), "given must be an object"),
        (lambda d: d["parameters"].update(more=1), "unknown"),
        (lambda d: d["parameters"]["mixture"].update(weights=[-1.0, 2.0]), "weights"),
    ],
)
def test_hostile_files_are_refused(model, change, said):
    document = json.loads(json.dumps(model.to_document()))
    change(document)
    with pytest.raises(FileRefusedError, match=said):
        Synthesizer.from_document(document)


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_augmenting_tops_up_a_rare_class(kind):
    frame = load_penguins(kind)
    model = Synthesizer(3, method=QUICK, rng=0).fit(frame)
    more = model.augment(frame, 12, where={"species": "Chinstrap"}, rng=1)
    assert type(more) is type(frame) and len(more) == 356
    tail = more.slice(344, 12)["species"].to_pylist() if kind == "pyarrow" else list(more["species"])[344:]
    assert tail == ["Chinstrap"] * 12
    if kind == "pandas":
        pd.testing.assert_series_equal(more.dtypes, frame.dtypes)
        with pytest.raises(ArgumentError, match="'year'"):
            model.augment(frame.drop(columns="year"), 3)


def test_number_of_components_by_bic():
    """Three yes-no answers and a count that two groups give differently."""
    r, seen = np.random.default_rng(2), []
    group = r.random(800) < 0.5
    frame = pa.table({**{name: r.random(800) < np.where(group, 0.9, 0.2) for name in "abc"}, "n": r.poisson(np.where(group, 1, 6))})
    model = Synthesizer(method=QUICK, rng=0).fit(frame, progress=lambda k, bic: seen.append((k, bic)))
    assert len(model.mixture_.weights_) == 2 == min(model.bic_path_, key=model.bic_path_.get)
    assert [k for k, _ in seen] == [1, 2, 3, 4]


def test_a_schema_of_ones_own(table):
    schema = learn_schema(table, kinds={"visits": "numeric"})
    assert Synthesizer(1, method=QUICK, schema=schema, rng=0).fit(table).schema_ is schema
    with pytest.raises(ArgumentError, match="TableSchema"):
        Synthesizer(1, schema={"x": "float"}).fit(table)


def test_tables_with_nothing_random():
    frame = pa.table({"id": np.arange(1, 41), "same": ["a"] * 40})
    model = Synthesizer(rng=0).fit(frame)
    assert model.sample(3, rng=1, start=5).to_pylist() == [{"id": i, "same": "a"} for i in (6, 7, 8)]
    assert model.score_samples(frame).tolist() == [0.0] * 40
    assert Synthesizer.from_document(model.to_document()).given({"same": "a"}).sample(2).num_rows == 2


def test_words(model):
    words = str(model.describe())
    assert "identifier, like K" in words and "often exactly 0" in words and "2 component(s)" in words and "group is left in" in words


def test_one_component_differs_from_nothing(table):
    words = Synthesizer(1, method=QUICK, rng=0).fit(table).describe().lines
    assert words[-1] == "  1. 100.0% of rows: one law for all rows"
    assert not any("overall" in line for line in words)


def test_bad_requests(model, table):
    assert model.sample(0, rng=1).num_rows == 0
    with pytest.raises(TooLargeError, match="stream"):
        model.sample(10**15, rng=1)
    with pytest.raises(NotFittedError, match="call fit"):
        Synthesizer().sample(1)
    with pytest.raises(ArgumentError, match="n_components"):
        Synthesizer(0).fit(table)
    with pytest.raises(DataError, match="min_count"):
        Synthesizer().fit(table.slice(0, 1))
