"""Model files from strangers: refused by name, quickly, with no code run."""

import copy
import pickle

import numpy as np
import pytest

import statsim as ss
from statsim import files
from statsim.catalog import from_document
from statsim.errors import FileRefusedError
from tests.golden.compute import mixture, table

GOOD = {"GaussianMixture": mixture("full").to_document(), "TableMixture": table().to_document()}


def _broken(name, path, value):
    document = copy.deepcopy(GOOD[name])
    place = document
    for key in path[:-1]:
        place = place[key]
    if value is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = value(len(place["weights"])) if callable(value) else value
    return document


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["statsim"], 99, "statsim version 99.*install the release that wrote it"),
        (["statsim"], True, "statsim version True"),
        (["stream"], 2, "stream version 2"),
        (["model"], "os.system", "'os.system' is not known; known are"),
        (["model"], ["GaussianMixture"], "'model' must hold a str"),
        (["parameters"], [], "'parameters' must hold a dict"),
        (["extra"], 1, "this one has .*extra"),
        (["fit"], KeyError, "a model file has the keys"),
        (["parameters", "weights"], KeyError, "weights"),
        (["parameters", "surprise"], 1, "surprise"),
        (["parameters", "weights"], [0.25] * 4, "weights|means"),
        (["parameters", "weights"], lambda k: [1.0] * k, "weights"),
        (["parameters", "weights"], lambda k: [2.0, -1.0, 0.0][:k], "weights"),
        (["parameters", "weights"], "0.5", "weights"),
        (["parameters", "weights"], None, "weights"),
        (["parameters", "weights"], {"base64": "", "dtype": "<f8", "shape": [10**9]}, r"shape \[1000000000\]"),
        (["parameters", "means"], [[1.0]], "means|weights"),
        (["parameters", "means"], {"a": 1}, "means"),
        (["parameters", "covariances"], [[[1.0]]], "covariances"),
    ],
)
def test_broken_documents_are_refused(name, path, value, message):
    with pytest.raises(FileRefusedError, match=message):
        from_document(_broken(name, path, value))


@pytest.mark.parametrize("matrix", [-np.eye(5), np.ones((5, 5)) - 2 * np.eye(5), np.triu(np.ones((5, 5)))])
def test_a_matrix_that_is_no_covariance_is_refused(matrix):
    document = _broken("GaussianMixture", ["parameters", "covariances"], [matrix.tolist()] * 3)
    with pytest.raises(FileRefusedError, match="covariances"):
        from_document(document)


@pytest.mark.parametrize("name", GOOD)
def test_every_truncation_is_refused(name):
    raw = files.format_document(GOOD[name]).encode()
    for length in range(0, len(raw) - 2, 37):
        with pytest.raises(FileRefusedError):
            from_document(files.parse_document(raw[:length]))


@pytest.mark.parametrize("name", GOOD)
def test_bit_flips_are_refused_or_give_a_model(name, rng):
    raw = bytearray(files.format_document(GOOD[name]).encode())
    for _ in range(300):
        flipped = bytearray(raw)
        flipped[rng.integers(len(raw))] ^= 1 << rng.integers(8)
        try:
            from_document(files.parse_document(bytes(flipped)))
        except FileRefusedError:
            continue


@pytest.mark.parametrize("name", GOOD)
def test_loading_never_unpickles(name, tmp_path, monkeypatch):
    files.write_document(tmp_path / "m.json", GOOD[name])
    ss.load(tmp_path / "m.json")  # compile first: Numba keeps its own cache with pickle

    def refuse(*args, **kwargs):
        raise RuntimeError("a pickle was read")

    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(pickle, "loads", refuse)
    ss.load(tmp_path / "m.json")


def test_a_pickle_is_not_a_model(tmp_path):
    (tmp_path / "m.json").write_bytes(pickle.dumps({"model": "GaussianMixture"}))
    with pytest.raises(FileRefusedError, match="not UTF-8|not a complete JSON"):
        ss.load(tmp_path / "m.json")
