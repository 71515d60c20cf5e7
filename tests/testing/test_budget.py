"""The budget counts, limits and isolates."""

import math

import pytest

from statsim import testing


def check():
    return testing.assert_probability(50, 100, 0.5)


def test_a_budget_takes_the_charges_of_its_block():
    outside = testing.current_budget()
    before = outside.count
    with testing.Budget() as budget:
        check()
        check()
    assert (budget.count, outside.count) == (2, before)
    assert budget.spent == pytest.approx(8e-8)


def test_budgets_nest():
    with testing.Budget() as outer:
        check()
        with testing.Budget() as inner:
            check()
        check()
    assert (outer.count, inner.count) == (2, 1)


def test_as_many_assertions_fit_as_the_limit_says_and_one_more_does_not():
    budget = testing.Budget()
    for _ in range(2500):
        budget.charge(4e-8)
    assert not budget.exceeded
    budget.charge(4e-8)
    assert budget.exceeded
    assert "2501 random assertions" in budget.summary


def test_too_large_a_rate_exceeds():
    with pytest.raises(testing.BudgetExceededError, match=r"false-alarm bound 0\.001.*0\.0001"), testing.Budget():
        testing.assert_probability(50, 100, 0.5, alpha=1e-3)


def test_no_limit_on_the_count():
    budget = testing.Budget(eps=1.0, max_assertions=None)
    budget.charge(1e-7, count=10**6)
    assert budget.max_assertions == math.inf
    assert not budget.exceeded


def test_a_failure_inside_is_not_hidden_by_the_budget():
    with pytest.raises(testing.StatisticalAssertionError), testing.Budget(eps=1e-12):
        testing.assert_probability(100, 100, 0.5)


def test_a_failed_assertion_is_counted():
    with testing.Budget() as budget, pytest.raises(testing.StatisticalAssertionError):
        testing.assert_probability(100, 100, 0.5)
    assert budget.count == 1
