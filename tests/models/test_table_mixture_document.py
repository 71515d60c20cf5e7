"""A table mixture in a file: lossless, and nothing impossible is taken."""

import copy
import json

import numpy as np
import pytest

from statsim.errors import ArgumentError, FileRefusedError
from statsim.files import format_document, parse_document
from statsim.models.table_mixture.parameters import parameter_fields
from statsim.models.table_mixture.table_mixture import TableMixture
from statsim.tables.arrays import TableLayout
from tests.models.table_mixture_cases import mixed_model


@pytest.mark.parametrize("model", [mixed_model(), mixed_model().marginal(counts=[0]), mixed_model().given(discrete={0: 1})])
def test_through_the_file_and_back_is_the_identity(model):
    document = parse_document(format_document(model.to_document()).encode())
    again = TableMixture.from_document(document)
    assert again.layout_ == model.layout_
    for name, value in parameter_fields(model.parameters_).items():
        other = parameter_fields(again.parameters_)[name]
        for a, b in zip(value, other, strict=True):
            assert np.array_equal(a, b), name
    assert json.dumps(again.to_document(), sort_keys=True) == json.dumps(model.to_document(), sort_keys=True)


DAMAGE = [
    (("weights",), [0.5, 0.6], "weights must sum to 1.*1.1"),
    (("weights",), [1.5, -0.5], "weights.*-0.5"),
    (("means",), [[0.0, 0.0, 0.0]], r"means must have shape \(2, 3\)"),
    (("covariances", 0, 0, 0), -1.0, r"covariances\[0\]"),
    (("covariances", 1, 0, 1), 0.25, r"covariances\[1\] must be symmetric"),
    (("level_probabilities", 0), [[0.5, 0.5], [0.5, 0.5]], r"level_probabilities\[0\] must have shape \(2, 3\)"),
    (("count_dispersions", 0, 0), -0.5, "count_dispersions.*-0.5"),
    (("missing_counts", 0, 0), 1.5, "missing_counts.*1.5"),
    (("missing_counts", 0, 1), 0.5, "missing_counts must be 0 in a column that is not nullable"),
    (("layout", "n_levels"), [3, True], "n_levels"),
    (("layout", "n_levels"), [3, 10**12], "level_probabilities"),
    (("layout",), [], "layout must be an object"),
    (("extra",), 1, "unknown keys"),
]


@pytest.mark.parametrize(("path", "value", "shown"), DAMAGE)
def test_a_damaged_file_is_refused_by_name(path, value, shown):
    document = copy.deepcopy(mixed_model().to_document())
    place = document["parameters"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(FileRefusedError, match=shown):
        TableMixture.from_document(document)


def test_parameters_must_agree_with_the_layout():
    with pytest.raises(ArgumentError, match="layout has"):
        TableMixture.from_parameters([1.0], means=[[0.0]], covariances=[[[1.0]]], layout=TableLayout())
    with pytest.raises(ArgumentError, match="weights must have at least one component"):
        TableMixture.from_parameters([])
    with pytest.raises(ArgumentError, match="count_means must be a whole number"):
        TableMixture.from_parameters([1.0], count_means=[[1.5]], count_dispersions=[[-1.0]])
