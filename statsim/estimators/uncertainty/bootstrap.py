r"""Bootstrap intervals: the model fitted again to data drawn again.

B. Efron (1979), Ann. Stat. 7; BCa as in B. Efron (1987), JASA 82, whose levels
:math:`\Phi(z_0 + (z_0 + z) / (1 - a (z_0 + z)))` are moved by the bias :math:`z_0` of the replications and the acceleration a, from leaving out rows (groups
of rows where there are many). Replication r draws from its own stream, so the intervals are the same for any number of threads.
"""

import copy
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError, FitError, StatsimError
from statsim.estimators.data_rows import parts_of, unfitted
from statsim.estimators.many_fits import map_fits
from statsim.estimators.uncertainty.bootstrap_ends import bca_ends, percentile_ends
from statsim.estimators.uncertainty.coordinates import require_parameters
from statsim.estimators.uncertainty.intervals import Intervals, places_of
from statsim.row_model import RowModel
from statsim.samplers.importance.resampling import resample_with
from statsim.samplers.importance.seeds import part_seed
from statsim.sequence_model import SequenceModel

_STREAM, _SIMULATED, _FITS, _GROUPS = 40, 41, 42, 43
_MOST_LEFT_OUT = 400  # fits of the jackknife
_MOST_FAILED = 0.1
_TAIL = 5  # replications beyond each end


@dataclass(frozen=True)
class Bootstrap:
    """Intervals from fits to data drawn again.

    Parameters
    ----------
    replications : int
    kind : {"bca", "percentile"}
        BCa corrects bias and skewness, for up to 400 more fits; its coverage errs by order 1/n instead of 1/sqrt(n).
    resample : {"rows", "parametric"}
        Rows (or sequences) drawn from the data with replacement, or data drawn from the model.
    simulate : callable, optional
        With "parametric", ``simulate(model, rng)`` returns a data set like X from a SeedSequence; default: as many rows from the model as X has.

    Examples
    --------
    >>> Bootstrap(replications=500)
    Bootstrap(replications=500, kind='bca', resample='rows', simulate=None)
    """

    replications: int = 2000
    kind: str = "bca"
    resample: str = "rows"
    simulate: Any = None

    name: ClassVar[str] = "bootstrap"

    def __post_init__(self):
        checks.integer(self.replications, "replications", minimum=10)
        checks.choice(self.kind, "kind", ("bca", "percentile"))
        checks.choice(self.resample, "resample", ("rows", "parametric"))
        if self.simulate is not None and (not callable(self.simulate) or self.resample != "parametric"):
            raise ArgumentError(f"simulate must be a function (model, rng) and goes with resample='parametric', got {self.simulate!r:.80}")

    def find(self, model, X, *, level, names, sample_weight=None, rng=None, num_threads=None, progress=None):
        """`Intervals`; called by `intervals`."""
        require_parameters(model)
        known = tuple(model.parameter_names)
        places = places_of(names, known)
        self._check_tail(level)
        seed = rngs.seed_sequence(rng)
        pool = {"num_threads": num_threads, "progress": progress}
        found = map_fits(self._replicate(model, X, seed), self.replications, description="bootstrap", **pool)
        table = np.array([row for row in found if not isinstance(row, StatsimError)])
        notes = _failures(found)
        estimate, jackknife = np.array(model.parameter_values, float), None
        if self.kind == "bca":
            jackknife = np.array(_left_out(model, X, seed, pool))
        rows = [self._ends(table[:, j], estimate[j], None if jackknife is None else jackknife[:, j], level) for j in places]
        low, high, low_error, high_error = np.array([row[:4] for row in rows]).T
        notes += tuple(f"{known[j]}: {row[4]}" for j, row in zip(places, rows, strict=True) if row[4])
        return Intervals(tuple(known[j] for j in places), estimate[places], low, high, level, self, low_error, high_error, notes, table)

    def _ends(self, replications, estimate, jackknife, level):
        return percentile_ends(replications, level) if jackknife is None else bca_ends(replications, estimate, jackknife, level)

    def _check_tail(self, level):
        least = int(np.ceil(_TAIL / (0.5 * (1 - level)) - 1e-9))
        if self.replications < least:
            raise ArgumentError(f"replications={self.replications} leave fewer than {_TAIL} beyond each end at level={level:g}; use at least {least}")

    def _replicate(self, model, X, seed):
        """The function (r) -> parameters of replication r, or the error of its fit."""
        draw, fitted = self._drawn(model, X, seed), _fitter(model, seed)

        def replicate(r):
            try:
                return fitted(draw(r), r)
            except StatsimError as error:
                return error

        return replicate

    def _drawn(self, model, X, seed):
        if self.resample == "rows":
            n, take = parts_of(model, X, "a bootstrap of rows")
            key, weights = rngs.stream_key(seed, rngs.Purpose.SAMPLER, _STREAM), np.ones(n)
            if n < 2:
                raise ArgumentError(f"X has {n} independent part(s), and a bootstrap draws parts again; use Bootstrap(resample='parametric')")
            return lambda r: take(_drawn_rows(key, r, weights))
        simulate = self.simulate or _like(model, X)
        return lambda r: simulate(model, part_seed(seed, _SIMULATED, r))


def _drawn_rows(key, r, weights):
    """Numbers (n,) of rows drawn with replacement, from block r of the stream."""
    from statsim.kernels.streams import seed_block

    random = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(r), random)
    return resample_with(random, weights, len(weights), "multinomial")


def _like(model, X):
    """The function (model, rng) -> data of the shape of X."""
    if isinstance(model, SequenceModel):
        from statsim.sequences import as_sequences

        lengths = as_sequences(X, allow_missing=True).lengths.tolist()
        return lambda model, rng: model.sample(lengths, rng=rng)
    if isinstance(model, RowModel):
        n = parts_of(model, X, "a bootstrap")[0]
        return lambda model, rng: model.sample(n, rng=rng)
    raise ArgumentTypeError(f"how data like X are drawn from a {type(model).__name__} must be said: Bootstrap(resample='parametric', simulate=lambda model, rng: ...)")


def _fitter(model, seed):
    """The function (data, r) -> parameters (p,) fitted to other data; starts have a stream of their own where the model's are not repeatable."""
    template = unfitted(model)
    fresh = "rng" in model.get_params() and not rngs.is_repeatable(model.rng)
    entropy = [int(word) for word in rngs.stream_key(seed, rngs.Purpose.SAMPLER, _FITS)]

    def fitted(data, r):
        one = copy.copy(template)
        if fresh:
            one.rng = np.random.SeedSequence(entropy, spawn_key=(r,))
        return np.array(one.fit(data).parameter_values, float)

    return fitted


def _left_out(model, X, seed, pool):
    """Parameters of fits without each row, or without each of 400 groups of rows."""
    n, take = parts_of(model, X, "BCa")
    groups = np.arange(n)
    if n > _MOST_LEFT_OUT:
        words = np.random.Philox(key=rngs.stream_key(seed, rngs.Purpose.SAMPLER, _GROUPS)).random_raw(n)
        groups = np.argsort(words, kind="stable").argsort() % _MOST_LEFT_OUT
    if n < 3:
        raise ArgumentError(f"X has {n} independent part(s), too few for BCa; use Bootstrap(kind='percentile', resample='parametric')")
    fitted, count = _fitter(model, seed), min(n, _MOST_LEFT_OUT)
    return map_fits(lambda g: fitted(take(np.flatnonzero(groups != g)), 2**31 + g), count, description="leaving out rows", **pool)


def _failures(found):
    """Notes on replications that could not be fitted; too many of them are an error."""
    failed = [row for row in found if isinstance(row, StatsimError)]
    if len(failed) > _MOST_FAILED * len(found):
        raise FitError(
            f"{len(failed)} of {len(found)} replications could not be fitted, the first: {failed[0]}; use Bootstrap(resample='parametric'), or a model with fewer parameters"
        ) from failed[0]
    return (f"{len(failed)} of {len(found)} replications could not be fitted and are left out: {failed[0]}",) if failed else ()
