"""Independent edges as a target over pairs, inside constraints or without: for chains and weighted draws."""

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError
from statsim.kernels.graphs.pair_rows import constrained_log_density, constrained_update, fill_pair_rows, is_allowed, pairs_log_density, rows_log_density
from statsim.kernels.streams import fill_uniform
from statsim.samplers.gibbs.conditional import Conditional
from statsim.samplers.targets.target import Target

_TRIES = 1000
_CHUNK = 256


class PairTarget(Target):
    """The law of the pairs, coordinates 0 and 1. `region` is a `GraphRegion` without a predicate, or None.

    `Gibbs()` runs Metropolis flips and exchanges of pairs; chains start at a draw of the model inside the region.
    """

    def __init__(self, probabilities, names, region=None):
        self._probabilities, self._region = probabilities, region
        self._logs = log_probabilities(probabilities)
        free = None if region is not None else _unlimited(len(probabilities))
        self._limits = region.tables if region is not None else free
        function, data = (pairs_log_density, self._logs) if region is None else (constrained_log_density, (*self._logs, *self._limits))
        super().__init__(function, dim=len(probabilities), data=data, names=names)

    def draw_start(self, random):
        """A draw of the model that lies in the region, or the last of a thousand."""
        uniforms, limits = np.empty(self.dim), self._limits
        parent, degrees = np.empty(len(limits[3]), np.int32), np.empty(len(limits[3]), np.int64)
        for _ in range(_TRIES):
            fill_uniform(random, uniforms)
            x = (uniforms < self._probabilities).astype(np.float64)
            if is_allowed(x, *limits, parent, degrees):
                break
        return x

    def conditionals(self):
        """What `Gibbs()` runs: as many Metropolis proposals as there are pairs."""
        return (Conditional(constrained_update, (*self._logs, *self._limits)),)

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.gibbs.gibbs import Gibbs

        return Gibbs()


def _unlimited(N):
    nothing = np.zeros(N, np.int64)
    return nothing, nothing, np.array([0, 2**62, 0], np.int64), np.zeros(1, np.int64), np.full(1, 2**62, np.int64)


def log_probabilities(probabilities):
    """log p and log(1 - p)."""
    with np.errstate(divide="ignore"):
        return np.log(probabilities), np.log1p(-probabilities)


class PairProposal:
    """Independent pairs as a proposal for `Importance`: rows (m, N) of zeros and ones, and their log probabilities."""

    def __init__(self, probabilities):
        self.probabilities = probabilities
        self._logs = log_probabilities(probabilities)

    def sample(self, n=1, *, rng=None, start=0, num_threads=None):
        """Rows (n, N) of zeros and ones."""
        n, start = checks.row_range(n, start, rng, repeatable=rngs.is_repeatable(rng))
        key, rows = rngs.stream_key(rng, rngs.Purpose.SAMPLE), np.empty((n, len(self.probabilities)))
        cuts = [(at, min(at + _CHUNK, n)) for at in range(0, n, _CHUNK)]
        blocks.map_chunks(lambda c: fill_pair_rows(key, start + cuts[c][0], self.probabilities, rows[slice(*cuts[c])]), len(cuts), num_threads=num_threads)
        return rows

    def score_samples(self, X):
        """Log probability (n,) of rows (n, N)."""
        rows = checks.data_matrix(X, n_features=len(self.probabilities), owner="PairProposal")
        out = np.empty(len(rows))
        rows_log_density(rows, *self._logs, out)
        return out


def tilted_probabilities(probabilities, odds):
    """Probabilities whose odds are multiplied by `odds`, a number or one for each pair."""
    factor = np.asarray(odds, np.float64)
    if not (np.isfinite(factor) & (factor > 0)).all() or factor.shape not in ((), probabilities.shape):
        raise ArgumentError(f"odds must be one positive number, or one for each of the {len(probabilities)} pairs, got {odds!r:.200}")
    return probabilities * factor / (1.0 - probabilities + probabilities * factor)
