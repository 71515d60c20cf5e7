"""Names to classes, and `statsim.load` before files that mean harm."""

import contextlib
import json
import pickle

import numpy as np
import pytest

import statsim as ss
from statsim.catalog import ENTRIES, from_document, load
from statsim.errors import FileRefusedError
from statsim.model import Model


@pytest.fixture(scope="module")
def document():
    return ss.GaussianMixture.from_parameters(
        weights=[0.5, 0.5], means=[[0.0, 1.0], [2.0, 3.0]], covariances=[np.eye(2)] * 2
    ).to_document()


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_is_a_model_of_that_name(name):
    kind = ENTRIES[name].load_class()
    assert issubclass(kind, Model) and kind.__name__ == name and getattr(ss, name) is kind


def write(path, document):
    path.write_text(json.dumps(document))
    return path


def test_load_gives_the_class_in_the_file(document, tmp_path):
    assert type(load(write(tmp_path / "m.json", document))) is ss.GaussianMixture


def edited(document, path, value):
    """A copy of the document with one place changed, or dropped where value is None."""
    copy = json.loads(json.dumps(document))
    place = copy
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


HOSTILE = [
    (("statsim",), 99, "99"),
    (("statsim",), "1", "'1'"),
    (("statsim",), True, "True"),
    (("stream",), 0, "stream version 0"),
    (("model",), "os.system", "os.system"),
    (("model",), "__class__", "__class__"),
    (("model",), 3, "int"),
    (("extra",), 1, "extra"),
    (("fit",), None, "parameters"),
    (("parameters",), [], "dict"),
    (("parameters", "weights"), None, "weights"),
    (("parameters", "weights"), [0.5, 0.6], "weights"),
    (("parameters", "weights"), [2.0, -1.0], "weights"),
    (("parameters", "weights"), ["a", "b"], "weights"),
    (("parameters", "weights"), {"base64": "AAAA", "dtype": "<f8", "shape": [10**9]}, "weights"),
    (("parameters", "weights"), {"base64": "AAAA", "dtype": "|O", "shape": [2]}, "|O"),
    (("parameters", "means"), [[0.0], [1.0, 2.0]], "means"),
    (("parameters", "means"), "import os", "means"),
    (("parameters", "means"), [], "means"),
    (("parameters", "covariances"), [[[1.0, 2.0], [2.0, 1.0]]] * 2, "covariance"),
    (("parameters", "covariances"), [[1.0, 0.0], [0.0, 1.0]], "covariances"),
    (("parameters", "covariance_type"), "cubic", "'cubic'"),
    (("parameters", "covariance_type"), ["full"], "full"),
    (("parameters", "missing"), {"a": 1}, "missing"),
    (("parameters", "constant"), [7], "constant"),
    (("parameters", "feature_names"), ["a"], "feature_names"),
    (("parameters", "feature_names"), {"a": 1}, "feature_names"),
]


@pytest.mark.parametrize(("path", "value", "words"), HOSTILE, ids=lambda value: str(value)[:40])
def test_a_wrong_document_is_refused_with_the_file_and_the_value(document, tmp_path, path, value, words):
    file = write(tmp_path / "m.json", edited(document, path, value))
    with pytest.raises(FileRefusedError) as caught:
        load(file)
    assert str(file) in str(caught.value) and words in str(caught.value)


@pytest.mark.parametrize(
    "value", [None, True, 0, -1, 1e308, 2**70, "", "x", [], [[]], [[[[0.0]]]], {}, {"base64": 1, "dtype": [], "shape": "a"}]
)
def test_no_value_in_any_place_gets_past_or_breaks_the_reader(document, tmp_path, value):
    """Whatever stands in a place of the file, it loads or is refused: no other exception."""
    for path in places(document):
        with contextlib.suppress(FileRefusedError):
            load(write(tmp_path / "m.json", replaced(document, path, value)))


def places(document, path=()):
    yield path
    items = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def replaced(document, path, value):
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = replaced(document[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[" * 100_000,
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": 1e400}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{}",
        pickle.dumps({"statsim": 1}),
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_what_is_no_document_is_refused(tmp_path, raw):
    (tmp_path / "m.json").write_bytes(raw)
    with pytest.raises(FileRefusedError, match="m.json"):
        load(tmp_path / "m.json")


def test_a_truncated_file_is_refused_at_every_length(document, tmp_path):
    raw = json.dumps(document).encode()
    for length in range(0, len(raw), 7):
        (tmp_path / "m.json").write_bytes(raw[:length])
        with pytest.raises(FileRefusedError):
            load(tmp_path / "m.json")


def test_a_folder_or_a_device_is_refused(tmp_path):
    for path in (tmp_path, "/dev/zero"):
        with pytest.raises((FileRefusedError, IsADirectoryError)):
            load(path)


@pytest.fixture(scope="module")
def table_document():
    import pyarrow as pa

    x = np.random.default_rng(5).normal(size=120)
    columns = {
        "x": x,
        "n": (np.abs(x) * 4).astype(int),
        "g": np.where(x > 0, "a", "b"),
        "id": [f"K{i:04d}" for i in range(120)],
    }
    return ss.Synthesizer(1, rng=0).fit(pa.table(columns)).to_document()


@pytest.mark.parametrize("value", [None, -1, 2**70, "x", [], [[]], {}])
def test_a_table_model_with_any_value_in_any_place_is_refused_or_usable(table_document, value):
    for path in places(table_document):
        try:
            model = from_document(replaced(table_document, path, value))
        except FileRefusedError:
            continue
        model.sample(2, rng=1)
        model.describe()
