"""`sample`: one door to every method."""

import difflib
import inspect

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.samplers.targets.target import as_target

CHAINS, WARMUP, DRAWS = 4, 1000, 1000
_OWN = {"draws", "chains", "warmup", "rng", "initial", "diagnose"}
_SAID_ELSEWHERE = {"seed": "rng", "random_state": "rng", "tune": "warmup", "burn_in": "warmup", "cores": "num_threads", "threads": "num_threads", "init": "initial"}


def sample(target, method=None, *, draws=DRAWS, chains=None, warmup=None, rng=None, initial=None, diagnose=True, **options):
    """Draw from a target.

    Parameters
    ----------
    target : Target, model or function
        A model means its density, `model.where(...)` what is left of it; a function needs `initial`, which tells its dimension.
        None where the method needs no density (`Gibbs([update, ...])` with `initial`).
    method : method object, optional
        `NUTS()`, `RandomWalk()`, `Rejection()`, ... Default: `NUTS()` where there is a gradient, else `RandomWalk()`.
    draws : int
        Draws to keep, of each chain.
    chains : int, optional
        Independent chains, default 4. Methods with independent draws have none.
    warmup : int, optional
        Iterations of each chain before the kept ones, in which the method adapts; default 1000.
    rng : None, int, SeedSequence or Generator
        An integer means the same draws every time, on any number of threads.
    initial : array (dim,) or (chains, dim), optional
        Where chains begin, inside the support. Default: drawn for each chain. Refused by methods without chains.
    diagnose : bool
        Warn where the chains disagree, are too short, diverge, or miss the tails; False is quicker by a few milliseconds.
    **options
        Of the driver, or of the method. Those of the driver: `keep_warmup=True` keeps the draws of warm-up; `num_threads`;
        `max_bytes`, the memory that may be used; `progress`, None (a display in a terminal, after a second), True or False;
        `checkpoint=PATH`, a folder from which the same call goes on, bit for bit, whatever ended it.

    Returns
    -------
    Draws

        Ctrl-C ends the chains; the draws so far come back, and `draws.notes` says so.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        Before any work.
    TargetError
        Where the target is wrong, with the point and the chain.
    SamplerError
        When the method cannot give what was asked for.

    Warns
    -----
    SamplerWarning
        R-hat above 1.01, an effective sample size below 100 per chain, divergences, trees cut at their largest depth, E-BFMI
        below 0.3; each with what to do.

    Examples
    --------
    >>> import numba
    >>> from statsim import RandomWalk, Target, sample
    >>> @numba.njit
    ... def log_density(x):
    ...     return -0.5 * x[0] ** 2
    >>> draws = sample(Target(log_density, dim=1), RandomWalk(), draws=2000, rng=0)
    >>> draws.values.shape
    (4, 2000, 1)
    """
    method = _default_method(target) if method is None else method
    if isinstance(method, type):
        raise ArgumentTypeError(f"method must be a method object, got the class {method.__name__}; write {method.__name__}()")
    if hasattr(method, "sample_target"):  # independent or weighted draws: no chains
        _refuse_chains(method, chains=chains, warmup=warmup, initial=initial)
        _refuse_unknown(method.sample_target, options)
        made = method.sample_target(target, draws=draws, rng=rng, **options)
        return target.shown(made) if hasattr(target, "shown") else made
    if not hasattr(method, "advance"):
        raise ArgumentTypeError(f"method must be a method object such as NUTS() or RandomWalk(), got {method!r} of type {type(method).__name__}")
    from statsim.samplers.draws.diagnosis import warn_of_problems
    from statsim.samplers.chains.run import run_chains

    _refuse_unknown(run_chains, options)
    target = method.bare_target(initial) if target is None and hasattr(method, "bare_target") else as_target(target, initial=initial)
    made = run_chains(
        target, method, chains=CHAINS if chains is None else chains,
        warmup=WARMUP if warmup is None else warmup, draws=draws, rng=rng, initial=target.placed(initial), **options,
    )  # fmt: skip
    made = target.shown(made)  # what is judged is what the user sees: states of a chain may have other numbers inside
    if diagnose:
        warn_of_problems(target.judged(made) if hasattr(target, "judged") else made, stacklevel=2)
    return made


def _refuse_chains(method, **given):
    """Raise where an argument that only chains have is given to a method without them."""
    for name, value in given.items():
        if value is not None:
            hint = "; the dimension of a function is told by Target(f, dim=...)" if name == "initial" else ""
            raise ArgumentError(f"{name}={value!r:.200}: {type(method).__name__} has no chains and does not use it; leave {name} out{hint}")


def _refuse_unknown(function, options):
    """Raise for an argument that the method, or the driver of chains, does not have."""
    known = {name for name, parameter in inspect.signature(function).parameters.items() if parameter.kind is parameter.KEYWORD_ONLY}
    for name in options:
        if name not in known:
            close = difflib.get_close_matches(_SAID_ELSEWHERE.get(name, name), sorted(known | _OWN), n=1)
            hint = f"; did you mean {close[0]}?" if close else f"; with this method it has {', '.join(sorted(known | _OWN))}"
            raise ArgumentTypeError(f"sample() has no argument {name!r}{hint}")


def _default_method(target):
    """What the target itself prefers; NUTS where it has a gradient, else the adaptive random walk."""
    if hasattr(target, "default_method"):
        return target.default_method()
    from statsim.samplers.hamiltonian.nuts import NUTS
    from statsim.samplers.metropolis.random_walk import RandomWalk

    return NUTS() if getattr(as_target_quietly(target), "has_gradient", False) else RandomWalk()


def as_target_quietly(target):
    """The target of a model, or what was given."""
    return target.to_target() if hasattr(target, "to_target") else target
