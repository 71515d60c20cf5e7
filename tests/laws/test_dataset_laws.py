"""A model and a seed are a dataset: whatever the split, the threads, the shards; from the file as from memory."""

import random

import numpy as np
import pytest

import statsim as ss
from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError, ArgumentTypeError, TooLargeError
from statsim.tables.arrays import TableArrays
from tests.laws.specimens import SPECIMENS, as_bytes, joined

N = 5 * BLOCK_ROWS + 77


@pytest.fixture(params=SPECIMENS, scope="module")
def model(request):
    return SPECIMENS[request.param]()


@pytest.fixture(scope="module")
def whole(model):
    return as_bytes(model.sample(N, rng=7))


@pytest.mark.parametrize("threads", range(1, 9))
def test_threads_do_not_matter(model, whole, threads):
    assert as_bytes(model.sample(N, rng=7, num_threads=threads)) == whole


def test_any_split_into_requests(model, whole, rng):
    for _ in range(10):
        cuts = np.unique([0, N, *rng.integers(0, N, size=rng.integers(0, 12))]).tolist()
        parts = [model.sample(stop - start, rng=7, start=start) for start, stop in zip(cuts, cuts[1:], strict=False)]
        assert joined(parts) == whole


def test_batches_are_the_rows(model, whole):
    assert joined(list(model.sample_batches(N, rng=7, batch_rows=1000))) == whole


def test_a_far_row_needs_no_rows_before_it(model):
    far = model.sample(10, rng=7, start=2**62)
    assert as_bytes(model.sample(4, rng=7, start=2**62 + 6)) == joined([_tail(far, 6)])
    model.sample(1, rng=7, start=2**63 - 2)


def _tail(rows, begin):
    return rows.take(slice(begin, None)) if isinstance(rows, TableArrays) else rows[begin:]


def test_seeds_are_different_datasets(model):
    assert as_bytes(model.sample(50, rng=7)) != as_bytes(model.sample(50, rng=8))
    assert as_bytes(model.sample(50, rng=7)) == as_bytes(model.sample(50, rng=np.random.SeedSequence(7)))
    generator = np.random.default_rng(7)
    assert as_bytes(model.sample(50, rng=generator)) != as_bytes(model.sample(50, rng=generator))
    assert as_bytes(model.sample(50)) != as_bytes(model.sample(50))


def test_no_global_state_is_touched(model):
    np.random.seed(3)
    random.seed(3)
    before = np.random.get_state()[1].tolist(), random.getstate()
    model.sample(2000)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before
    np.random.seed(4)
    first = as_bytes(model.sample(50, rng=7))
    np.random.seed(5)
    assert as_bytes(model.sample(50, rng=7)) == first


def test_latent_rows_are_the_same_rows(model, whole):
    rows, latent = model.sample(N, rng=7, return_latent=True)
    assert as_bytes(rows) == whole
    assert len(latent) == N


def test_nothing_asked_nothing_given(model):
    empty, some = model.sample(0, rng=7), model.sample(1, rng=7)
    assert type(empty) is type(some)
    assert getattr(empty, "schema", None) == getattr(some, "schema", None)
    assert as_bytes(empty) == b""


def test_the_file_is_the_model(model, whole, tmp_path):
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert type(again) is type(model)
    assert as_bytes(again.sample(N, rng=7)) == whole
    assert again.to_document() == model.to_document()
    again.save(tmp_path / "n.json")
    assert (tmp_path / "m.json").read_bytes() == (tmp_path / "n.json").read_bytes()
    rows = model.sample(100, rng=1)
    assert again.score_samples(rows).tobytes() == model.score_samples(rows).tobytes()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n": -1}, ArgumentError, "n must be at least 0, got -1"),
        ({"n": 1.5}, ArgumentTypeError, "n must be an integer, got 1.5"),
        ({"n": "3"}, ArgumentTypeError, "n must be an integer, got '3'"),
        ({"n": 10**18}, TooLargeError, "1000000000000000000 rows would take .*iB.*statsim sample"),
        ({"n": 10, "start": -1}, ArgumentError, "start must be at least 0"),
        ({"n": 10, "start": 5, "rng": None}, ArgumentError, "start=5 needs an rng that names a data set"),
        ({"n": 10, "start": 2**63 - 5}, ArgumentError, "64-bit"),
        ({"n": 10, "rng": -3}, ArgumentError, "rng must be a non-negative integer, got -3"),
        ({"n": 10, "num_threads": 0}, ArgumentError, "num_threads must be a positive integer, got 0"),
        ({"n": 1000, "max_bytes": 100}, TooLargeError, "above the limit of 100 B"),
    ],
)
def test_what_cannot_be_asked(model, arguments, error, message):
    with pytest.raises(error, match=message):
        model.sample(**{"rng": 7, **arguments})
