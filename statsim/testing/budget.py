"""The budget of false alarms that all random assertions of one run share."""

import math
from contextvars import ContextVar

from statsim.errors import ArgumentError


class BudgetExceededError(AssertionError):
    """More random assertions ran than the stated false-alarm probability of the run allows."""


class Budget:
    """Counts random assertions and adds up their false-alarm rates.

    As a context manager it takes the charges of the block instead of the surrounding budget, and raises
    `BudgetExceededError` at the end of the block when they were too many.

    Parameters
    ----------
    eps : float
        Bound on the probability that a correct program fails any of the assertions, by the union bound.
    max_assertions : int or None
        Most assertions allowed; None leaves only `eps`.

    Examples
    --------
    >>> from statsim import testing
    >>> with testing.Budget(eps=1e-6) as budget:
    ...     verdict = testing.assert_probability(5_010, 10_000, 0.5)
    >>> budget.count, budget.spent
    (1, 4e-08)
    """

    def __init__(self, eps=1e-4, *, max_assertions=2500):
        if not eps > 0.0:
            raise ArgumentError(f"eps must be positive, got {eps!r}: it bounds the false-alarm probability of a run")
        self.eps = eps
        self.max_assertions = math.inf if max_assertions is None else max_assertions
        self.count = 0
        self.spent = 0.0
        self._tokens = []

    def charge(self, alpha, count=1):
        """Enter `count` assertions whose false-alarm rates add up to `alpha`."""
        self.count += count
        self.spent += alpha

    @property
    def exceeded(self):
        """Whether the run no longer holds its stated false-alarm probability."""
        # the slack covers the rounding of thousands of additions
        return self.count > self.max_assertions or self.spent > self.eps * (1.0 + 1e-9)

    @property
    def summary(self):
        """The count, the bound and the limits in one line."""
        return (
            f"{self.count} random assertions, false-alarm bound {self.spent:.3g} "
            f"(limits: {self.max_assertions} assertions, {self.eps:g})"
        )

    def __enter__(self):
        self._tokens.append(_CURRENT.set(self))
        return self

    def __exit__(self, kind, error, traceback):
        _CURRENT.reset(self._tokens.pop())
        if kind is None and self.exceeded:
            raise BudgetExceededError(f"the budget is exceeded: {self.summary}; merge assertions or raise eps knowingly")


SESSION = Budget()
_CURRENT = ContextVar("statsim_testing_budget", default=SESSION)


def current_budget():
    """The budget that assertions are charged to here: the innermost `with Budget()`, else the one of the process."""
    return _CURRENT.get()
