"""The door to every method: what it refuses, in words."""

import numpy as np
import pytest

import statsim as ss
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.samplers import Bounded, Positive, RandomWalk, Rejection, Target, sample
from statsim.samplers.draws.statistics import Statistics
from tests.samplers import known


@pytest.mark.parametrize(
    ("method", "options", "words"),
    [
        (RandomWalk, {}, r"got the class RandomWalk; write RandomWalk\(\)"),
        (RandomWalk(), {"seed": 3}, "no argument 'seed'; did you mean rng"),
        (RandomWalk(), {"drows": 3}, "no argument 'drows'; did you mean draws"),
        (RandomWalk(), {"threads": 3}, "did you mean num_threads"),
        (RandomWalk(), {"zzz": 3}, "with this method it has chains, checkpoint"),
        (Rejection(), {"checkpoint": "x"}, "no argument 'checkpoint'"),
        ("nuts", {}, "method must be a method object"),
    ],
)
def test_what_is_refused(method, options, words):
    with pytest.raises(ArgumentTypeError, match=words):
        sample(known.quartic_target(), method, **options)


def test_draws_with_weights_say_what_to_do():
    weighted = ss.importance(known.quartic_target(), n=2000, rng=0)
    with pytest.raises(AttributeError, match=r"WeightedDraws has no 'summary'; .*resample\(n\)"):
        weighted.summary()
    with pytest.raises(ArgumentTypeError, match=r"got WeightedDraws; resample\(n\)"):
        ss.plot(weighted)


def test_a_statistic_that_is_not_there_is_told_the_others():
    with pytest.raises(KeyError, match="there is no statistic 'divergant'; there are divergent"):
        Statistics({"divergent": np.zeros((1, 2), bool)})["divergant"]


def test_supports_are_refused_where_they_are_made():
    with pytest.raises(ArgumentError, match=r"low must be below high, got low=1.0, high=0.0"):
        Bounded(low=1.0, high=0.0)
    with pytest.raises(ArgumentTypeError, match=r"got <class .*Positive.*>; write Positive\(\)"):
        Target(lambda x: 0.0, dim=1, support=[Positive])
    with pytest.raises(ArgumentTypeError, match="got 'positive'"):
        Target(lambda x: 0.0, dim=1, support="positive")
