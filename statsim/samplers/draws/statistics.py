"""Statistics of a sampler by name."""

from collections.abc import Mapping


class Statistics(Mapping):
    """Statistics of the sampler by name, each an array (chain, draw); `energy` is made from its stored parts when asked for."""

    def __init__(self, arrays):
        self._arrays = dict(arrays)

    def __getitem__(self, name):
        if name == "energy" and "excess_energy" in self._arrays:
            return self._arrays["excess_energy"] - self._arrays["log_density"]
        if name not in self._arrays:
            raise KeyError(f"there is no statistic {name!r}; there are {', '.join(self)}")
        return self._arrays[name]

    def __contains__(self, name):
        return name in self._arrays or (name == "energy" and "excess_energy" in self._arrays)

    def __iter__(self):
        yield from self._arrays
        if "excess_energy" in self._arrays:
            yield "energy"

    def __len__(self):
        return len(list(iter(self)))

    def __repr__(self):
        return f"Statistics({', '.join(self)})"

    def stored(self):
        """The arrays as they are kept, without what is made from them."""
        return dict(self._arrays)

    def last(self, draws):
        """The statistics of the last `draws` draws."""
        return Statistics({name: array[:, -draws:] for name, array in self._arrays.items()})
