"""Identifiers: fresh, unique, and whatever the request, the same for a row."""

import uuid

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from statsim.tables.patterns import Pattern, learn_digits, learn_pattern
from statsim.tables.permutation import permute

KEY = np.array([11, 12], np.uint64)


@pytest.mark.parametrize("size", [1, 2, 3, 10, 1000, 4097])
def test_permutation_is_one(size):
    out = permute(np.arange(size, dtype=np.uint64), size, KEY)
    assert np.array_equal(np.sort(out), np.arange(size))


def test_permutation_depends_on_the_key_and_scatters():
    numbers = np.arange(10_000, dtype=np.uint64)
    one, two = permute(numbers, 2**40, KEY), permute(numbers, 2**40, KEY[::-1])
    assert (one == two).sum() == 0
    assert abs(np.corrcoef(one[:-1].astype(float), one[1:].astype(float))[0, 1]) < 6 / np.sqrt(10_000)


def test_broken_permutation_is_noticed():
    """A truncated hash repeats itself: the check above must see it."""
    out = np.sort(np.arange(1000, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) % np.uint64(1000))
    assert not np.array_equal(out, np.arange(1000))


@pytest.mark.parametrize(
    "values, regex",
    [
        ([str(uuid.UUID(int=i << 64)) for i in range(20)], r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"),
        ([f"AB-{i:04d}" for i in range(20)], r"^AB-00\d\d$"),
        ([f"p{i}@mail.org" for i in range(20)], r"^[a-z]{10}@example\.com$"),
        ([f"ünit{i}" for i in (7, 17, 1700)], r"^ünit\d{2}$"),
        (["Jane Doe", "Li Wu", "Ann Lee"], r"^[A-Za-z]{5,7}$"),
    ],
)
def test_values_have_the_pattern_and_no_original(values, regex):
    pattern = learn_pattern(pa.array(values))
    fresh = pattern.values(np.arange(30, dtype=np.uint64), KEY)
    assert pc.all(pc.match_substring_regex(fresh, regex)).as_py(), fresh
    assert len(fresh.unique()) == 30


def test_only_shared_characters_are_literal():
    assert learn_pattern(pa.array(["x1a", "x2b", "y3c"])).runs[0][0] != "x"


def test_unique_over_splits_and_past_the_end_of_the_pattern():
    pattern = Pattern((("A", 1), ("0123456789", 2)))
    whole = pattern.values(np.arange(350, dtype=np.uint64), KEY).to_pylist()
    parts = [value for start in range(0, 350, 70) for value in pattern.values(np.arange(start, start + 70, dtype=np.uint64), KEY).to_pylist()]
    assert whole == parts and len(set(whole)) == 350


def test_far_rows():
    rows = np.uint64(10**12) + np.arange(5, dtype=np.uint64)
    assert len(learn_digits(9).values(rows, KEY).unique()) == 5


@pytest.mark.parametrize("runs", [(), (("", 1),), (("aa", 1),), (("ab", 0),), (("ab", 10**9),), (("éa", 1),)])
def test_impossible_patterns_are_refused(runs):
    with pytest.raises(ValueError, match="pattern|position"):
        Pattern(runs)
