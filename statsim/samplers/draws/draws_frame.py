"""Draws as data frames: pandas, polars or pyarrow, through narwhals."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError

BACKENDS = ("pandas", "polars", "pyarrow")


def make_frame(columns, backend):
    """A frame of the columns (a dict of arrays or lists); the first backend installed where none is named.

    Raises
    ------
    ArgumentError
        When the backend is unknown or not installed.
    """
    import narwhals as nw

    if backend is not None:
        checks.choice(backend, "backend", BACKENDS)
    for name in BACKENDS if backend is None else (backend,):
        try:
            return nw.from_dict(columns, backend=name).to_native()
        except ModuleNotFoundError:
            continue
    raise ArgumentError(f"{backend or 'a data frame library'} is not installed; install one of {', '.join(BACKENDS)}, or use draws.values")


def frame_of(draws, backend, *, layout, stats):
    """The draws as a frame; see `statsim.samplers.draws.draws.Draws.to_frame`."""
    checks.choice(layout, "layout", ("wide", "long"))
    if layout == "long":
        if stats:
            raise ArgumentError("stats=True needs layout='wide': a statistic belongs to a draw, not to a coordinate")
        return make_frame(_long(draws), backend)
    return make_frame(_wide(draws, stats), backend)


def _wide(draws, stats):
    chains, n, _ = draws.values.shape
    columns = {"chain": np.repeat(np.arange(chains), n), "draw": np.tile(np.arange(n), chains)}
    more = {name: draws.values[:, :, place].reshape(-1) for place, name in enumerate(draws.names)}
    more_stats = {name: np.ascontiguousarray(array).reshape(-1) for name, array in draws.stats.items()} if stats else {}
    twice = sorted((columns.keys() & more.keys()) | (columns.keys() & more_stats.keys()) | (more.keys() & more_stats.keys()))
    if twice:
        raise ArgumentError(f"the frame would have two columns {twice[0]!r}; rename the coordinate (Target(names=...)), or use layout='long' or stats=False")
    return {**columns, **more, **more_stats}


def _long(draws):
    chains, n, dim = draws.values.shape
    return {
        "chain": np.repeat(np.arange(chains), n * dim),
        "draw": np.tile(np.repeat(np.arange(n), dim), chains),
        "name": np.tile(np.array(draws.names, object), chains * n),
        "value": draws.values.reshape(-1),
    }
