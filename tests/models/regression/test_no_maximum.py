"""Data under which a likelihood has no one maximum: found out, told by column, and with what to do."""

import numpy as np
import pytest

import statsim as ss
from statsim.errors import FitError
from tests.models.regression.cases import BINARY, NUMBERS, X

Z = np.random.default_rng(5).normal(size=(60, 3))
SIDE = (Z @ [1.0, -2.0, 0.0] > 0).astype(int)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1], "completely separated by column 0"),
        ([[1.0], [2.0], [2.0], [4.0]], [0, 0, 1, 1], r"partly separated by column 0 \(quasi-complete separation\): 2 of 4 rows"),
        (Z, SIDE, "completely separated by column [01], column [01]"),
        (np.column_stack([Z[:, 2], SIDE * (Z[:, 2] > 0)]), np.maximum(SIDE * (Z[:, 2] > 0), Z[:, 0] > 0).astype(int), "partly separated by column 1"),
        (1e9 + 1e-3 * Z[:, :1], (Z[:, 0] > 0.1).astype(int), "completely separated by column 0"),
    ],
)
def test_separated_classes(x, y, words):
    with pytest.raises(FitError, match=words) as found:
        ss.LogisticRegression().fit(x, y)
    assert "method='map'" in str(found.value) and "Ridge" in str(found.value)
    assert ss.LogisticRegression(method="map").fit(x, y).fit_result_.converged


def test_an_overlap_of_one_row_is_no_separation():
    flipped = SIDE.copy()
    place = np.argmax(np.abs(Z @ [1.0, -2.0, 0.0]))
    flipped[place] = 1 - flipped[place]
    model = ss.LogisticRegression().fit(Z, flipped)
    assert model.fit_result_.converged and np.isfinite(model.standard_errors_).all()


def test_strong_signals_that_overlap_are_fitted():
    """Log-odds far beyond those that ask for the check of separation."""
    x = np.concatenate([np.linspace(-1, 1, 200), [500.0, -500.0]])
    y = np.concatenate([(np.linspace(-1, 1, 200) + 0.3 * np.sin(np.arange(200)) > 0), [1, 0]]).astype(int)
    model = ss.LogisticRegression().fit(x[:, None], y)
    assert model.fit_result_.converged and np.abs(model.decision_function(x[:, None])).max() > 500


def test_a_penalty_of_no_strength_is_none():
    with pytest.raises(FitError, match="completely separated"):
        ss.LogisticRegression(method=ss.MAP(penalty=ss.penalties.Lasso(0.0))).fit(np.arange(6.0)[:, None], [0, 0, 0, 1, 1, 1])


def test_names_of_columns_are_used():
    import pandas as pd

    with pytest.raises(FitError, match="separated by 'dose'"):
        ss.LogisticRegression().fit(pd.DataFrame({"age": Z[:, 2], "dose": SIDE * 2.0}), SIDE)


def test_zeros_that_a_column_explains_have_no_maximum():
    with pytest.raises(FitError, match="all counts are 0 where column 1 would let the mean go to 0"):
        ss.PoissonRegression().fit(np.column_stack([Z[:, 0], SIDE]), np.where(SIDE, 0, 1 + (Z[:, 0] > 0)))


@pytest.mark.parametrize("kind", [ss.LinearRegression, ss.LogisticRegression])
def test_columns_that_depend_on_each_other_are_named(kind):
    y = NUMBERS if kind is ss.LinearRegression else BINARY
    with pytest.raises(FitError, match=r"column \d is a combination of column \d, column \d and the intercept \(rank 3 of 4\)"):
        kind().fit(np.column_stack([X, X[:, 0] - 3 * X[:, 2] + 1]), y)
    with pytest.raises(FitError, match="column 3 of X is constant, 7 in all rows: the intercept already stands for it"):
        kind().fit(np.column_stack([X, np.full(len(X), 7.0)]), y)


def test_a_constant_stands_for_the_intercept_where_there_is_none():
    model = ss.LinearRegression(fit_intercept=False).fit(np.column_stack([X, np.ones(len(X))]), NUMBERS)
    plain = ss.LinearRegression().fit(X, NUMBERS)
    np.testing.assert_allclose(model.coefficients_, np.append(plain.coefficients_, plain.intercept_), rtol=1e-9)
    with pytest.raises(FitError, match="constant, 0 in all rows: it is 0 in all rows"):
        ss.LinearRegression(fit_intercept=False).fit(np.column_stack([X, np.zeros(len(X))]), NUMBERS)
