"""`statsim fit --model NAME`, and drawing from what it wrote."""

import csv
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

import statsim as ss
from statsim.models.hmm.emissions import Gaussian


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    """A table of twelve sequences, whose rows take turns."""
    model = ss.HiddenMarkovModel.from_parameters(
        transmat=[[0.9, 0.1], [0.2, 0.8]], emission=Gaussian(means=[[0.0, 1.0], [5.0, 2.0]], covariances=[np.eye(2)] * 2)
    )
    drawn = model.sample(40, n_sequences=12, rng=1)
    path = tmp_path_factory.mktemp("walks") / "walks.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["walker", "speed", "heart"])
        writer.writerows([f"w{i}", *map(repr, map(float, drawn[i][t]))] for t in range(40) for i in range(12))
    return path, drawn


def test_a_table_of_sequences(statsim, walks, tmp_path):
    path, drawn = walks
    done = statsim("fit", path, "-o", tmp_path / "m.json", "--model", "HiddenMarkovModel", "--components", 2, "--sequence", "walker", "--json")
    assert done.code == 0, done.err
    assert done.json["data"] == "480 steps in 12 sequence(s)"
    model = ss.load(tmp_path / "m.json")
    assert model.feature_names_in_.tolist() == ["speed", "heart"]
    np.testing.assert_allclose(done.json["log_likelihood_mean"], model.score_samples(drawn).mean())
    assert "states  2, gaussian emissions" in statsim("inspect", tmp_path / "m.json").out
    assert statsim("sample", tmp_path / "m.json", "-n", 3, "--steps", 4, "--seed", 7, "--start", 5, "-o", tmp_path / "rows.parquet").code == 0
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.column_names == ["sequence", "step", "speed", "heart"]
    assert table["sequence"].to_pylist() == [5] * 4 + [6] * 4 + [7] * 4
    assert table["step"].to_pylist() == [0, 1, 2, 3] * 3
    expected = np.concatenate(model.sample(4, n_sequences=3, rng=7, start=5))
    assert np.column_stack([table["speed"], table["heart"]]).tobytes() == expected.tobytes()


def test_shards_of_sequences_are_the_whole(statsim, walks, tmp_path):
    model = ss.HiddenMarkovModel.from_parameters(transmat=[[1.0]], emission=Gaussian(means=[[0.0]], covariances=[[[1.0]]]))
    model.save(tmp_path / "m.json")
    arguments = ("sample", tmp_path / "m.json", "-n", 3000, "--steps", 2, "--seed", 7)
    assert statsim(*arguments, "-o", tmp_path / "all.csv").code == 0
    for shard in (1, 2):
        assert statsim(*arguments, "--shard", f"{shard}/2", "-o", tmp_path / f"{shard}.csv").code == 0
    parts = [(tmp_path / f"{shard}.csv").read_text() for shard in (1, 2)]
    header, rest = parts[1].split("\n", 1)
    assert parts[0] + rest == (tmp_path / "all.csv").read_text()


def test_rows_of_numbers(statsim, walks, tmp_path):
    path, _ = walks
    done = statsim(
        "fit", path, "-o", tmp_path / "m.json", "--model", "GaussianMixture", "--components", 2, "--columns", "speed,heart", "--set",
        "covariance_type=diag",
    )  # fmt: skip
    assert done.code == 0 and "starts agreed" in done.out and done.err == ""
    document = json.loads((tmp_path / "m.json").read_text())
    assert document["parameters"]["covariance_type"] == "diag"


def test_the_number_of_components_is_chosen_by_a_criterion(statsim, walks, tmp_path):
    path, drawn = walks
    arguments = ("fit", path, "-o", tmp_path / "m.json", "--model", "GaussianMixture", "--components", "auto", "--columns", "heart,speed", "--criterion", "icl")
    done = statsim(*arguments, "--json")
    assert done.code == 0, done.err
    assert done.json["selection"] == "n_components=2 has the best icl of 8 candidates"
    assert ss.load(tmp_path / "m.json").means_.shape == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "Nope"], "--model Nope: there is no such family; there are Synthesizer, "),
        (["--model", "HiddenMarkovModel", "--set", "foo=3"], "a HiddenMarkovModel has no foo; it has n_components"),
        (["--model", "HiddenMarkovModel"], "column 'walker' holds string, and this model takes numbers"),
        (["--model", "GaussianMixture", "--sequence", "walker"], "a GaussianMixture is no model of sequences"),
        (["--model", "GaussianMixture", "--kind", "speed=count"], "--kind is for tables of mixed types"),
        (["--criterion", "icl"], "--criterion icl goes with --model NAME"),
        (["--model", "GaussianMixture", "--components", 2, "--criterion", "bic"], "--criterion chooses the number of components, and their number is given"),
        (["--model", "KernelDensity", "--raw-rows", "--criterion", "cv"], "and a KernelDensity has no components"),
        (["--sequence", "walker"], "--set, --sequence, --private and --raw-rows go with --model NAME"),
    ],
)
def test_what_cannot_be_asked(statsim, walks, tmp_path, arguments, words):
    done = statsim("fit", walks[0], "-o", tmp_path / "m.json", *arguments)
    assert done.code != 0 and words in done.err
    assert not (tmp_path / "m.json").exists()


def test_a_kernel_density_asks_before_it_writes_rows(statsim, walks, tmp_path):
    path, drawn = walks
    arguments = ("fit", path, "-o", tmp_path / "k.json", "--model", "KernelDensity", "--columns", "speed,heart")
    done = statsim(*arguments)
    assert done.code != 0 and "give --private N to keep means of groups of N rows instead" in done.err
    assert statsim(*arguments, "--private", 8).code == 0
    text = (tmp_path / "k.json").read_text()
    assert not any(repr(float(row[0])) in text for row in drawn[0])
    assert statsim(*arguments, "--raw-rows", "--force").code == 0
    assert statsim("sample", tmp_path / "k.json", "-n", 10, "--seed", 1, "-o", tmp_path / "rows.csv").code == 0
    done = statsim("fit", path, "-o", tmp_path / "g.json", "--model", "GaussianMixture", "--columns", "speed", "--raw-rows")
    assert done.code != 0 and "a GaussianMixture holds no rows" in done.err


def test_a_series_by_name(statsim, walks, tmp_path):
    path, _ = walks
    arguments = ("fit", path, "-o", tmp_path / "v.json", "--model", "VectorAutoRegression", "--sequence", "walker", "--set", "order=1")
    done = statsim(*arguments)
    assert done.code == 0, done.err
    assert statsim("sample", tmp_path / "v.json", "-n", 2, "--steps", 3, "--seed", 1, "-o", "-").out.startswith('"sequence","step","speed","heart"')


def test_a_table_of_edges(statsim, tmp_path):
    truth = ss.BernoulliGraph.from_parameters(n_nodes=40, p=0.2)
    edges = truth.sample(rng=1, as_="edges")
    np.savetxt(tmp_path / "edges.csv", edges, fmt="%d", delimiter=",", header="source,target", comments="")
    done = statsim("fit", tmp_path / "edges.csv", "-o", tmp_path / "g.json", "--model", "BernoulliGraph", "--set", "n_nodes=40", "--json")
    assert done.code == 0, done.err
    assert done.json["data"] == f"{len(edges)} edges"
    model = ss.load(tmp_path / "g.json")
    assert statsim("inspect", tmp_path / "g.json").code == 0
    done = statsim("sample", tmp_path / "g.json", "-n", 2, "--seed", 7, "--start", 3, "-o", tmp_path / "rows.parquet", "--json")
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.column_names == ["graph", "source", "target"] and done.json["rows"] == table.num_rows
    for number in (3, 4):
        mine = table.filter(np.array(table["graph"]) == number)
        expected = model.sample(rng=7, start=number, as_="edges")
        assert np.column_stack([mine["source"], mine["target"]]).tobytes() == expected.tobytes()
    assert statsim("sample", tmp_path / "g.json", "--seed", 7, "-o", tmp_path / "one.csv").code == 0


def test_a_table_of_edges_that_are_none(statsim, tmp_path):
    (tmp_path / "edges.csv").write_text("source,target\n0,1\n1,2.5\n")
    done = statsim("fit", tmp_path / "edges.csv", "-o", tmp_path / "g.json", "--model", "BernoulliGraph", "--set", "n_nodes=4")
    assert done.code != 0 and "column 'target', row 1: 2.5 is no node number; number the nodes from 0" in done.err


def test_steps_are_for_sequences(statsim, gaussian_file, tmp_path):
    done = statsim("sample", gaussian_file, "-n", 3, "--steps", 4, "-o", tmp_path / "rows.csv")
    assert done.code != 0 and "--steps is for models of sequences, and this is a GaussianMixture" in done.err
