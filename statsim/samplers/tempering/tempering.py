r"""Parallel tempering on a non-reversible ladder.

Geyer (1991); Syed, Bouchard-Côté, Deligiannidis, Doucet (2022), Non-reversible parallel tempering, JRSS B 84: swaps of even and odd pairs
take turns, so a replica climbs the ladder in order r steps instead of r^2, and the rungs are placed so that all pairs reject
equally often. The kernel is `statsim.kernels.tempering.ladder`.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.samplers.hamiltonian.metric import fisher_scale
from statsim.samplers.tempering.path import Path

MOVES = ("auto", "random_walk", "hmc")
WALK_ACCEPT, HMC_ACCEPT = 0.234, 0.8
LENGTH, MOST_LEAPS = np.pi, 32
WALK_MOVES = 5
FIRST_ROUND = 20  # iterations; each round of adaptation is twice as long as the one before


@dataclass(frozen=True)
class Tempering:
    """Parallel tempering: one chain is a ladder of replicas, and the draws are those of its cold end.

    Parameters
    ----------
    n_replicas : int
        Rungs of the ladder, 2 or more. Enough when the swap rate (`stats["swap_rate"]`) is about a half or more.
    reference : NormalReference, model or None
        The hot end. A `NormalReference` should cover all modes; its replica is drawn anew each iteration. None: the power path
        p^beta down to `hottest`, which must have a finite integral in unconstrained coordinates.
    hottest : float
        Smallest beta without a reference, in (0, 1).
    moves : {"auto", "random_walk", "hmc"}
        Local moves; "auto" takes Hamiltonian trajectories where there are gradients.
    n_moves : int, optional
        Local moves of each replica between swaps; default 1 trajectory, or 5 steps of the walk.

    Notes
    -----
    Statistics: `log_density`, `acceptance` and `step_size` of the cold replica, `swap_rate` (mean acceptance of the swaps tried), `round_trips`
    (replicas that went from cold to hot and back, so far), `log_evidence` (stepping-stone estimate from the draws so far; NaN without
    a reference), `replica` (which one is cold). The scales of all rungs and the ladder adapt in warm-up only.

    Examples
    --------
    >>> Tempering(n_replicas=8)
    Tempering(n_replicas=8, reference=None, hottest=0.01, moves='auto', n_moves=None)
    """

    n_replicas: int = 10
    reference: Any = None
    hottest: float = 0.01
    moves: str = "auto"
    n_moves: int | None = None

    name: ClassVar[str] = "Tempering"
    needs_gradient: ClassVar[bool] = False
    lanes: ClassVar[int] = 1
    statistics: ClassVar[tuple] = (
        ("log_density", np.float64),
        ("acceptance", np.float32),
        ("step_size", np.float32),
        ("swap_rate", np.float32),
        ("round_trips", np.float64),
        ("log_evidence", np.float64),
        ("replica", np.int16),
    )

    def __post_init__(self):
        checks.integer(self.n_replicas, "n_replicas", minimum=2, maximum=1000)
        if checks.real(self.hottest, "hottest", minimum=0.0, open_minimum=True) >= 1:
            raise ArgumentError(f"hottest must be below 1, the beta of the target; got {self.hottest!r}")
        checks.choice(self.moves, "moves", MOVES)
        if self.n_moves is not None:
            checks.integer(self.n_moves, "n_moves", minimum=1)

    def begin(self, chain, *, warmup):
        """All replicas at the start; a first ladder."""
        from statsim.kernels.tempering.moves import move_work

        path = Path(chain.target, self.reference)
        path.require_whole_reference()
        gradient = self._with_gradient(path)
        r, d = self.n_replicas, chain.initial.shape[1]
        positions = np.repeat(chain.initial, r, axis=0)
        parts, slopes = path.evaluate(positions, with_gradient=gradient)
        _require_finite(parts)
        chain.state = {
            "random": chain.random,
            "point": positions,
            "parts": parts,
            "slopes": slopes,
            "betas": first_ladder(r, None if self.reference is not None else self.hottest),
            "at": np.arange(r),
            "came_from": np.zeros(r, np.int64),
            "rejected": np.zeros((r - 1, 2)),
            "stones": np.zeros(r),
            "scale": np.ones((r, d)),
            "steps": np.full(r, 0.25 if gradient else 1.0),
            "moments": np.zeros((r, 4, d)),
            "numbers": np.zeros(3),
        }
        chain.work = path, path.context(), move_work(d)

    def edges(self, warmup):
        """Ends of rounds that double in length; the last round only settles the steps."""
        ends, end, length = [], 0, FIRST_ROUND
        while end + length < warmup:
            end, length = end + length, 2 * length
            ends.append(end)
        return ends

    def at_edge(self, chain, iteration, *, warmup):
        """Place the rungs so that all pairs reject equally often, and learn the scales of each."""
        state = chain.state
        gradient = state["slopes"].shape[2] > 0
        count = state["numbers"][2]
        old = state["betas"].copy()
        state["betas"][:] = equalised_ladder(old, state["rejected"], power=self.reference is None)
        if count >= 3:
            new = _scales(state["moments"], count, gradient)
            state["steps"][:] *= np.exp(np.log(state["scale"] / new).mean(axis=1))  # the walk goes on as far as it went
            state["scale"][:] = new
            state["steps"][:] = np.interp(state["betas"], old, state["steps"])
            state["scale"][:] = np.stack([np.interp(state["betas"], old, column) for column in state["scale"].T], axis=1)
        state["rejected"][:], state["moments"][:] = 0.0, 0.0
        state["numbers"][2] = 0.0
        state["numbers"][0] = float(iteration % 2)  # steps are free to move again; the parity of the swaps goes on

    def end_warmup(self, chain):
        """What is counted begins with the draws."""
        chain.state["numbers"][1] = 0.0
        chain.state["stones"][:] = 0.0
        chain.state["rejected"][:] = 0.0

    def advance(self, chain, *, warming, values, stats):
        """Run iterations; see `advance_ladder`."""
        from statsim.kernels.hamiltonian.metric import DIAGONAL
        from statsim.kernels.tempering.ladder import advance_ladder

        state, (path, context, work) = chain.state, chain.work
        gradient = state["slopes"].shape[2] > 0
        r, d = state["scale"].shape
        accept = (HMC_ACCEPT if gradient else WALK_ACCEPT) if warming else 0.0
        settings = self.n_moves or (1 if gradient else WALK_MOVES), LENGTH, MOST_LEAPS
        status, done = advance_ladder(
            context, settings, accept, chain.random,
            (state["betas"], state["at"], state["came_from"], state["rejected"], state["stones"], path.factor),
            (state["point"], state["parts"], state["slopes"]),
            (DIAGONAL, state["scale"], np.zeros((r, 0, d)), state["steps"]),
            state["moments"] if warming else state["moments"][:, :, :0], state["numbers"], work, values[0], stats[0],
        )  # fmt: skip
        if status:
            raise path.error_at(state["point"][0], f", met by chain {chain.number}")
        return status, done

    def _with_gradient(self, path):
        if self.moves == "hmc":
            path.target.require_gradient("Tempering(moves='hmc')")
            if not path.has_gradient:
                raise ArgumentError("Tempering(moves='hmc') needs the gradient of the reference too; use NormalReference(), or moves='random_walk'")
        return path.has_gradient and self.moves != "random_walk"


def first_ladder(rungs, hottest):
    """Rising betas (rungs,) that end at 1: geometric from `hottest`, or from 0 where it is None, dense near 0."""
    if hottest is None:
        return np.linspace(0.0, 1.0, rungs) ** 3
    return hottest ** np.linspace(1.0, 0.0, rungs)


def equalised_ladder(betas, rejected, *, power):
    r"""Betas at which each pair rejects equally often.

    The rejection rates add up to the communication barrier :math:`\Lambda(\beta)` (Syed et al. 2022, section 5); new rungs stand at equal
    steps of it, interpolated along beta, or along its logarithm on the power path.

    Parameters
    ----------
    betas : (r,), rising
    rejected : (r - 1, 2)
        Summed rejection probabilities and tries of each pair.
    power : bool

    Returns
    -------
    ndarray (r,)
    """
    rates = rejected[:, 0] / np.maximum(rejected[:, 1], 1.0)
    barrier = np.concatenate([[0.0], np.cumsum(np.maximum(rates, 1e-3))])  # a pair that never rejects keeps a little room
    scale = np.log(betas) if power else np.cbrt(betas)
    places = np.interp(np.linspace(0.0, barrier[-1], len(betas)), barrier, scale)
    new = np.exp(places) if power else places**3
    new[0], new[-1] = betas[0], 1.0
    return new


def _scales(moments, count, gradient):
    """Scale (r, d) of each rung: of draws and gradients, or of the draws alone."""
    draws = moments[:, 1] / (count - 1)
    if gradient:
        return fisher_scale(draws, moments[:, 3] / (count - 1))
    return np.where(draws > 0, np.sqrt(draws), 1.0)


def _require_finite(parts):
    if not np.isfinite(parts).all():
        raise ArgumentError("the reference has density zero at the start of the chain; give initial= a point inside both supports")
