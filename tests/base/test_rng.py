"""Seeds: one door, no global state, keys that do not collide."""

import random

import numpy as np
import pytest

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.rng import Purpose, is_repeatable, seed_sequence, stream_key


def _key(*args):
    return stream_key(*args).tolist()


def test_an_integer_names_a_stream():
    assert _key(7, Purpose.SAMPLE) == _key(7, Purpose.SAMPLE) == _key(np.int32(7), Purpose.SAMPLE)
    assert _key(7, Purpose.SAMPLE) == _key(np.random.SeedSequence(7), Purpose.SAMPLE)


def test_key_is_part_of_the_stream_version():
    assert _key(7, Purpose.SAMPLE) == [612417496036309356, 16994916187464767841]


def test_seeds_purposes_and_paths_have_their_own_keys():
    keys = [_key(seed, purpose, *path) for seed in (0, 1, 2**200) for purpose in Purpose for path in ((), (0,), (1,), (0, 0))]
    assert len({tuple(key) for key in keys}) == len(keys)


def test_spawned_seed_sequences_differ():
    children = np.random.SeedSequence(7).spawn(2)
    assert _key(children[0], Purpose.SAMPLE) != _key(children[1], Purpose.SAMPLE) != _key(7, Purpose.SAMPLE)


def test_using_a_seed_sequence_leaves_it_as_it_was():
    seed = np.random.SeedSequence(7)
    stream_key(seed, Purpose.SAMPLE)
    assert seed.n_children_spawned == 0


def test_a_generator_is_advanced():
    generator = np.random.default_rng(7)
    assert _key(generator, Purpose.SAMPLE) != _key(generator, Purpose.SAMPLE)


def test_none_is_fresh_entropy():
    assert _key(None, Purpose.SAMPLE) != _key(None, Purpose.SAMPLE)


def test_repeatable():
    assert is_repeatable(7) and is_repeatable(np.random.SeedSequence(7))
    assert not any(is_repeatable(rng) for rng in (None, True, np.random.default_rng(7)))


@pytest.mark.parametrize(("bad", "error"), [(-1, ArgumentError), (True, ArgumentTypeError), ("7", ArgumentTypeError), (1.0, ArgumentTypeError)])
def test_what_is_not_a_seed(bad, error):
    with pytest.raises(error, match=f"rng must be.*{bad!r}"):
        seed_sequence(bad)


def test_a_random_state_is_refused():
    with pytest.raises(ArgumentTypeError, match="RandomState"):
        seed_sequence(np.random.RandomState(1))


def test_no_global_state_is_touched():
    np.random.seed(3)
    random.seed(3)
    before = np.random.get_state()[1].tolist(), random.getstate()
    stream_key(None, Purpose.SAMPLE)
    stream_key(5, Purpose.FIT)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before
