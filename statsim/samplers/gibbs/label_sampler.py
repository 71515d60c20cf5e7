"""Chains over the labels of rows: what the samplers of mixtures share. The model supplies the sweep and the parameters given the labels."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentTypeError, SamplerError


@dataclass(frozen=True)
class LabelSampler:
    """Base of methods that draw labels; a draw is one sweep over all rows, followed by the parameters given the labels."""

    name: ClassVar[str] = ""
    algorithm: ClassVar[int] = -1
    needs_gradient: ClassVar[bool] = False
    places_itself: ClassVar[bool] = True
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (("log_density", np.float64), ("n_occupied", np.int64))

    def begin(self, chain, *, warmup):
        """Draw the first labels."""
        target = chain.target
        if not hasattr(target, "label_sweeps"):
            raise ArgumentTypeError(f"{self.name}() draws the labels of a mixture's rows, and {target!r:.100} has none; use it as Bayes(sampler={self.name}())")
        chain.work = target.label_sweeps(self)
        chain.state = {"random": chain.random, "labels": target.draw_labels(chain.random), "point": np.zeros((2, target.dim))}

    def edges(self, warmup):
        """Nothing is adapted."""
        return []

    def at_edge(self, chain, iteration, *, warmup):
        """Nothing."""

    def end_warmup(self, chain):
        """Nothing."""

    def advance(self, chain, *, warming, values, stats):
        """Sweep."""
        problem, done = chain.work(chain.state["random"], chain.state["labels"], values[0], stats[0])
        if problem:
            raise SamplerError(f"chain {chain.number}: {problem}")
        return 0, done
