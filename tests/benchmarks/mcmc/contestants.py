"""statsim and its peers: each takes a problem and gives a function of a seed that draws 4 x (1000 + 1000).

The function returns draws (chain, draw, dim). What is made before it is called is compilation.
"""

import os
import warnings

import numpy as np

CHAINS, WARMUP, DRAWS = 4, 1000, 1000


def statsim(problem):
    from statsim.samplers.hamiltonian.nuts import NUTS
    from statsim.samplers.sampling import sample

    target = problem.target()
    target.context()  # compiles
    method = NUTS(metric=problem.metric)
    return lambda seed: sample(target, method, chains=CHAINS, warmup=WARMUP, draws=DRAWS, rng=seed, diagnose=False).values


def nutpie(problem):
    import nutpie as peer

    warnings.simplefilter("ignore")
    compiled = peer.compile_pymc_model(problem.pymc_model(), backend="numba")

    def draw(seed):
        trace = peer.sample(
            compiled, draws=DRAWS, tune=WARMUP, chains=CHAINS, cores=os.cpu_count(), seed=seed, progress_bar=False,
            low_rank_modified_mass_matrix=problem.low_rank,
        )  # fmt: skip
        posterior = trace.posterior
        names = [name for name in posterior.data_vars if name != "x" or len(posterior.data_vars) == 1]
        return np.concatenate([posterior[name].values.reshape(CHAINS, DRAWS, -1) for name in names], axis=2)

    return draw


def blackjax(problem):
    import blackjax as peer
    import jax

    log_density, dim = problem.jax_function(), problem.dim

    def one_chain(key):
        key_start, key_warm, key_draw = jax.random.split(key, 3)
        start = jax.random.uniform(key_start, (dim,), minval=-2.0, maxval=2.0)
        adaptation = peer.window_adaptation(peer.nuts, log_density, is_mass_matrix_diagonal=problem.metric == "diag")
        (state, parameters), _ = adaptation.run(key_warm, start, num_steps=WARMUP)
        step = peer.nuts(log_density, **parameters).step

        def iterate(state, key):
            state, _ = step(key, state)
            return state, state.position

        return jax.lax.scan(iterate, state, jax.random.split(key_draw, DRAWS))[1]

    chains = jax.jit(jax.vmap(one_chain))
    return lambda seed: np.asarray(jax.block_until_ready(chains(jax.random.split(jax.random.key(seed), CHAINS))))


def statsim_random_walk(problem):
    from statsim.samplers.metropolis.random_walk import RandomWalk
    from statsim.samplers.sampling import sample
    from statsim.samplers.targets.target import Target

    target = Target(problem.numba_log_density(), dim=problem.dim, data=problem.data)
    target.context()
    return lambda seed: sample(target, RandomWalk(), chains=CHAINS, warmup=WARMUP, draws=DRAWS, rng=seed, diagnose=False).values


def blackjax_random_walk(problem):
    """Random walk with the true covariance at the optimal scale: better than it could adapt to."""
    import blackjax as peer
    import jax
    import jax.numpy as jnp

    log_density = problem.jax_function()
    factor = jnp.linalg.cholesky(jnp.linalg.inv(jnp.asarray(problem.data[0]))) * 2.38 / problem.dim**0.5
    kernel = peer.additive_step_random_walk(log_density, peer.mcmc.random_walk.normal(factor))

    def one_chain(key):
        key_start, key_draw = jax.random.split(key)
        state = kernel.init(jax.random.uniform(key_start, (problem.dim,), minval=-2.0, maxval=2.0))

        def iterate(state, key):
            state, _ = kernel.step(key, state)
            return state, state.position

        return jax.lax.scan(iterate, state, jax.random.split(key_draw, WARMUP + DRAWS))[1][WARMUP:]

    chains = jax.jit(jax.vmap(one_chain))
    return lambda seed: np.asarray(jax.block_until_ready(chains(jax.random.split(jax.random.key(seed), CHAINS))))


def emcee(problem):
    """The stretch move with 32 walkers, its log density compiled by Numba; as many evaluations as the others."""
    import emcee as peer

    f, data, walkers = problem.numba_log_density(), problem.data, 32
    f(np.zeros(problem.dim), *data)

    def draw(seed):
        rng = np.random.default_rng(seed)
        sampler = peer.EnsembleSampler(walkers, problem.dim, f, args=data)
        sampler.run_mcmc(rng.uniform(-2, 2, (walkers, problem.dim)), WARMUP + DRAWS)
        return sampler.get_chain(discard=WARMUP).transpose(1, 0, 2)

    return draw


NUTS = {"statsim": statsim, "nutpie": nutpie, "BlackJAX": blackjax}
RANDOM_WALK = {"statsim": statsim_random_walk, "BlackJAX": blackjax_random_walk, "emcee": emcee}
