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
