"""A hidden Markov model of five states: draws, one iteration of Baum-Welch, decoding, likelihood."""

import os
from functools import partial

import numpy as np
from contest import Contest

N, N_SEQUENCES, K, D, SYMBOLS = 100_000, 1000, 5, 3, 20
SHAPES = {"1 x 1e5": [N], "1000 x 100": [N // N_SEQUENCES] * N_SEQUENCES}


def _model(emission):
    from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel

    transmat = np.full((K, K), 0.05) + 0.75 * np.eye(K)
    return HiddenMarkovModel.from_parameters(transmat=transmat, emission=emission)


def gaussian_model():
    from statsim.models.hmm.emissions import Gaussian

    means = np.random.default_rng(0).normal(size=(K, D)) * 3
    return _model(Gaussian("full", means, np.tile(0.5 * np.eye(D) + 0.3, (K, 1, 1))))


def categorical_model():
    from statsim.models.hmm.emissions import Categorical

    return _model(Categorical(probabilities=np.random.default_rng(1).dirichlet(np.full(SYMBOLS, 0.5), K)))


def our_step(model, X, lengths):
    """A callable that makes one iteration of statsim from the model's parameters."""
    from statsim.models.hmm.chain import Chain
    from statsim.models.hmm.state import HiddenMarkovState
    from statsim.models.hmm.steps import HiddenMarkovSteps
    from statsim.sequences import as_sequences

    sequences = as_sequences((X, lengths))
    steps = HiddenMarkovSteps(sequences, np.ones(len(lengths)), model.emission_, K, np.ones((K, K), bool), np.ones(K, bool))
    state = HiddenMarkovState(Chain(model.startprob_, model.transmat_), model.emission_)
    return lambda: steps.em(state)


def our_sweep(model, X):
    """A callable that makes one Gibbs sweep over states and parameters from the model's parameters."""
    from statsim.kernels.streams import seed_block
    from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel

    target = HiddenMarkovModel(K).parameters_given(X)
    (move,), x, random = target.conditionals(), target.point(model), np.empty(4, np.uint64)
    seed_block(np.uint64(1), np.uint64(2), np.uint64(3), random)
    return lambda: move.update(x, random, *move.data)


def hmmlearn_model(model):
    """The same model in hmmlearn, in its fast arithmetic."""
    from statsim.models.hmm.conversion import to_hmmlearn

    return to_hmmlearn(model).set_params(implementation="scaling")


def hmmlearn_step(model, X, lengths):
    """A callable that makes one iteration of hmmlearn."""
    estimator = hmmlearn_model(model)

    def step():
        statistics, _ = estimator._do_estep(X, lengths)
        estimator._do_mstep(statistics)

    return step


class Dynamax:
    """The same Gaussian model in dynamax: compiled for one thread of the processor, in the single precision it works in."""

    def __init__(self, model):
        os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
        import jax
        from dynamax.hidden_markov_model import GaussianHMM

        self.jax, self.hmm = jax, GaussianHMM(K, D)
        self.parameters, self.properties = self.hmm.initialize(
            jax.random.PRNGKey(0), initial_probs=jax.numpy.asarray(model.startprob_), transition_matrix=jax.numpy.asarray(model.transmat_),
            emission_means=jax.numpy.asarray(model.emission_.means), emission_covariances=jax.numpy.asarray(model.emission_.covariances),
        )  # fmt: skip

    def _ready(self, function, *arguments):
        compiled = self.jax.jit(function)
        return lambda: self.jax.block_until_ready(compiled(*arguments))

    def sample(self):
        return self._ready(lambda key: self.hmm.sample(self.parameters, key, N), self.jax.random.PRNGKey(1))

    def step(self, X, lengths):
        state = self.hmm.initialize_m_step_state(self.parameters, self.properties)

        def iteration(parameters, batch):
            statistics, _ = self.jax.vmap(partial(self.hmm.e_step, parameters))(batch)
            return self.hmm.m_step(parameters, self.properties, statistics, state)[0]

        return self._ready(iteration, self.parameters, self.jax.numpy.asarray(X.reshape(len(lengths), -1, D)))

    def decode(self, X):
        return self._ready(self.hmm.most_likely_states, self.parameters, self.jax.numpy.asarray(X))

    def score(self, X):
        return self._ready(self.hmm.marginal_log_prob, self.parameters, self.jax.numpy.asarray(X))


def jobs():
    ours = gaussian_model()
    theirs, compiled = hmmlearn_model(ours), Dynamax(ours)
    X = ours.sample(N, rng=1)
    yield Contest(
        "HMM sample, 1e5 steps, 5 states, 3 columns full",
        {"statsim": lambda: ours.sample(N, rng=1, num_threads=1), "dynamax": compiled.sample()},
        {"dynamax": 20.0},
    )
    yield Contest(
        "the same, 2000 steps",
        {"statsim": lambda: ours.sample(2000, rng=1, num_threads=1), "hmmlearn": lambda: theirs.sample(2000)},
        {"hmmlearn": 30.0},
    )
    for name, lengths in SHAPES.items():
        yield Contest(
            f"HMM Baum-Welch iteration, {name}, 5 states, 3 columns full",
            {"statsim": our_step(ours, X, lengths), "hmmlearn": hmmlearn_step(ours, X, lengths), "dynamax": compiled.step(X, lengths)},
            {"hmmlearn": 2.5, "dynamax": 2.5},
        )
    yield Contest(
        "HMM Gibbs sweep (target: two forward passes), 1e5 steps, 5 states, 3 columns full",
        {"statsim": our_sweep(ours, X), "forward pass": lambda: ours.log_likelihood(X)},
        {"forward pass": 0.5},
    )
    symbols = categorical_model()
    S = symbols.sample(N, rng=1)
    for name, lengths in SHAPES.items():
        yield Contest(
            f"HMM Baum-Welch iteration, {name}, 5 states, 20 symbols",
            {"statsim": our_step(symbols, S, lengths), "hmmlearn": hmmlearn_step(symbols, S, lengths)},
            {"hmmlearn": 2.0},
        )
    yield Contest(
        "HMM Viterbi, 1e5 steps, 5 states, 3 columns full",
        {"statsim": lambda: ours.predict(X), "hmmlearn": lambda: theirs.predict(X), "dynamax": compiled.decode(X)},
        {"hmmlearn": 4.0, "dynamax": 4.0},
    )
    yield Contest(
        "HMM log-likelihood, 1e5 steps, 5 states, 3 columns full",
        {"statsim": lambda: ours.log_likelihood(X), "hmmlearn": lambda: theirs.score(X), "dynamax": compiled.score(X)},
        {"hmmlearn": 4.0, "dynamax": 4.0},
    )
