"""Names of coordinates as variables: ``beta[0]``, ``beta[1]`` are the coordinates of ``beta``, ``R[0,1]`` one of a matrix."""

import re

import numpy as np

_INDEXED = re.compile(r"(.+)\[(\d+(?:,\s?\d+)*)\]")


def variables_of(names):
    """Variable -> (places of its coordinates, shape); a family of names that is not a whole grid stays as single names.

    Examples
    --------
    >>> variables_of(("mu", "beta[0]", "beta[1]"))
    {'mu': (array([0]), ()), 'beta': (array([1, 2]), (2,))}
    """
    families = {}
    for place, name in enumerate(names):
        match = _INDEXED.fullmatch(name)
        base, index = (match[1], tuple(map(int, match[2].split(",")))) if match else (name, ())
        families.setdefault(base, []).append((index, place, name))
    found = {}
    for base, members in families.items():
        shape = _grid(sorted(index for index, _, _ in members))
        if shape is None or (base in found):
            found |= {name: (np.array([place]), ()) for _, place, name in members}
        else:
            found[base] = np.array([place for _, place, _ in sorted(members)]), shape
    return found


def _grid(indices):
    """Shape of a full grid of indices in rising order, else None."""
    axes = {len(index) for index in indices}
    if axes == {0}:
        return () if len(indices) == 1 else None
    if len(axes) > 1:
        return None
    shape = tuple(int(axis) + 1 for axis in np.max(indices, axis=0))
    return shape if len(indices) == np.prod(shape, dtype=object) and len(set(indices)) == len(indices) else None
