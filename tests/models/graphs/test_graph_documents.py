"""Model files of graphs from strangers: whatever stands in a place, the file loads or is refused."""

import json

import numpy as np
import pytest

import statsim as ss
from statsim.catalog import from_document
from statsim.errors import FileRefusedError

MODELS = {
    "bernoulli": ss.BernoulliGraph.from_parameters(n_nodes=5, p=0.3),
    "blocks": ss.StochasticBlockModel.from_parameters(block_probabilities=[[0.5, 0.1], [0.1, 0.4]], labels=[0, 1, 1], degree_weights=[1.0, 0.5, 1.5]),
    "expected degrees": ss.ChungLuGraph.from_parameters(expected_degrees=[1.0, 2.0, 0.5]),
    "degrees": ss.DegreeSequenceGraph.from_parameters(degrees=[1, 2, 1]),
    "expected degrees, poisson": ss.ChungLuGraph.from_parameters(expected_degrees=[1.0, 2.0, 0.5], link="poisson"),
    "directed degrees": ss.DegreeSequenceGraph.from_parameters(degrees=[[1, 2, 1], [2, 1, 1]], directed=True),
    "directed family": ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={"edges": -1.0, "mutual": 0.2}, directed=True),
    "positions": ss.LatentPositionGraph.from_parameters(intercept=0.1, coefficients={"distance": -1.0, "sum": [0.5]}, X=np.array([[0.0], [1.0]])),
    "family": ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={"edges": -1.0, "triangles": 0.2}),
}


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


@pytest.mark.parametrize("name", MODELS)
def test_any_value_in_any_place_is_refused_or_gives_a_model(name):
    document = json.loads(json.dumps(MODELS[name].to_document()))
    assert from_document(document).to_document() == document
    for value in (None, True, 0, -1, 0.5, 1e308, 2**70, "", "x", [], [[]], {}, {"base64": 1, "dtype": [], "shape": "a"}):
        for path in places(document):
            try:
                model = from_document(replaced(document, path, value))
            except FileRefusedError:
                continue
            if getattr(model, "n_nodes_", 0) < 100:
                model.sample(rng=1)


@pytest.mark.parametrize("name", MODELS)
def test_a_key_too_many_or_too_few_is_refused(name):
    document = MODELS[name].to_document()
    with pytest.raises(FileRefusedError, match="surprise"):
        from_document({**document, "parameters": {**document["parameters"], "surprise": 1}})
    first = next(iter(document["parameters"]))
    with pytest.raises(FileRefusedError, match=first):
        from_document({**document, "parameters": {key: value for key, value in document["parameters"].items() if key != first}})
