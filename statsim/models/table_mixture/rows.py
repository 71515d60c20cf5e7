"""Rows of a table in the form that the mixture's E step reads, and the log density of each row under each component."""

from dataclasses import dataclass, replace

import numpy as np

from statsim.blocks import map_chunks, row_chunks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.table_mixture import em as kernels
from statsim.models.table_mixture.parameters import count_log_probability
from statsim.tables.arrays import TableArrays


@dataclass(frozen=True, eq=False)
class CodedRows:
    """Rows sorted by their pattern of missing continuous cells, column by column.

    Attributes
    ----------
    order : array (n,)
        Row number of each sorted row.
    x : array (p, n)
        Continuous cells, 0 where missing.
    starts, observed : arrays (G + 1,), (G, p)
        Pattern g holds sorted rows starts[g] to starts[g + 1] - 1 and observes observed[g].
    codes : array (1 + q + r, n)
        The pattern; then discrete columns and count columns as 1 + the position in their values, 0 where missing.
    offsets : array (1 + q + r,)
        Where each coded column begins in a table of log probabilities.
    count_values : tuple of r arrays
        The different values of each count column.
    """

    order: np.ndarray
    x: np.ndarray
    starts: np.ndarray
    observed: np.ndarray
    codes: np.ndarray
    offsets: np.ndarray
    count_values: tuple
    table_size: int

    @property
    def n_rows(self):
        """Number of rows."""
        return len(self.order)

    def patterns_between(self, start, stop):
        """`starts` and `observed` of the patterns among rows `start` to `stop` - 1, cut off there."""
        first, last = np.searchsorted(self.starts, start, side="right") - 1, np.searchsorted(self.starts, stop)
        return np.clip(self.starts[first : last + 1], start, stop), self.observed[first:last]

    def take(self, chosen):
        """The sorted rows with the increasing positions `chosen`; patterns and values keep their numbers."""
        return replace(
            self,
            order=self.order[chosen],
            x=np.ascontiguousarray(self.x[:, chosen]),
            starts=np.searchsorted(chosen, self.starts).astype(np.int64),
            codes=np.ascontiguousarray(self.codes[:, chosen]),
        )


def checked_rows(arrays, layout=None, name="X"):
    """`arrays`, of the columns of `layout`, with every cell possible.

    Raises
    ------
    ArgumentTypeError, ArgumentError
        For something else than `TableArrays`, other columns, infinities, codes beyond the levels, negative counts.
    """
    if not isinstance(arrays, TableArrays):
        raise ArgumentTypeError(f"{name} must be TableArrays, got {type(arrays).__name__}; Synthesizer takes data frames")
    layout = arrays.layout if layout is None else layout
    if arrays.layout.shape != layout.shape:
        raise ArgumentError(f"{name} has {arrays.layout.shape} columns (continuous, discrete, counts), the model has {layout.shape}")
    levels = np.array(layout.n_levels, dtype=np.int64)
    _refuse(arrays.continuous, np.abs(arrays.continuous) > 1e150, f"{name}.continuous", "within 1e150, or NaN where missing")
    wrong = (arrays.discrete < -1) | (arrays.discrete >= levels)
    _refuse(arrays.discrete, wrong, f"{name}.discrete", f"-1 (missing) or a level code below {layout.n_levels}")
    _refuse(arrays.counts, (arrays.counts < -1) | (arrays.counts > 2**53), f"{name}.counts", "-1 (missing) or a count up to 2^53")
    return arrays


def _refuse(block, wrong, name, expected):
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise ArgumentError(f"{name} must be {expected}; got {name}{list(place)} = {block[place]}")


def code_rows(arrays, n_levels):
    """`CodedRows` of checked arrays."""
    pattern, observed = _patterns(~np.isnan(arrays.continuous))
    order = np.argsort(pattern, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(pattern, minlength=len(observed)))]).astype(np.int64)
    coded = [np.unique(column, return_inverse=True) for column in arrays.counts.T]
    count_values = tuple(values[values >= 0] for values, _ in coded)
    positions = [inverse + (1 if not (values < 0).any() else 0) for values, inverse in coded]
    codes = np.array([pattern, *(arrays.discrete.T + 1), *positions], dtype=np.int32)
    sizes = [len(observed), *(levels + 1 for levels in n_levels), *(len(values) + 1 for values in count_values)]
    ends = np.cumsum(sizes)
    return CodedRows(
        order=order,
        x=np.ascontiguousarray(np.nan_to_num(arrays.continuous, nan=0.0)[order].T),
        starts=starts,
        observed=observed,
        codes=np.ascontiguousarray(codes[:, order]),
        offsets=np.concatenate([[0], ends[:-1]]).astype(np.int64),
        count_values=count_values,
        table_size=int(ends[-1]),
    )


def _patterns(seen):
    """Pattern number of each row (n,), and the patterns (G, p) bool."""
    n, p = seen.shape
    if p == 0 or seen.all():
        return np.zeros(n, np.int64), np.ones((1, p), bool)
    packed = np.ascontiguousarray(np.packbits(seen, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, pattern = np.unique(keys, return_index=True, return_inverse=True)
    return pattern, np.ascontiguousarray(seen[first])


def log_table(parameters, layout, rows):
    """Log probability (K, T) of each value of each coded column, missingness included."""
    with np.errstate(divide="ignore"):
        blocks = [_pattern_block(parameters, layout, rows)]
        for j, levels in enumerate(parameters.level_probabilities):
            blocks += _cells(np.log(levels), parameters.missing_discrete[:, j], layout.discrete_nullable[j])
        for j, values in enumerate(rows.count_values):
            law = count_log_probability(values, parameters.count_means[:, j], parameters.count_dispersions[:, j])
            blocks += _cells(law, parameters.missing_counts[:, j], layout.counts_nullable[j])
    return np.ascontiguousarray(np.concatenate(blocks, axis=1))


def _pattern_block(parameters, layout, rows):
    """Log probability (K, G) of each pattern of missing continuous cells; a column that is not nullable adds nothing."""
    share = parameters.missing_continuous[:, None, :]
    terms = np.where(rows.observed[None], np.log1p(-share), np.log(share))
    return np.where(np.array(layout.continuous_nullable, bool), terms, 0.0).sum(axis=2)


def _cells(log_law, share, nullable):
    """The slots of one column: missing, then each value."""
    missing = np.log(share) if nullable else np.zeros(len(share))
    return [missing[:, None], log_law + np.log1p(-share)[:, None]]


def log_joint(parameters, layout, rows, table=None):
    """Log of weight times density (K, n) of the sorted rows under each component; `table` saves computing `log_table`."""
    return _by_chunks(parameters, layout, rows, table, lambda start, stop, joint: None)


def responsibilities(parameters, layout, rows, table=None, *, num_threads=None):
    """Posterior component probabilities (K, n) and log densities (n,) of the sorted rows."""
    density = np.empty(rows.n_rows)

    def normalise(start, stop, joint):
        kernels.normalise(joint, start, stop, density)

    return _by_chunks(parameters, layout, rows, table, normalise, num_threads), density


def _by_chunks(parameters, layout, rows, table, then, num_threads=None):
    """`log_joint`, with `then(start, stop, joint)` done to each chunk of rows while it is at hand."""
    table = log_table(parameters, layout, rows) if table is None else table
    with np.errstate(divide="ignore"):
        out = np.repeat(np.log(parameters.weights)[:, None], rows.n_rows, axis=1)
    chunks = row_chunks(rows.n_rows, most=16)

    def fill(index):
        start, stop = chunks[index]
        kernels.add_coded_log_density(rows.codes, rows.offsets, table, start, stop, out)
        bounds, observed = rows.patterns_between(start, stop)
        kernels.add_gaussian_log_density(rows.x, bounds, observed, parameters.means, parameters.covariances, out)
        then(start, stop, out)

    map_chunks(fill, len(chunks), num_threads=num_threads)
    return out
