"""One run of EM on problems whose answer is known."""

from dataclasses import dataclass

import numpy as np
import pytest

from statsim.estimators.climb import DegenerateError, climb


@dataclass
class Valley:
    """Steps that close `1 - rate` of the distance to zero; the objective is minus the squared distance."""

    rate: float
    total_weight: float = 1.0
    rounding: float = 0.0
    calls: int = 0

    def em(self, state):
        self.calls += 1
        return -float(state @ state), state * self.rate

    def pack(self, state):
        return state

    def unpack(self, vector):
        return vector


def test_slow_linear_convergence_is_accelerated():
    steps = Valley(rate=0.99)
    run = climb(steps, np.array([1.0, 2.0]), max_iter=500, tol=1e-12, distance=1e-6)
    assert run.converged
    assert np.abs(run.state).max() < 1e-6
    assert steps.calls < 100  # plain EM needs 1400 steps


def test_the_path_never_falls_and_ends_at_the_state():
    run = climb(Valley(rate=0.9), np.array([3.0]), max_iter=100, tol=1e-10, distance=1e-5)
    assert np.diff(run.path).min() > 0
    assert -float(run.state @ run.state) == run.objective


def test_the_limit_on_steps_is_kept_and_said():
    steps = Valley(rate=0.999)
    run = climb(steps, np.array([1.0]), max_iter=3, tol=1e-30, distance=0.0)
    assert not run.converged
    assert "max_iter=3" in run.reason
    assert steps.calls <= 4


class Falling(Valley):
    """A broken twin: its steps lower the objective."""

    def em(self, state):
        return -float(state @ state), state * 1.5


def test_steps_that_lower_the_objective_are_noticed():
    run = climb(Falling(rate=1.0), np.array([1.0]), max_iter=50, tol=1e-9, distance=1e-9)
    assert not run.converged
    assert "lowered" in run.reason
    assert run.state.tolist() == [1.0]


class Cliff(Valley):
    """Extrapolation leads to states that are not valid."""

    def unpack(self, vector):
        return None


def test_without_valid_jumps_plain_steps_still_arrive():
    run = climb(Cliff(rate=0.5), np.array([1.0]), max_iter=200, tol=1e-14, distance=1e-7)
    assert run.converged
    assert np.abs(run.state).max() < 1e-6


class Degenerate(Valley):
    def em(self, state):
        raise DegenerateError("a component lost all its rows")


def test_degenerate_states_are_raised_by_name():
    with pytest.raises(DegenerateError, match="lost all its rows"):
        climb(Degenerate(rate=0.5), np.array([1.0]), max_iter=5, tol=1e-9, distance=1e-9)
