"""`statsim fit` of a Parquet file in batches."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import statsim as ss
from statsim.cli import fit_stream


@pytest.fixture
def big(monkeypatch, tmp_path):
    """A small file that is taken for a big one."""
    monkeypatch.setattr(fit_stream, "STREAM_BYTES", 10_000)
    X = np.random.default_rng(1).standard_normal((5000, 2)) + [[0.0, 7.0]]
    pq.write_table(pa.table({"a": X[:, 0], "b": X[:, 1]}), tmp_path / "big.parquet")
    return tmp_path / "big.parquet", X


@pytest.mark.parametrize("arguments", [("GaussianMixture", "--set", "n_components=1"), ("MultivariateNormal",), ("Normal", "--columns", "b")])
def test_the_account_and_the_file_are_those_of_the_rows(statsim, big, tmp_path, arguments):
    path, X = big
    done = statsim("fit", path, "-o", tmp_path / "m.json", "--model", *arguments, "--json")
    assert done.code == 0, done.err
    assert done.json["data"] == "5,000 rows, in batches"
    model, rows = ss.load(tmp_path / "m.json"), X[:, 1] if arguments[0] == "Normal" else X
    if arguments[0] != "Normal":
        assert model.feature_names_in_.tolist() == ["a", "b"]
        del model.feature_names_in_
    scores = model.score_samples(rows)
    np.testing.assert_allclose(done.json["log_likelihood_mean"], scores.mean(), rtol=1e-10)
    np.testing.assert_allclose(done.json["log_likelihood_error"], scores.std(ddof=1) / np.sqrt(5000), rtol=1e-8)


def test_a_small_file_is_read_whole(statsim, big, tmp_path, monkeypatch):
    monkeypatch.setattr(fit_stream, "STREAM_BYTES", 2**30)
    done = statsim("fit", big[0], "-o", tmp_path / "m.json", "--model", "MultivariateNormal", "--json")
    assert done.json["data"] == "5,000 rows"


def test_a_column_of_text_is_named(statsim, big, tmp_path):
    pq.write_table(pa.table({"a": np.arange(5000.0), "t": ["x"] * 5000}), tmp_path / "text.parquet")
    done = statsim("fit", tmp_path / "text.parquet", "-o", tmp_path / "m.json", "--model", "GaussianMixture")
    assert done.code != 0
    assert "column 't' holds string" in done.err
