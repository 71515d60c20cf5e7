"""Draws by chain, with the statistics of the sampler."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


class Statistics(Mapping):
    """Statistics of the sampler by name, each an array (chain, draw); `energy` is made from its stored parts when asked for."""

    def __init__(self, arrays):
        self._arrays = dict(arrays)

    def __getitem__(self, name):
        if name == "energy" and "excess_energy" in self._arrays:
            return self._arrays["excess_energy"] - self._arrays["log_density"]
        return self._arrays[name]

    def __iter__(self):
        yield from self._arrays
        if "excess_energy" in self._arrays:
            yield "energy"

    def __len__(self):
        return len(list(iter(self)))

    def stored(self):
        """The arrays as they are kept, without what is made from them."""
        return dict(self._arrays)


@dataclass(frozen=True)
class Draws:
    """Draws of a sampler.

    Attributes
    ----------
    values : ndarray (chain, draw, dim)
    stats : Mapping of str to ndarray (chain, draw)
    names : tuple of str, one for each coordinate
    method : object
        The method that made them.
    warmup : Draws or None
        The draws of warm-up, where they were kept.
    notes : tuple of str
        What happened on the way (an interruption).
    """

    values: np.ndarray
    stats: Statistics
    names: tuple
    method: object = None
    warmup: "Draws | None" = None
    notes: tuple = field(default=())
