"""The map between values and normal scores."""

import numpy as np
import pytest

from statsim.tables.margins import REACH, Margin, learn_margin


def draws(seed=1, n=2000):
    return np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("scale", [2.0**-996, 1.0, 2.0**996])
def test_scale_equivariant_to_the_bit(scale):
    x, z = draws(), draws(2)
    assert np.array_equal(learn_margin(x * scale, min_count=5).to_x(z), learn_margin(x, min_count=5).to_x(z) * scale)


def test_inverse_within_and_beyond_the_knots():
    margin = learn_margin(np.exp(draws()), min_count=5, lower=0.0)
    z = np.linspace(-6, 6, 4001)
    assert np.abs(margin.to_z(margin.to_x(z)) - z).max() < 1e-9
    assert (np.diff(margin.to_x(z)) > 0).all()


def test_bounded_tails_never_reach_the_bound():
    margin = Margin((-1.0, 1.0), (0.2, 0.7), lower=0.0, upper=1.0)
    x = margin.to_x(np.array([-100.0, 100.0]))
    assert 0 < x[0] < 0.2 and 0.7 < x[1] < 1
    z = margin.to_z(np.array([0.0, 1.0]))
    assert np.array_equal(z, [-1 - REACH, 1 + REACH])


def test_slope_is_the_derivative():
    margin = learn_margin(np.exp(draws()), min_count=5, lower=0.0)
    z = np.linspace(-5, 5, 1001) + 1e-3
    step = 1e-6
    numeric = (margin.to_x(z + step) - margin.to_x(z - step)) / (2 * step)
    smooth = np.abs(z[:, None] - np.array(margin.z_knots)).min(axis=1) > 2 * step
    np.testing.assert_allclose(margin.slope(margin.to_x(z))[smooth], numeric[smooth], rtol=1e-6)


def test_knots_average_at_least_min_count_rows():
    """Moving one value moves a knot by at most a min_count-th of the move: no knot is one person's value."""
    x, moved = np.sort(draws(n=500)), np.sort(draws(n=500))
    moved[-1] += 1.0
    before, after = learn_margin(x, min_count=10), learn_margin(moved, min_count=10)
    assert np.abs(np.array(after.x_knots) - before.x_knots).max() <= 0.1 + 1e-12
    assert before.x_knots[-1] < x[-1]


def test_ties_share_a_group():
    x = np.repeat([1.0, 2.0, 3.0], [50, 3, 47])
    assert set(learn_margin(x, min_count=5).x_knots) <= {1.0, 2.0, 3.0, (2 * 3 + 3 * 47) / 50, (50 + 6) / 53}


def test_data_far_from_zero_keep_their_digits():
    x = 1e9 + draws() * 2.0**-10
    margin = learn_margin(x, min_count=5)
    np.testing.assert_allclose(margin.to_x(np.array([0.0])), np.median(x), atol=2.0**-10)


@pytest.mark.parametrize("values", [[1.0, 2.0, 2.0, 2.0, 2.0, 2.0], np.r_[np.zeros(6), 1.0], [-1e300, 0, 1, 2, 1e300]])
def test_few_rows_still_give_a_map(values):
    margin = learn_margin(np.array(values, float), min_count=5)
    assert np.isfinite(margin.to_x(np.array([-3.0, 0.0, 3.0]))).all()


@pytest.mark.parametrize(
    "knots, said", [(((0.0,), (1.0,)), "at least 2"), (((0.0, 1.0), (1.0, 1.0)), "strictly increasing"), (((0.0, np.nan), (0.0, 1.0)), "2 numbers")]
)
def test_impossible_knots_are_refused(knots, said):
    with pytest.raises(ValueError, match=said):
        Margin(*knots)
    with pytest.raises(ValueError, match=r"bounds \[5.0"):
        Margin((0.0, 1.0), (1.0, 2.0), lower=5.0)
