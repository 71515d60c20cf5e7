"""The list of faults: each kind of broken generator is named, a perfect one is left in peace at the stated rate."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.stats

from statsim.errors import ArgumentError, ArgumentTypeError, DataError
from statsim.metrics import compare_tables
from statsim.metrics.columns import align


def people(seed, n):
    """A small population: two tied numbers, a skewed one, two tied categories, missing values."""
    g = np.random.default_rng([41, seed, n])
    group = g.choice(3, n, p=[0.5, 0.3, 0.2])
    height = np.round(170 + 8 * g.normal(size=n) + 4 * group, 1)
    weight = np.round(70 + 0.8 * (height - 170) + 6 * g.normal(size=n), 1)
    town = np.where(g.random(n) < 0.5, group, g.choice(3, n))
    frame = pd.DataFrame({
        "height": height, "weight": weight, "income": np.exp(8 + g.normal(size=n)),
        "group": np.array(["red", "green", "blue"])[group], "town": np.array(["x", "y", "z"])[town],
    })  # fmt: skip
    gone = g.random(n) < 0.05
    frame.loc[gone, ["height", "weight"]] = np.nan
    return frame


REAL = people(0, 400)


def wrong(synthetic, **options):
    return compare_tables(REAL, synthetic, **options).what_is_wrong()


def test_a_perfect_generator_is_accused_at_no_more_than_the_stated_rate():
    accused = sum(bool(compare_tables(people(seed, 150), people(seed, 400), rng=seed, error_rate=0.2).findings) for seed in range(1, 16))
    assert scipy.stats.binom.sf(accused - 1, 15, 0.2) > 1e-5


def test_a_wrong_variance_is_named_with_its_size():
    synthetic = people(1, 3000)
    synthetic["weight"] = (synthetic["weight"] - 72) * 1.4 + 72
    synthetic["weight"] = synthetic["weight"].round(1)
    found = wrong(synthetic)
    assert any(s.startswith("weight is too wide: standard deviation 1.4") for s in found), found
    assert not any(s.startswith(("height", "income", "group", "town")) and " is " in s and "tied" not in s for s in found), found


def test_a_shift_is_not_taken_for_a_spread():
    synthetic = people(1, 3000)
    synthetic["weight"] = (synthetic["weight"] + 12).round(1)
    found = wrong(synthetic)
    assert any(s.startswith("weight is too high: mean 8") for s in found), found
    assert not any("too wide" in s or "too narrow" in s or "another shape" in s for s in found), found


def test_a_broken_correlation_is_named():
    synthetic = people(1, 3000)
    synthetic["weight"] = synthetic["weight"].sample(frac=1, random_state=1).to_numpy()
    found = wrong(synthetic)
    assert any(s.startswith("height and weight are tied too weakly: rank correlation") for s in found), found
    assert any("classifier" in s for s in found)


def test_a_reversed_correlation_is_named():
    synthetic = people(1, 3000)
    synthetic["weight"] = (140 - synthetic["weight"]).round(1)
    assert any("height and weight are tied the wrong way round" in s for s in wrong(synthetic))


def test_the_wrong_pairs_of_one_column_share_a_sentence():
    synthetic = people(1, 3000)
    synthetic["group"] = synthetic["group"].sample(frac=1, random_state=1).to_numpy()
    pairs = [f for f in compare_tables(REAL, synthetic).findings if f.kind == "pair"]
    assert len(pairs) == 1 and "the ties of group with" in pairs[0].sentence
    assert pairs[0].pairs >= {frozenset(("group", "town")), frozenset(("group", "height")), frozenset(("group", "weight"))}


def test_untied_categories_and_groups_are_named():
    synthetic = people(1, 3000)
    synthetic["group"] = synthetic["group"].sample(frac=1, random_state=1).to_numpy()
    found = wrong(synthetic)
    assert any("group and town are tied too weakly: Cramer's V" in s for s in found), found

    synthetic = people(1, 3000)
    synthetic["height"] = synthetic["height"].sample(frac=1, random_state=1).to_numpy()
    found = wrong(synthetic[["height", "group"]])
    assert any("height and group are tied too weakly: correlation ratio" in s for s in found), found


def test_wrong_shares_and_missing_values_are_named():
    synthetic = people(1, 3000)
    synthetic.loc[synthetic.index[:900], "town"] = "x"
    synthetic.loc[synthetic.index[1000:1600], "weight"] = np.nan
    found = wrong(synthetic)
    assert any(s.startswith("town has the wrong shares: 'x' is") for s in found), found
    assert any(s.startswith("weight is missing in 2") for s in found), found
    assert any(s.startswith("Values go missing in other combinations") for s in found), found


def test_values_out_of_range_and_finer_rounding_are_named():
    synthetic = people(1, 3000)
    synthetic.loc[synthetic.index[:120], "income"] = -5.0
    synthetic["height"] = synthetic["height"] + 0.01234
    found = wrong(synthetic)
    assert any(s.startswith("income leaves the real range too often: 4.") for s in found), found
    assert any(s.startswith("height is not rounded as real is (1 decimal)") for s in found), found


def test_copied_rows_come_first():
    synthetic = people(1, 3000)
    synthetic.iloc[:300] = REAL.iloc[np.random.default_rng(1).integers(0, 400, 300)].to_numpy()
    found = wrong(synthetic.convert_dtypes().astype({"height": float, "weight": float, "income": float}))
    assert found[0].startswith("10% of synthetic rows are exact copies of a real row"), found


def test_other_columns_and_types_are_named_first():
    synthetic = people(1, 500).drop(columns="income").assign(extra=1, group=1)
    found = wrong(synthetic)
    assert found[:3] == [
        "The column 'income' is missing from the synthetic table",
        "The column 'extra' is in the synthetic table only",
        "The column 'group' holds text values in real and number values in synthetic",
    ]


def test_identifiers_are_kept_out_and_their_copies_named():
    real = REAL.assign(name=[f"N{i:05d}" for i in range(400)], row=range(400))
    synthetic = people(1, 800).assign(name=[f"M{i:05d}" for i in range(800)], row=range(800))
    assert not any("name" in s or "row " in s for s in compare_tables(real, synthetic).what_is_wrong())
    synthetic.loc[:79, "name"] = real["name"].iloc[:80].to_numpy()
    assert "10% of the values of name are real identifiers" in compare_tables(real, synthetic).what_is_wrong()


@pytest.mark.parametrize("scale", [2.0**-900, 2.0**900])
def test_extreme_scales_give_the_same_sentences(scale):
    real, synthetic = people(0, 300)[["height", "income"]], people(1, 900)[["height", "income"]]
    synthetic["income"] *= 3
    plain = [f.kind for f in compare_tables(real, synthetic).findings]
    assert [f.kind for f in compare_tables(real * scale, synthetic * scale).findings if f.kind != "rounding"] == plain


def test_every_frame_gives_the_same_findings():
    synthetic = people(1, 600)
    synthetic["income"] *= 2
    expected = wrong(synthetic)
    for convert in (pl.from_pandas, pa.Table.from_pandas):
        assert compare_tables(convert(REAL), convert(synthetic)).what_is_wrong() == expected


def test_the_same_tables_give_the_same_numbers():
    synthetic = people(1, 500)
    assert compare_tables(REAL, synthetic, rng=3).to_document() == compare_tables(REAL, synthetic, rng=3).to_document()


def test_large_tables_are_subsampled_and_say_so(monkeypatch):
    monkeypatch.setattr("statsim.metrics.fidelity.MAX_ROWS", 500)
    found = compare_tables(REAL, people(1, 3000))
    assert (found.n_real, found.n_synthetic) == (400, 3000)
    assert (found.table.n_real, found.table.n_synthetic) == (400, 500)
    synthetic = people(1, 3000)
    kept = found.table.columns[2].synthetic
    assert np.unique(kept).size == 500 and np.isin(kept, synthetic["income"]).all()
    assert np.isin(kept, synthetic["income"][:500]).mean() < 0.4  # drawn from everywhere, not the head


def test_kinds_of_columns():
    frame = pl.DataFrame({
        "flag": [True, None], "day": [None, 1], "label": ["a", "b"], "value": [1, 2], "empty": [None, None], "list": [[1], [2]],
    }).with_columns(pl.col("day").cast(pl.Date), moment=pl.datetime(2020, 1, pl.lit(2)))  # fmt: skip
    pair = align(frame, frame)
    assert {c.name: (c.kind, c.unit) for c in pair.columns} == {
        "flag": ("categorical", ""), "day": ("numeric", "date"), "label": ("categorical", ""), "value": ("numeric", ""),
        "empty": ("numeric", ""), "moment": ("numeric", "time"),
    }  # fmt: skip
    assert pair.columns[1].real.tolist()[1] == 1.0 and "cannot be compared" in pair.problems[0]


@pytest.mark.parametrize(
    ("frame", "error", "message"),
    [
        ({"height": [1.0]}, ArgumentTypeError, "synthetic must be a pandas, polars or pyarrow data frame, got dict"),
        (pd.DataFrame({"height": []}), DataError, "synthetic has no rows"),
        (pd.DataFrame({"other": [1]}), DataError, r"synthetic \['other'\]: none can be compared"),
        (pd.DataFrame({"height": [np.inf, 1.0]}), DataError, "'height' of synthetic holds 1 infinite"),
    ],
)
def test_unusable_tables_are_named(frame, error, message):
    with pytest.raises(error, match=message):
        compare_tables(REAL, frame)


def test_the_error_rate_is_checked():
    with pytest.raises(ArgumentError, match="error_rate must be between 0 and 1, got 1"):
        compare_tables(REAL, REAL, error_rate=1)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 30])
def test_tiny_tables_are_compared_as_far_as_they_go(n):
    assert compare_tables(people(2, n), people(3, n)).n_real == n


def test_constant_and_empty_columns():
    n = 60
    real = pd.DataFrame({"five": np.full(n, 5.0), "none": np.full(n, np.nan), "one": ["a"] * n, "x": np.arange(n) % 7})
    assert compare_tables(real, real).what_is_wrong() == []
    synthetic = real.assign(five=np.random.default_rng(1).normal(5, 1, n).round(0), none=1.0, one=["b"] * n)
    found = compare_tables(real, synthetic).what_is_wrong()
    for start in ("none has no values to compare in real", "one has the wrong shares", "five "):
        assert any(s.startswith(start) for s in found), found
