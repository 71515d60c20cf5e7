"""Pictures show the chains, what is left out, and refuse what could not be read."""

import numpy as np
import pytest

import statsim as ss
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.plotting.density import density_of
from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics

KINDS = ["trace", "rank", "autocorrelation", "pair", "energy"]


def made(dim=3, chains=4, draws=200, divergent=5, seed=0):
    values = np.random.default_rng(seed).normal(size=(chains, draws, dim))
    flags = np.zeros((chains, draws), bool)
    flags[0, :divergent] = True
    stats = {"energy": 1 + values[:, :, 0] ** 2, "divergent": flags}
    return Draws(values, Statistics(stats), tuple(f"beta[{i}]" for i in range(dim)))


def text_of(figure):
    from matplotlib.text import Text

    return " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(1, 1, 50), (3, 4, 200), (5, 20, 40)])
def test_every_kind_draws_every_shape(kind, shape, tmp_path):
    dim, chains, draws = shape
    figure = ss.plot(made(dim, chains, draws), kind=kind)
    figure.savefig(tmp_path / "picture.png", dpi=40)
    assert (tmp_path / "picture.png").stat().st_size > 1000


@pytest.mark.parametrize(("kind", "words"), [("trace", "divergent"), ("pair", r"divergent (5)"), ("energy", "E-BFMI"), ("rank", "rank"), ("autocorrelation", "lag")])
def test_pictures_say_what_they_show(kind, words):
    text = text_of(ss.plot(made(), kind=kind))
    assert words in text
    assert kind == "energy" or "beta[2]" in text


@pytest.mark.parametrize("kind", ["trace", "rank", "autocorrelation", "pair"])
def test_many_coordinates_are_cut_and_the_picture_says_so(kind):
    most = 6 if kind == "pair" else 12
    assert f"the first {most} of 40 coordinates" in text_of(ss.plot(made(40), kind=kind))
    with pytest.raises(ArgumentError, match=f"names gives 40 coordinates, and kind='{kind}' can show {most}"):
        ss.plot(made(40), kind=kind, names=["beta"])


def test_coordinates_are_chosen_by_name():
    text = text_of(ss.plot(made(40), names=["beta[7]", "beta[3]"]))
    assert "beta[7]" in text and "beta[3]" in text and "beta[0]" not in text
    with pytest.raises(ArgumentError, match="no coordinate 'gamma'"):
        ss.plot(made(), names=["gamma"])


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ArgumentTypeError, match="list"):
        ss.plot([1, 2])
    with pytest.raises(ArgumentError, match="'histogram'"):
        ss.plot(made(), kind="histogram")
    with pytest.raises(ArgumentError, match="at least 4 draws a chain, got 3"):
        ss.plot(made(draws=3))
    with pytest.raises(ArgumentError, match="no energies"):
        ss.plot(Draws(np.zeros((1, 9, 1)), Statistics({}), ("a",)), kind="energy")


def test_a_coordinate_with_one_value_is_a_spike():
    draws = Draws(np.zeros((2, 50, 2)), Statistics({}), ("a", "b"))
    assert len(ss.plot(draws, kind="trace").axes) == 4


def test_the_density_is_one():
    at, height = density_of(np.random.default_rng(1).normal(size=5000))
    assert abs(np.sum(height) * (at[1] - at[0]) - 1) < 1e-3
    assert abs(height.max() - 0.4) < 0.03
