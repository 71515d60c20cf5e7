"""Draws: names, summary, frames, trees, files that come back bit for bit and are refused when damaged."""

import dataclasses
import pickle
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from statsim import metrics
from statsim.errors import ArgumentError, FileRefusedError, OutputError, TooLargeError
from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics
from statsim.samplers.draws.draws_file import SavedMethod
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.chains.run import run_chains
from tests.samplers import known

NAMES = ("mu", "beta[0]", "beta[1]", "R[0,0]", "R[1,0]", "R[0,1]", "R[1,1]", "odd[0]", "odd[2]")


def made(names=NAMES, chains=3, draws=100):
    values = np.random.default_rng(1).normal(size=(chains, draws, len(names)))
    stats = {"log_density": values[:, :, 0], "excess_energy": np.abs(values[:, :, 1]).astype(np.float32), "step_size": np.broadcast_to(np.float32(0.5), (chains, draws))}
    return Draws(values, Statistics(stats), names, NUTS(target_accept=0.9), notes=("a note",))


@pytest.fixture(scope="module")
def sampled():
    return run_chains(known.normal_target([1.0, -2.0], np.eye(2)), NUTS(), chains=2, warmup=60, draws=80, rng=1, keep_warmup=True)


def test_names_give_coordinates_and_variables():
    draws = made()
    assert_array_equal(draws["mu"], draws.values[:, :, 0])
    assert np.shares_memory(draws["beta"], draws.values)
    assert_array_equal(draws["R"][:, :, 1, 0], draws.values[:, :, 4])
    assert_array_equal(draws["R"][:, :, 0, 1], draws.values[:, :, 5])
    assert_array_equal(draws["odd[2]"], draws.values[:, :, 8])
    with pytest.raises(ArgumentError, match="no coordinate 'odd'; known are mu, beta, R"):
        draws["odd"]
    assert repr(draws) == "Draws(chains=3, draws=100, dim=9: mu, beta[2], R[2, 2], odd[0], odd[2] by NUTS; a note)"


def test_the_summary_is_that_of_the_metrics():
    draws = made()
    table = draws.summary(probabilities=(0.1, 0.975))
    assert list(table.columns) == ["mean", "sd", "10%", "97.5%", "mcse_mean", "mcse_sd", "mcse_10%", "mcse_97.5%", "ess_bulk", "ess_tail", "r_hat"]
    assert_array_equal(table["r_hat"], metrics.r_hat(draws.values))
    assert_array_equal(table["ess_tail"], metrics.ess_tail(draws.values))
    assert_array_equal(table["mcse_97.5%"], metrics.mcse_quantile(draws.values, probability=0.975))
    assert table.to_dict()["beta[1]"]["mean"] == draws["beta"][:, :, 1].mean()
    with pytest.raises(ArgumentError, match="no column 'rhat'"):
        table["rhat"]


def test_the_summary_prints_as_a_table_and_cuts_a_long_one():
    lines = repr(made().summary()).splitlines()
    assert lines[0] == "3 chains of 100 draws"
    assert lines[1].split() == ["mean", "sd", "5%", "50%", "95%", "mcse_mean", "mcse_sd", "mcse_5%", "mcse_50%", "mcse_95%", "ess_bulk", "ess_tail", "r_hat"]
    assert len(lines) == 2 + len(NAMES) and len({len(line) for line in lines[1:]}) == 1
    long = repr(made(tuple(f"x[{i}]" for i in range(300)), 1, 8).summary())
    assert "... 260 more" in long and len(long.splitlines()) == 43


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_frames(backend):
    import narwhals as nw

    draws = made()
    wide = nw.from_native(draws.to_frame(backend, stats=True))
    assert wide.columns == ["chain", "draw", *NAMES, "log_density", "excess_energy", "step_size", "energy"]
    row = wide.filter((nw.col("chain") == 2) & (nw.col("draw") == 7))
    assert row["R[1,0]"].to_list() == [draws.values[2, 7, 4]]
    assert row["log_density"].to_list() == [draws.values[2, 7, 0]]
    long = nw.from_native(draws.to_frame(backend, layout="long"))
    found = long.filter((nw.col("chain") == 1) & (nw.col("draw") == 3) & (nw.col("name") == "beta[1]"))
    assert found["value"].to_list() == [draws.values[1, 3, 2]] and len(long) == draws.values.size
    assert nw.from_native(draws.summary().to_frame(backend))["name"].to_list() == list(NAMES)


def test_frames_refuse_what_they_cannot_hold():
    with pytest.raises(ArgumentError, match="two columns 'draw'"):
        made(("draw", "a")).to_frame()
    with pytest.raises(ArgumentError, match="layout"):
        made().to_frame(layout="tall")
    with pytest.raises(ArgumentError, match="backend"):
        made().to_frame("dask")


def test_the_tree_has_the_layout_of_arviz(sampled):
    tree = sampled.to_datatree()
    assert set(tree.children) == {"posterior", "sample_stats", "warmup_posterior", "warmup_sample_stats"}
    assert tree["posterior/x"].dims == ("chain", "draw", "x_dim_0")
    assert_array_equal(tree["posterior/x"].values, sampled.values)
    assert {"lp", "acceptance_rate", "tree_depth", "n_steps", "diverging", "energy", "step_size"} <= set(tree["sample_stats"].data_vars)
    assert tree["warmup_posterior/x"].shape == (2, 60, 2)
    assert made().to_datatree()["posterior/R"].shape == (3, 100, 2, 2)


def test_without_xarray_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ArgumentError, match=r"pip install 'statsim\[xarray\]'"):
        made().to_datatree()


# ---------------------------------------------------------------- files


def same(one, other):
    assert_array_equal(one.values, other.values)
    assert one.names == other.names and one.notes == other.notes and one.method == other.method
    assert list(one.stats) == list(other.stats)
    for name in one.stats:
        assert one.stats[name].dtype == other.stats[name].dtype
        assert_array_equal(one.stats[name], other.stats[name])


def test_files_are_lossless(sampled, tmp_path, monkeypatch):
    monkeypatch.setattr(pickle, "loads", lambda *_: pytest.fail("unpickled"))
    for number, draws in enumerate([sampled, made(), dataclasses.replace(made(), values=made().values[:, ::2], stats=Statistics({}), method=None)]):
        draws.save(tmp_path / str(number))
        back = Draws.load(tmp_path / str(number))
        same(draws, back)
        assert (back.warmup is None) == (draws.warmup is None)
        if draws.warmup is not None:
            same(draws.warmup, back.warmup)


def test_a_method_that_a_file_cannot_hold_is_kept_as_text(tmp_path):
    @dataclasses.dataclass(frozen=True)
    class Custom:
        function: object = len

    dataclasses.replace(made(), method=Custom()).save(tmp_path / "draws")
    assert Draws.load(tmp_path / "draws").method == SavedMethod("Custom", repr(Custom()))


def test_damage_anywhere_is_found(tmp_path):
    path = tmp_path / "draws"
    made(chains=1, draws=4).save(path)
    raw = path.read_bytes()
    for place in range(0, len(raw), 7):
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 4]) + raw[place + 1 :])
        with pytest.raises((FileRefusedError, TooLargeError)):
            Draws.load(path)
    for size in range(0, len(raw), 31):
        path.write_bytes(raw[:size])
        with pytest.raises(FileRefusedError):
            Draws.load(path)
    path.write_bytes(raw + b"more")
    with pytest.raises(FileRefusedError, match="its header promises"):
        Draws.load(path)


def test_what_promises_too_much_is_refused_before_it_is_read(tmp_path):
    import hashlib

    from statsim.samplers.draws.array_file import MAGIC

    header = b'{"kind": "statsim draws", "arrays": [{"name": "values", "dtype": "<f8", "shape": [1000000, 1000000, 1]}]}'
    (tmp_path / "bomb").write_bytes(MAGIC + len(header).to_bytes(8, "little") + hashlib.sha256(header).digest() + header)
    with pytest.raises(FileRefusedError, match="its header promises 8000000000194"):
        Draws.load(tmp_path / "bomb")
    (tmp_path / "object").write_bytes(MAGIC + len(header).to_bytes(8, "little") + hashlib.sha256(header.replace(b"<f8", b"|O8")).digest() + header.replace(b"<f8", b"|O8"))
    with pytest.raises(FileRefusedError, match=r"dtype '\|O8'"):
        Draws.load(tmp_path / "object")
    made().save(tmp_path / "draws")
    with pytest.raises(TooLargeError):
        Draws.load(tmp_path / "draws", max_bytes=1000)


def test_a_file_is_not_replaced_unasked(tmp_path):
    made().save(tmp_path / "draws")
    with pytest.raises(OutputError, match="exists"):
        made().save(tmp_path / "draws")
    made().save(tmp_path / "draws", force=True)
