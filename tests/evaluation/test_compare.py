"""Tables of comparison: order, paired errors, weights, forms."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

import statsim as ss
from statsim.errors import ArgumentError
from statsim.evaluation.stacking import stacking_weights

X = np.random.default_rng(3).normal(1.0, 2.0, 80)
MODELS = {
    "fitted": ss.Normal().fit(X),
    "shifted": ss.Normal.from_parameters(loc=1.3, scale=2.0),
    "wide": ss.Normal.from_parameters(loc=1.0, scale=4.0),
}


def test_the_best_comes_first_and_differences_are_paired():
    table = ss.compare(MODELS, X, criterion="aic")
    values = {name: -2 * stats.norm.logpdf(X, *model.parameter_values) for name, model in MODELS.items()}
    assert list(table.names) == sorted(values, key=lambda name: values[name].sum())
    assert table.best is MODELS["fitted"] and table.differences[0] == 0 == table.difference_errors[0]
    apart = values["wide"] - values["fitted"]
    assert_allclose(table["wide"]["difference"], apart.sum())
    assert_allclose(table["wide"]["difference_error"], np.sqrt(80) * apart.std(ddof=1))
    unpaired = np.hypot(table["wide"]["standard_error"], table["fitted"]["standard_error"])  # the broken twin
    assert table["shifted"]["difference_error"] < 0.5 * unpaired


def test_weights_of_information_criteria_are_akaikes():
    table = ss.compare(MODELS, X, criterion="aic")
    raw = np.exp(-0.5 * table.differences)
    assert_allclose(table.weights, raw / raw.sum(), rtol=1e-12)


def test_stacking_finds_the_best_mixture_of_the_models():
    rng = np.random.default_rng(0)
    rows = np.concatenate([rng.normal(-2, 1, 300), rng.normal(2, 1, 700)])
    scores = np.column_stack([stats.norm.logpdf(rows, -2, 1), stats.norm.logpdf(rows, 2, 1), stats.norm.logpdf(rows, 0, 9)])
    weights = stacking_weights(scores)

    def loss(w):
        return -np.log(np.exp(scores) @ w).mean()

    found = optimize.minimize(loss, np.full(3, 1 / 3), bounds=[(0, 1)] * 3, constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, options={"ftol": 1e-14})
    assert loss(weights) <= found.fun + 1e-7
    assert_allclose(weights, found.x, atol=2e-3)
    assert_allclose(weights[:2], [0.3, 0.7], atol=0.05)


def test_scores_of_rows_are_stacked():
    table = ss.compare({"a": ss.Normal().fit(X), "b": ss.Normal().fit(X)}, X, criterion="cv")
    assert table.weighting == "stacking" and table.higher_is_better
    assert_allclose(table.weights, [0.5, 0.5])
    assert_allclose(table.differences, 0.0, atol=1e-12)


def test_forms_say_the_same():
    table = ss.compare(MODELS, X, criterion="bic")
    text, page = repr(table), table.to_html()
    assert "bic: lower is better; weights: akaike" in text and text.splitlines()[1].startswith("fitted")
    assert page.count("<tr>") == 4 and "fitted" in page
    frame = table.to_frame("pandas")
    assert frame["model"].tolist() == list(table.names)
    assert table.to_dict()["wide"]["value"] == table["wide"]["value"] == frame["value"][table.names.index("wide")]
    assert len(table) == 3


def test_names_are_escaped_and_models_of_one_name_numbered():
    assert "&lt;b&gt;" in ss.compare({"<b>": MODELS["wide"]}, X).to_html()
    assert ss.compare([MODELS["wide"], MODELS["wide"]], X).names == ("Normal() #1", "Normal() #2")


def test_an_unknown_row_and_models_of_other_rows_are_refused():
    with pytest.raises(ArgumentError, match="no model 'narrow' in the comparison; there are fitted"):
        ss.compare(MODELS, X)["narrow"]
    with pytest.raises(ArgumentError, match=r"count the rows of X differently \(\[1, 80\]\)"):
        ss.compare([ss.GaussianMixture(1).fit(X[:, None]), ss.AutoRegression(1).fit(X[:, None])], X[:, None])
    with pytest.raises(ArgumentError, match="row 1 has log score -inf under every model"):
        stacking_weights(np.array([[0.0, 0.0], [-np.inf, -np.inf]]))
