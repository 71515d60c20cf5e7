"""The golden hashes: the same on every machine, for as long as the stream version stands."""

import json

import pytest

import tests.golden.compute as golden

_COMPUTED = {}


def _computed():
    if not _COMPUTED:
        _COMPUTED.update(golden.compute())
    return _COMPUTED


@pytest.mark.parametrize("name", json.loads(golden.GOLDEN.read_text()))
def test_hash(name):
    assert _computed()[name] == json.loads(golden.GOLDEN.read_text())[name]


def test_none_is_left_out():
    assert set(_computed()) == set(json.loads(golden.GOLDEN.read_text()))
