"""pytest plugin: reports the random assertions of a session and fails it when they exceed the budget.

Imports nothing of statsim until a test did: where no statistical assertion ran, it costs nothing and says nothing.
"""

import sys

import pytest

_WORKER_KEY = "statsim_random_assertions"


def pytest_addoption(parser):
    """Let a project set its own budget in its pytest configuration."""
    parser.addini("statsim_eps", "bound on the false-alarm probability of one run of the suite", default="1e-4")
    parser.addini("statsim_max_assertions", "most random assertions in one run of the suite", default="2500")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """Add what a pytest-xdist worker ran."""
    count, spent = getattr(node, "workeroutput", {}).get(_WORKER_KEY, (0, 0.0))
    if count:
        from statsim.testing.budget import SESSION

        SESSION.charge(spent, count)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """Fail the session when the budget is exceeded; a worker hands its count to the controller instead."""
    budget = _session_budget(session.config)
    if budget is None:
        return
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_WORKER_KEY] = (budget.count, budget.spent)
    elif budget.exceeded and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """Print the count and the bound."""
    budget = _session_budget(config)
    if budget is None:
        return
    terminalreporter.write_line(f"statsim: {budget.summary}", red=budget.exceeded)
    if budget.exceeded:
        terminalreporter.write_line("statsim: the session fails: merge assertions, or raise the budget knowingly", red=True)


def _session_budget(config):
    """The process-wide budget with the limits of this session, or None where no random assertion ran."""
    module = sys.modules.get("statsim.testing.budget")
    if module is None or not module.SESSION.count:
        return None
    module.SESSION.eps = float(config.getini("statsim_eps"))
    module.SESSION.max_assertions = int(config.getini("statsim_max_assertions"))
    return module.SESSION
