"""The law of some columns of a mixture over mixed-type rows: the others are integrated out by leaving them out."""

from dataclasses import replace

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.tables.arrays import TableLayout


def marginal_law(parameters, layout, continuous, discrete, counts):
    """Parameters and layout of the columns named (sequences of int, each column once)."""
    chosen = {
        block: _columns(columns, block, size)
        for block, columns, size in zip(
            ("continuous", "discrete", "counts"), (continuous, discrete, counts), layout.shape, strict=True
        )
    }
    if not any(map(len, chosen.values())):
        raise ArgumentError("marginal needs at least one column, got none; name some in continuous, discrete or counts")
    z, d, c = chosen["continuous"], chosen["discrete"], chosen["counts"]
    smaller = replace(
        parameters,
        means=parameters.means[:, z],
        covariances=parameters.covariances[:, z][:, :, z],
        level_probabilities=tuple(parameters.level_probabilities[j] for j in d),
        count_means=parameters.count_means[:, c],
        count_dispersions=parameters.count_dispersions[:, c],
        **{f"missing_{block}": getattr(parameters, f"missing_{block}")[:, columns] for block, columns in chosen.items()},
    )
    flags = {
        f"{block}_{what}": tuple(getattr(layout, f"{block}_{what}")[j] for j in columns)
        for block, columns in chosen.items()
        for what in ("nullable", "names")
    }
    return smaller, TableLayout(n_levels=tuple(layout.n_levels[j] for j in d), **flags)


def _columns(columns, block, size):
    chosen = [checks.integer(column, f"{block} column", minimum=0, maximum=size - 1) for column in columns]
    if len(set(chosen)) < len(chosen):
        raise ArgumentError(f"{block} names a column twice: {list(columns)}")
    return np.array(chosen, dtype=np.int64)
