"""`statsim inspect` and `statsim models`."""

from statsim.catalog import ENTRIES


def test_inspect_tells_versions_size_and_components(statsim, gaussian_file):
    done = statsim("inspect", gaussian_file)
    assert done.code == 0 and done.err == ""
    for words in ("GaussianMixture", "format 1, stream 1", "components  2", "75.0%", str(gaussian_file)):
        assert words in done.out


def test_inspect_as_json(statsim, gaussian_file):
    told = statsim("inspect", gaussian_file, "--json").json
    assert told["model"] == "GaussianMixture" and told["bytes"] == gaussian_file.stat().st_size
    assert [component["weight"] for component in told["description"]["components"]] == [0.25, 0.75]
    assert told["description"]["components"][1]["means"]["x4"] == 9.0


def test_models_lists_every_class_of_the_catalog(statsim):
    done = statsim("models")
    assert done.code == 0 and all(name in done.out for name in ENTRIES)
    assert [item["name"] for item in statsim("models", "--json").json] == list(ENTRIES)


def test_inspect_says_a_table_model_in_words(statsim, people_model):
    path, _ = people_model
    done = statsim("inspect", path)
    assert done.code == 0
    for words in ("Synthesizer", "4 columns", "2 component(s)", "region is north", "n_rows"):
        assert words in done.out
    described = statsim("inspect", path, "--json").json["description"]
    assert [column["name"] for column in described["columns"]] == ["age", "income", "region", "note"]


def test_a_model_without_a_schema_says_so(statsim, gaussian_file):
    done = statsim("inspect", gaussian_file, "--schema")
    assert done.code == 2 and "GaussianMixture" in done.err


def test_model_files_that_are_none(statsim, tmp_path):
    for path in (tmp_path / "none.json", tmp_path, "/dev/zero"):
        for command in (("inspect", path), ("sample", path, "-o", "-")):
            done = statsim(*command)
            assert done.code == 5 and str(path) in done.err and done.out == "", done
