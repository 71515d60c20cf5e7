"""A gradient that is NaN stops the sampler, except so far out that the trajectory has diverged already."""

import math
import warnings

import numba
import pytest

from statsim.errors import TargetError
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.sampling import sample
from statsim.samplers.targets.target import Target


@numba.njit
def _normal_with_an_edge(x, out, edge):
    out[0] = math.nan if abs(x[0]) > edge else -x[0]
    return -0.5 * x[0] * x[0]


def drawn(*, edge, step):
    target = Target(value_and_gradient=_normal_with_an_edge, dim=1, data=[edge])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sample(target, NUTS(metric="unit", step_size=step, adapt_step=False), chains=1, warmup=0, draws=200, initial=[0.5], rng=0)


def test_beyond_a_divergence_nobody_asks_for_the_gradient():
    draws = drawn(edge=50.0, step=1000.0)  # the log density is 1250 lower there
    assert draws.stats["divergent"].mean() > 0.9


def test_a_missing_gradient_nearer_by_is_told():
    with pytest.raises(TargetError, match=r"the gradient is nan for coordinate x\[0\]"):
        drawn(edge=1.0, step=0.9)
