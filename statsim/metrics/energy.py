r"""Energy distance $2 E|X-Y| - E|X-X'| - E|Y-Y'|$ (Szekely and Rizzo 2013), zero only for equal laws.

One column: exactly $2 \int (F - G)^2 dt$, one sort, O(n log n). Several columns: pairwise Euclidean distances of
at most `max_rows` rows a table, drawn with a stated seed, and a permutation test.
"""

import numpy as np

from statsim.metrics.arrays import numeric
from statsim.metrics.score import NOT_TESTED, Score
from statsim.metrics.seeds import metric_generator
from statsim.metrics.steps import Steps


def energy_distance(real, synthetic, *, max_rows=1000, permutations=999, rng=0):
    """Energy distance of one column or of whole rows.

    Parameters
    ----------
    real, synthetic : array (n,) and (m,), or (n, d) and (m, d)
        Numbers; NaN is missing in one column and refused in rows.
    max_rows : int
        Rows taken from each table in the case of rows.
    permutations : int
        Relabellings of the test in the case of rows (the smallest p-value is one over one more).
    rng : int, SeedSequence or Generator
        Chooses the rows and the relabellings.

    Returns
    -------
    Score
        At least 0, which is perfect; one column carries no test.

    Raises
    ------
    ArgumentError
        A table without values, or an infinite value.

    Examples
    --------
    >>> from statsim.metrics import energy_distance
    >>> energy_distance([0.0, 1.0], [2.0, 3.0]).value
    3.0
    """
    if np.ndim(real) == 2:
        return _of_rows(np.asarray(real, float), np.asarray(synthetic, float), max_rows, permutations, rng)
    steps = Steps.of(numeric(real, name="real"), numeric(synthetic, name="synthetic"))
    gap, pooled = steps.real - steps.synthetic, steps.pooled
    return Score(
        "energy distance", 2 * steps.integral(gap**2), steps.error(4 * gap), 0.0,
        2 * steps.noise * steps.integral(pooled * (1 - pooled)), NOT_TESTED, steps.n_real, steps.n_synthetic,
    )  # fmt: skip


def _of_rows(real, synthetic, max_rows, permutations, rng):
    from scipy.spatial.distance import cdist

    for name, rows in (("real", real), ("synthetic", synthetic)):
        numeric(np.where(np.isnan(rows), np.inf, rows), name=f"{name} (rows must have no missing value)", minimum=2)
    generator = metric_generator(rng)
    x, y = (
        rows[generator.permutation(rows.shape[0])[:max_rows]] if rows.shape[0] > max_rows else rows
        for rows in (real, synthetic)
    )
    n, m = x.shape[0], y.shape[0]
    distances = cdist(both := np.concatenate([x, y]), both)
    weights = np.concatenate([np.full(n, 1 / n), np.full(m, -1 / m)])
    value = -weights @ distances @ weights
    shuffled = np.stack([generator.permutation(weights) for _ in range(permutations)])
    null = -np.einsum("ij,ij->i", shuffled @ distances, shuffled)
    return Score(
        "energy distance of rows", float(value), _error(distances, weights, n), 0.0, float(null.mean()),
        float((1 + (null >= value).sum()) / (1 + permutations)), n, m,
    )  # fmt: skip


def _error(distances, weights, n):
    """Standard error from the first-order (Hajek) projection: twice each row's mean signed distance."""
    influence = -2 * distances @ weights
    x, y = influence[:n], influence[n:]
    return float(np.sqrt(x.var() / x.size + y.var() / y.size))
