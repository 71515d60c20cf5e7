"""Streams: known answers, agreement with NumPy's generators, and the reach of every branch of the ziggurat."""

import math

import numpy as np
import pytest

from statsim import testing
from statsim.kernels import streams
from statsim.kernels.philox import philox4x64
from statsim.kernels.variates import normal

U = np.uint64

# Random123 1.14, tests/kat_vectors: counter, key, result of philox4x64 with 10 rounds
KNOWN = [
    ("0" * 64, "0" * 32, "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
    ("f" * 64, "f" * 32, "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"),
    (
        "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89",
        "452821e638d01377be5466cf34e90c6c",
        "a528f45403e61d95 38c72dbd566e9788 a5a1610e72fd18b5 57bd43b5e52b7fe6",
    ),
]


def _words(text):
    return [U(int(text[i : i + 16], 16)) for i in range(0, len(text), 16)]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_philox_known_answers(counter, key, expected):
    out = np.zeros(4, U)
    philox4x64(*_words(counter), *_words(key), out)
    assert [f"{int(word):016x}" for word in out] == expected.split()


@pytest.mark.parametrize(("key", "counter"), [((11, 22), 0), ((2**64 - 1, 1), 2**64 - 2), ((5, 0), 123456789)])
def test_philox_is_numpys(key, counter):
    ours = np.zeros(4, U)
    philox4x64(U(counter + 1), U(0), U(0), U(0), U(key[0]), U(key[1]), ours)  # NumPy steps before it reads
    theirs = np.random.Philox(key=np.array(key, U), counter=np.array([counter, 0, 0, 0], U)).random_raw(4)
    assert ours.tolist() == theirs.tolist()


def _numpy_at(state):
    generator = np.random.SFC64(0)
    settings = generator.state
    settings["state"]["state"] = state.copy()
    generator.state = settings
    return generator


def test_block_stream_is_numpys_sfc64():
    state = np.zeros(4, U)
    streams.seed_block(U(1), U(2), U(3), state)
    twin = _numpy_at(state)
    words = np.zeros(1000, U)
    streams.fill_uint64(state, words)
    assert words.tolist() == twin.random_raw(1000).tolist()


def test_seeding_follows_the_definition():
    words = np.zeros(4, U)
    philox4x64(U(3), U(0), U(0), U(0), U(1), U(2), words)
    twin = _numpy_at(np.array([*words[:3], 1], U))
    twin.random_raw(12)
    state = np.zeros(4, U)
    streams.seed_block(U(1), U(2), U(3), state)
    ours = np.zeros(8, U)
    streams.fill_uint64(state, ours)
    assert ours.tolist() == twin.random_raw(8).tolist()


def test_restore_at_every_position():
    state = np.zeros(4, U)
    streams.seed_block(U(9), U(9), U(9), state)
    whole = np.zeros(200, U)
    streams.fill_uint64(state.copy(), whole)
    for position in range(200):
        kept = state.copy()
        rest = np.zeros(200 - position, U)
        streams.fill_uint64(kept, rest)
        assert rest.tolist() == whole[position:].tolist()
        streams.fill_uint64(state, np.zeros(1, U))


def _state_whose_next_word_is(word):
    """SFC64 returns a + b + counter: put the word there."""
    return np.array([word, 0, 0x1234567, 0], U)


def test_uniform_ends():
    assert streams.uniform(_state_whose_next_word_is(0)) == 0.0
    assert streams.uniform(_state_whose_next_word_is(2**64 - 1)) == 1 - 2.0**-53
    assert streams.uniform_open(_state_whose_next_word_is(0)) == 2.0**-53
    assert streams.uniform_open(_state_whose_next_word_is(2**64 - 1)) == 1 - 2.0**-53


def _normal_from(word):
    return normal.standard_normal(_state_whose_next_word_is(word))


@pytest.mark.parametrize("layer", [0, 1, 2, 128, 253, 254])
def test_ziggurat_sure_part_and_sign(layer):
    position = int(normal._INSIDE[layer]) - 1
    word = (position << 12) | layer
    assert _normal_from(word) == position * normal._WIDTH[layer] > 0
    assert _normal_from(word | 256) == -_normal_from(word)


def test_ziggurat_top_layer_has_no_sure_part():
    assert normal._INSIDE[255] == 0


def test_ziggurat_tail_lies_beyond_r():
    word = ((2**52 - 1) << 12) | 0
    assert _normal_from(word) > normal._TAIL
    assert _normal_from(word | 256) < -normal._TAIL


def test_ziggurat_wedge_accepts_and_rejects():
    """Just outside the sure part nearly all are accepted; at the outer edge nearly all are rejected."""
    layer = 100
    kept = {"inner": 0, "outer": 0}
    for name, position in (("inner", int(normal._INSIDE[layer])), ("outer", 2**52 - 1)):
        word = (position << 12) | layer
        x = position * normal._WIDTH[layer]
        for seed in range(200):
            state = _state_whose_next_word_is(seed * 0x9E3779B97F4A7C15 % 2**64)
            kept[name] += normal._edge(state, U(word)) == x
    assert kept["inner"] > 100 > kept["outer"]


def test_ziggurat_tables_close():
    """Every layer has the area V, and the top layer ends at height 1."""
    x, f = normal._X, normal._F
    v = float(normal._V)
    areas = x[1:256] * (f[2:257] - f[1:256])
    assert np.abs(areas / v - 1).max() < 1e-11
    tail = math.sqrt(math.pi / 2) * math.erfc(float(normal._R) / math.sqrt(2))
    assert abs((float(normal._R) * f[1] + tail) / v - 1) < 1e-13
    assert f[256] == 1.0


def _normals(n, block=0):
    state, out = np.zeros(4, U), np.empty(n)
    streams.seed_block(U(2026), U(1), U(block), state)
    normal.fill_standard_normal(state, out)
    return out


def test_normals_follow_their_law():
    testing.assert_normal(_normals(2_000_000))


def test_interleaved_blocks_follow_the_law():
    """The first values of neighbouring blocks, as a sequence: blocks must be independent of each other."""
    testing.assert_normal(np.array([_normals(8, block) for block in range(60_000)]).T.ravel())


def test_one_bit_apart_keys_are_unrelated():
    out = np.empty((64, 4096))
    for bit in range(64):
        state = np.zeros(4, U)
        streams.seed_block(U(1 << bit), U(0), U(0), state)
        normal.fill_standard_normal(state, out[bit])
    testing.assert_normal(out.T.ravel())


def test_broken_twin_without_the_base_layer_fails():
    values = _normals(2_000_000)
    with pytest.raises(AssertionError, match="normal"):
        testing.assert_normal(values[np.abs(values) < float(normal._R)])


def test_broken_twin_with_equal_blocks_fails():
    first = _normals(8)
    with pytest.raises(AssertionError):
        testing.assert_normal(np.concatenate([_normals(8, block // 2) for block in range(60_000)] + [first]))
