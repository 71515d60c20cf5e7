r"""Exact conditioning of a mixture over mixed-type rows on any subset of its cells.

Given evidence E, :math:`p(row | E) = \sum_k w_k(E)\, p_k(row | E)` with :math:`w_k(E) \propto w_k\, p_k(E)`, where
:math:`p_k(E)` is the density of the evidence alone, that its cells are observed included. Within a component only the Gaussian
block is dependent, so only there does conditioning change a law.
"""

from dataclasses import dataclass, replace

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, FitError, ImpossibleConditionError
from statsim.kernels.cholesky import cholesky
from statsim.kernels.conditional_gaussian import condition_gaussian
from statsim.kernels.elementary import log, log1p
from statsim.kernels.evidence import count_log_probability, normalise_weights
from statsim.models.table_mixture.parameters import POINT
from statsim.tables.arrays import TableArrays

BLOCKS = ("continuous", "discrete", "counts")


@dataclass(frozen=True, eq=False)
class Evidence:
    """Cells conditioned on: one row with the known values (missing elsewhere), and for each block which cells are given."""

    row: TableArrays
    known: dict
    missing: dict

    def given(self, block):
        """Cells of a block that the evidence speaks of."""
        return self.known[block] | self.missing[block]


def checked_evidence(layout, *, continuous=None, discrete=None, counts=None, missing=()):
    """The evidence in `{column: value}` mappings and (block, column) pairs of missing cells.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For a column or value that the layout does not have, or a column both known and missing.
    """
    shape = dict(zip(BLOCKS, layout.shape, strict=True))
    known = {block: np.zeros(shape[block], bool) for block in BLOCKS}
    absent = {block: np.zeros(shape[block], bool) for block in BLOCKS}
    row = TableArrays(
        np.full((1, shape["continuous"]), np.nan), np.full((1, shape["discrete"]), -1), np.full((1, shape["counts"]), -1), layout
    )
    for block, values in (("continuous", continuous), ("discrete", discrete), ("counts", counts)):
        for column, value in dict(values or {}).items():
            j = _column(column, block, shape)
            getattr(row, block)[0, j] = _value(value, block, j, layout)
            known[block][j] = True
    for block, column in missing:
        checks.choice(block, "missing[...][0]", BLOCKS)
        j = _column(column, block, shape)
        if known[block][j]:
            raise ArgumentError(f"{block} column {j} is given a value and named as missing; leave out one of them")
        absent[block][j] = True
    return Evidence(row, known, absent)


def _column(column, block, shape):
    if not shape[block]:
        raise ArgumentError(f"{block} column {column!r} does not exist: the model has no {block} columns")
    return checks.integer(column, f"column of {block}", minimum=0, maximum=shape[block] - 1)


def _value(value, block, j, layout):
    name = f"{block}[{j}]"
    if block == "continuous":
        return checks.real(value, name, minimum=-1e150, maximum=1e150)
    highest = layout.n_levels[j] - 1 if block == "discrete" else 2**53
    return checks.integer(value, name, minimum=0, maximum=highest)


def _check_can_be_missing(layout, evidence):
    for block in BLOCKS:
        never = np.flatnonzero(evidence.missing[block] & ~np.array(getattr(layout, f"{block}_nullable"), bool))
        if len(never):
            raise ImpossibleConditionError(f"{block} column {never[0]} is never missing under the model; condition on a value")


def _log_weight(parameters, evidence, k):
    """Log of the weight of component k times the probability of the evidence but for the values of continuous cells."""
    total = log(parameters.weights[k])
    for block in BLOCKS:
        share = getattr(parameters, f"missing_{block}")[k]
        for j in np.flatnonzero(evidence.known[block]):
            total += log1p(-share[j])
        for j in np.flatnonzero(evidence.missing[block]):
            total += log(share[j])
    for j in np.flatnonzero(evidence.known["discrete"]):
        total += log(parameters.level_probabilities[j][k, evidence.row.discrete[0, j]])
    for j in np.flatnonzero(evidence.known["counts"]):
        total += count_log_probability(
            float(evidence.row.counts[0, j]), parameters.count_means[k, j], parameters.count_dispersions[k, j]
        )
    return total


def _words(evidence):
    known = [f"{block}[{j}] = {getattr(evidence.row, block)[0, j]}" for block in BLOCKS for j in np.flatnonzero(evidence.known[block])]
    missing = [f"{block}[{j}] missing" for block in BLOCKS for j in np.flatnonzero(evidence.missing[block])]
    return ", ".join(known + missing)


def conditioned(parameters, layout, evidence):
    """Parameters of the conditional law: over all columns, those given a value being point masses.

    Columns outside the evidence are integrated out. Our own loops and elementary functions: the same bits on every machine.

    Raises
    ------
    ImpossibleConditionError
        When no component can have produced the evidence.
    """
    _check_can_be_missing(layout, evidence)
    row, known = evidence.row, evidence.known
    means, covariances, densities = _conditioned_gaussians(parameters, row.continuous[0], known["continuous"])
    weights = np.empty(parameters.n_components)
    joint = np.array([_log_weight(parameters, evidence, k) for k in range(parameters.n_components)]) + densities
    if normalise_weights(joint, weights) == -np.inf:
        raise ImpossibleConditionError(f"no component can have produced {_words(evidence)}: its probability is 0 under the model")
    levels = tuple(
        np.broadcast_to(np.arange(table.shape[1]) == row.discrete[0, j], table.shape).astype(float) if known["discrete"][j] else table
        for j, table in enumerate(parameters.level_probabilities)
    )
    shares = {
        f"missing_{block}": np.where(evidence.missing[block], 1.0, np.where(known[block], 0.0, getattr(parameters, f"missing_{block}")))
        for block in BLOCKS
    }
    return replace(
        parameters,
        weights=weights,
        means=means,
        covariances=covariances,
        level_probabilities=levels,
        count_means=np.where(known["counts"], row.counts[0], parameters.count_means).astype(float),
        count_dispersions=np.where(known["counts"], POINT, parameters.count_dispersions),
        **shares,
    )


def _conditioned_gaussians(parameters, z, known):
    """Means (K, p) and covariances (K, p, p) given the coordinates `known` of `z`, and the log density (K,) of those."""
    means, covariances = parameters.means.copy(), np.zeros_like(parameters.covariances)
    densities = np.zeros(len(means))
    for k, covariance in enumerate(parameters.covariances):
        spread = np.diag(covariance) > 0
        first, rest = np.flatnonzero(known & spread), np.flatnonzero(~known & spread)
        order = np.concatenate([first, rest])
        block = np.ascontiguousarray(covariance[np.ix_(order, order)])[None]
        factor = np.zeros_like(block)
        if cholesky(block, 0.0, factor) >= 0:
            raise FitError(f"covariances[{k}] is not positive definite to working precision; nothing can be conditioned on it")
        shift, residual = np.zeros(len(rest)), np.zeros((len(rest), len(rest)))
        densities[k] = condition_gaussian(factor[0], z[first] - means[k, first], shift, residual)
        if densities[k] > -np.inf:
            means[k, rest] += shift
        if (known & ~spread & (z != means[k])).any():
            densities[k] = -np.inf
        covariances[k][np.ix_(rest, rest)] = residual
        means[k, known] = z[known]
    return means, covariances, densities
