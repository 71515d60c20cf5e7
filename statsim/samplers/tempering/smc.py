r"""Sequential Monte Carlo with adaptive tempering.

Del Moral, Doucet, Jasra (2006, JRSS B 68): particles of a reference are carried to the target along :math:`p^\beta q^{1 - \beta}`, by weights,
resampling and Markov moves. Each next :math:`\beta` makes the conditional effective sample size (Zhou, Johansen, Aston 2016, JCGS
25) fall to a set fraction; after resampling at every stage it is that of the incremental weights. Several independent runs tell
how far estimates are off; a single run is judged by its genealogy (Lee, Whiteley 2018, Biometrika 105).
"""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, SamplerWarning
from statsim.samplers.tempering.path import Path
from statsim.samplers.tempering.reference import NormalReference
from statsim.samplers.importance.resampling import RESAMPLERS, resample_with
from statsim.samplers.importance.seeds import part_random
from statsim.samplers.tempering.smc_run import run_particles
from statsim.samplers.targets.target import as_target
from statsim.samplers.draws.weighted_draws import Estimate, WeightedDraws

MOVES = ("auto", "random_walk", "hmc")
UNMOVED = 0.3  # correlation at which a stage has not done its work


@dataclass(frozen=True)
class SMC:
    """Sequential Monte Carlo from a reference to the target.

    Parameters
    ----------
    n_particles : int
        Particles of each run. None: the draws asked for, shared by the runs.
    n_runs : int
        Independent runs, weighted by their evidence; their spread gives the standard errors (as of n_runs - 1 degrees of freedom).
        With 1 run these come from shared ancestors, and are right for multinomial resampling, else too large.
    start : NormalReference or model, optional
        Where particles come from; default `NormalReference()`, mean 0 and sd 3 in unconstrained coordinates.
    moves : {"auto", "random_walk", "hmc"}
        Random walk with the covariance of the particles, or Hamiltonian trajectories in the metric of it; "auto" takes these
        where target and start have gradients.
    ess : float
        Fraction of the effective sample size that a stage keeps, in (0, 1); larger means more stages.
    max_moves : int
        Most moves of each particle in a stage; a stage ends sooner, when neither its log density nor its coordinates correlate
        above 0.1 with where it began. A stage that ends far from that warns.
    resampling : {"systematic", "stratified", "residual", "multinomial"}

    Examples
    --------
    >>> SMC(n_particles=500)
    SMC(n_particles=500, n_runs=4, start=None, moves='auto', ess=0.7, max_moves=200, resampling='systematic')
    """

    n_particles: int | None = 1000
    n_runs: int = 4
    start: Any = None
    moves: str = "auto"
    ess: float = 0.7
    max_moves: int = 200
    resampling: str = "systematic"

    name: ClassVar[str] = "SMC"

    def __post_init__(self):
        if self.n_particles is not None:
            checks.integer(self.n_particles, "n_particles", minimum=10)
        checks.integer(self.n_runs, "n_runs", minimum=1)
        checks.choice(self.moves, "moves", MOVES)
        if checks.real(self.ess, "ess", minimum=0.0, open_minimum=True) >= 1:
            raise ArgumentError(f"ess must be below 1, the fraction of particles that a stage keeps; got {self.ess!r}")
        checks.integer(self.max_moves, "max_moves", minimum=1)
        checks.choice(self.resampling, "resampling", RESAMPLERS)

    def sample_target(self, target, *, draws, rng=None, num_threads=None, max_bytes=None):
        """`draws` weighted draws; see `smc`, whose particles are resampled where their number differs from `draws`."""
        draws, seed = checks.integer(draws, "draws", minimum=1), rngs.seed_sequence(rng)
        particles = self.n_particles or max(10, -(-draws // self.n_runs))
        result = self.run(target, n_particles=particles, rng=seed, num_threads=num_threads, max_bytes=max_bytes)
        return result if draws == len(result.values) else _resampled(result, draws, seed)

    def run(self, target, *, n_particles, rng=None, num_threads=None, max_bytes=None):
        """The particles of all runs, with their weights."""
        target, seed = as_target(target), rngs.seed_sequence(rng)
        n = n_particles * self.n_runs
        checks.memory(n * (target.dim + 6 * target.unconstrained_dim + 8) * 8, max_bytes, what=f"{n} particles", remedy="use fewer")
        path = Path(target, NormalReference() if self.start is None else self.start)
        if self.moves == "hmc":
            target.require_gradient("SMC(moves='hmc')")
            if not path.has_gradient:
                raise ArgumentError("SMC(moves='hmc') needs the gradient of the start too; use NormalReference(), or moves='random_walk'")
        with_gradient = path.has_gradient and self.moves != "random_walk"
        threads = blocks.thread_count(num_threads)
        inner = max(1, threads // self.n_runs)
        runs = blocks.map_chunks(
            lambda r: run_particles(self, path, n_particles, seed, r, with_gradient=with_gradient, num_threads=inner), self.n_runs, num_threads=threads
        )
        return _gathered(self, target, runs)


def smc(target, *, n_particles=1000, n_runs=4, start=None, moves="auto", ess=0.7, max_moves=200, resampling="systematic", rng=None, num_threads=None):
    """Sequential Monte Carlo in one call; returns all particles of all runs.

    Parameters
    ----------
    target : Target or model
    n_particles, n_runs, start, moves, ess, max_moves, resampling
        See `SMC`.
    rng : None, int, SeedSequence or Generator
        An integer means the same draws every time, on any number of threads.
    num_threads : int, optional

    Returns
    -------
    WeightedDraws
        `log_normalizer` is the log evidence with its standard error; `history` holds the stages of each run.

    Raises
    ------
    ArgumentError, ArgumentTypeError, TargetError
    SamplerError
        When the target is zero at all draws of the start.

    Examples
    --------
    >>> from statsim.samplers.tempering.smc import smc
    >>> from statsim.samplers.targets.target import Target
    >>> target = Target(lambda x: -0.5 * x[0] ** 2, dim=1, interpreted=True)
    >>> draws = smc(target, n_particles=100, rng=0)
    >>> bool(abs(draws.log_normalizer.value - 0.92) < 0.2)
    True
    """
    method = SMC(n_particles=n_particles, n_runs=n_runs, start=start, moves=moves, ess=ess, max_moves=max_moves, resampling=resampling)
    return method.run(target, n_particles=n_particles, rng=rng, num_threads=num_threads)


def _gathered(method, target, runs):
    """The weighted draws of all runs: each run counts by its estimate of the evidence."""
    log_z = np.array([run.log_evidence for run in runs])
    n = len(runs[0].ancestors)
    top = log_z.max()
    shares = np.exp(log_z - top)
    raw = np.repeat(log_z, n)
    values = np.concatenate([_points(target, run.positions) for run in runs])
    if len(runs) > 1:
        groups = np.repeat(np.arange(len(runs)), n)
        error = shares.std(ddof=1) / shares.mean() / np.sqrt(len(runs))
    else:
        groups, error = runs[0].ancestors, runs[0].log_evidence_error
    evidence = Estimate(float(top + np.log(shares.mean())), float(error))
    _warn_unmoved(method, runs)
    history = tuple({"run": r, **stage} for r, run in enumerate(runs) for stage in run.history)
    log_weights = raw - (top + np.log(shares.sum()) + np.log(n))
    return WeightedDraws(values, log_weights, raw, np.nan, evidence, target.names, method, False, groups, history)


def _warn_unmoved(method, runs):
    """Warn where the moves of a stage did not reach far: the evidence is then biased."""
    worst = max(stage["correlation"] for run in runs for stage in run.history)
    if worst > UNMOVED:
        warnings.warn(
            f"after {method.max_moves} moves of a stage the log density of the particles still correlates by {worst:.2f} with what it was: estimates are "
            f"biased; give a gradient, raise max_moves, or start nearer to the target",
            SamplerWarning,
            stacklevel=4,
        )


def _points(target, reals):
    from statsim.kernels.importance.rows import points_of_reals

    points = np.empty((len(reals), target.dim))
    points_of_reals(target.context(), reals, points)
    return points


def _resampled(result, draws, seed):
    """`result` with `draws` points of equal weight, drawn by weight."""
    chosen = resample_with(part_random(seed, 9), result.weights, draws, "systematic")
    return WeightedDraws(
        result.values[chosen], np.full(draws, -np.log(draws)), result.raw_log_weights[chosen], np.nan, result.log_normalizer,
        result.names, result.method, False, result.groups[chosen], result.history,
    )  # fmt: skip
