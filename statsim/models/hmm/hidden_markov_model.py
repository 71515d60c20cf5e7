"""Hidden Markov models: a chain of states that nobody sees, and steps whose law depends on the state.

Rabiner (1989), Proc. IEEE 77; Cappe, Moulines, Ryden (2005), Inference in Hidden Markov Models.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.estimators.vb import VB
from statsim.kernels.hmm.paths import fill_paths
from statsim.kernels.variates.categorical import alias_table
from statsim.models.feature_names import remember_names
from statsim.models.hmm import document, inference
from statsim.models.hmm.chain import Chain, checked_chain, checked_start
from statsim.models.hmm.emissions import Emission
from statsim.models.hmm.evidence import ChainEvidence
from statsim.models.hmm.fit import fit_hidden_markov
from statsim.models.hmm.hidden_model import HiddenModel
from statsim.models.hmm.passes import Law, log_likelihoods
from statsim.models.hmm.posterior.question import Question
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.posterior.predictive import mean_log_density
from statsim.sequences import as_sequences

_SCORED = 200  # draws of the parameters under which a sequence is scored


class HiddenMarkovModel(HiddenModel):
    r"""Hidden Markov model, :math:`p(s, x) = \pi_{s_1} \prod_t a_{s_{t-1} s_t} \prod_t p(x_t \mid s_t)`.

    Parameters
    ----------
    n_components : int
        Number of hidden states k.
    emission : str or Emission
        The law of a step given the state: "gaussian", "categorical", "poisson", "negative_binomial", "bernoulli", "multinomial",
        "mixture_of_gaussians", "autoregressive", or an object of `statsim.models.hmm.emissions` with its structure, such as
        ``Gaussian(covariance_type="diag")``.
    topology : {"ergodic", "left-right", "banded"} or array (k, k) of bool
        Transitions that are allowed: all; to itself and the next state; to itself and both neighbours. A left-right chain begins in
        its first state.
    start : {"free", "stationary"} or array (k,)
        The law of the first state: estimated, the stationary law of the chain, or given.
    method : {"mle", "map", "bayes", "vb"} or MLE, MAP, Bayes, VB
        How `fit` works. "mle": Baum-Welch from many starts. "map": the same with the prior in its steps. "bayes": draws of the posterior, by Gibbs sweeps over states and
        parameters, or ``Bayes(sampler=NUTS())``. "vb": mean-field variational Bayes. Prior: a `HiddenMarkovPrior` of `statsim.models.hmm.posterior.priors`, by default
        weak, in the units of the data.
    missing : {"raise", "mar"}
        "mar" takes NaN as a value missing at random, a step of NaN as a step not observed.
    warm_start : bool
        Let `fit` begin at the parameters of the last fit instead of searching.
    rng : None, int, SeedSequence or Generator
        Seeds the starts of `fit`, nothing else.

    Attributes
    ----------
    startprob_ : ndarray (k,)
    transmat_ : ndarray (k, k)
        Rows sum to 1.
    emission_ : Emission
        With its parameters: ``emission_.means``, ...
    fit_result_ : FitResult
    posterior_ : Draws or None
        Of a Bayesian or variational fit, named as `parameters_given` names them, the states of each draw in order of their mean in the first column, where nothing else
        tells them apart. The attributes above are then posterior means.
    n_features_in_ : int

    Examples
    --------
    >>> from statsim.models.hmm.emissions import Gaussian
    >>> model = HiddenMarkovModel.from_parameters(
    ...     startprob="stationary",
    ...     transmat=[[0.9, 0.1], [0.2, 0.8]],
    ...     emission=Gaussian(means=[[0.0], [5.0]], covariances=[[[1.0]], [[1.0]]]),
    ... )
    >>> X, states = model.sample(1000, rng=7, return_latent=True)
    >>> X.shape, bool((model.predict(X) == states).mean() > 0.95)
    ((1000, 1), True)
    """

    _methods = {"mle": MLE, "map": MAP, "bayes": Bayes, "vb": VB}

    def __init__(
        self, n_components=2, *, emission="gaussian", topology="ergodic", start="free", method="mle", missing="raise", warm_start=False, rng=None
    ):
        self.n_components = n_components
        self.emission = emission
        self.topology = topology
        self.start = start
        self.method = method
        self.missing = missing
        self.warm_start = warm_start
        self.rng = rng

    # ------------------------------------------------------------ making one

    @classmethod
    def from_parameters(cls, *, transmat, emission, startprob="stationary"):
        """A hidden Markov model with known parameters, ready to use.

        Parameters
        ----------
        transmat : array (k, k)
            Row i holds the probabilities of the state after state i, and sums to 1.
        emission : Emission
            With parameters for k states.
        startprob : array (k,) or "stationary"

        Returns
        -------
        HiddenMarkovModel

        Raises
        ------
        ArgumentError
        """
        if not isinstance(emission, Emission):
            raise ArgumentTypeError(f"emission must be an Emission with parameters, such as Gaussian(means=, covariances=), got {emission!r:.100}")
        chain, law = checked_chain(startprob, transmat), emission.checked()
        if law.shape[0] != chain.n_states:
            raise ArgumentError(f"emission has parameters for {law.shape[0]} states, but transmat for {chain.n_states}")
        return cls._wrapping(Law(chain, law))

    @classmethod
    def _wrapping(cls, law, *, names=None, missing="raise"):
        model = cls(law.chain.n_states, emission=law.emission.name, missing=missing)
        model._set(law, names)
        return model

    def _set(self, law, names):
        self.startprob_, self.transmat_, self.emission_ = law.chain.startprob, law.chain.transmat, law.emission
        self.n_features_in_ = law.emission.shape[1]
        remember_names(self, names)

    def _search(self, sequences, weights, *, template, k, method, key):
        state, result = fit_hidden_markov(
            sequences, weights, emission=template, k=k, topology=self.topology, start=checked_start(self.start, k), method=method,
            key=key, first=self._warm_state(k, sequences.values.shape[1]),
        )  # fmt: skip
        if isinstance(state, Posterior):
            laws = Question(sequences, weights, template, k, self.topology, self.start).laws()
            return laws.mean_law(state.rows), result, laws, state.draws
        return _ordered(state, self.topology), result, None, None

    def _law(self):
        self._require_fitted()
        return Law(Chain(self.startprob_, self.transmat_), self.emission_)

    def _warm_state(self, k, d):
        if not (self.warm_start and self._is_fitted()):
            return None
        if self.emission_.shape != (k, d):
            raise ArgumentError(
                f"warm_start=True, but the last fit had {self.emission_.shape[0]} states and {self.emission_.shape[1]} features and this one needs "
                f"{k} and {d}; use warm_start=False or a new model"
            )
        return HiddenMarkovState(Chain(self.startprob_, self.transmat_), self.emission_)

    # ------------------------------------------------------------ scores

    def _log_likelihoods(self, sequences):
        self.emission_.check_steps(sequences.values, "X")
        if getattr(self, "posterior_", None) is None:
            return log_likelihoods(self._law(), sequences)
        rows = self._posterior_rows()
        scored = rows[np.unique(np.linspace(0, len(rows) - 1, _SCORED).round().astype(int))]

        def fill(row, out):
            out[:] = log_likelihoods(self._parameter_laws.law(row), sequences)

        return mean_log_density(fill, scored, len(sequences))

    def _posterior_rows(self):
        """Draws (n, p) of the parameters, chain after chain."""
        return self.posterior_.values.reshape(-1, self.posterior_.dim)

    def n_parameters(self):
        """Free parameters: of the emission, of the transitions that are not zero, and of the start where it is free."""
        self._require_fitted()
        k = len(self.startprob_)
        start = k - 1 if isinstance(self.start, str) and self.start == "free" else 0
        return self.emission_.n_free() + int((self.transmat_ > 0).sum()) - k + start

    # ------------------------------------------------------------ hidden states

    def _smoothed(self, sequences):
        return inference.smoothed(self._law(), sequences)

    def _filtered(self, sequences):
        return inference.filter_of(self._law(), sequences)

    def _decoded(self, sequences):
        return inference.decoded(self._law(), sequences)

    def _posterior_paths(self, sequences, key, n, start):
        return inference.posterior_paths(self._law(), sequences, key, n, start)

    def _ahead(self, sequences, steps):
        chances = [self._filtered(sequences)[0][-1]]
        for _ in range(steps):
            chances.append(chances[-1] @ self.transmat_)
        return np.array(chances[1:])

    def _evidence(self, logs):
        return ChainEvidence(self._law().chain, logs)

    def particle_filter(self, X, *, n_particles=1000, n_runs=8, n_paths=100, threshold=0.5, rng=None):
        """Filter a sequence by importance sampling with resampling: an estimate of what `filter` and `log_likelihood` give exactly.

        Parameters
        ----------
        X : array (n_steps, n_features)
            One sequence.
        n_particles : int
        n_runs : int
            Independent filters; their spread gives the errors.
        n_paths : int
            Paths that each run draws from its particles at the end.
        threshold : float
            Particles are resampled (systematically) when their effective number falls below this share; 0 never, 1 nearly always.
        rng : None, int, SeedSequence or Generator

        Returns
        -------
        Particles

        Raises
        ------
        SamplerError
            When no particle can go on.
        """
        from statsim.models.hmm.particle_filter import particle_filter

        sequences = self._checked_steps(X)
        if len(sequences) > 1:
            raise ArgumentTypeError("particle_filter takes one sequence (n_steps, n_features); call it for each of several")
        return particle_filter(self._law(), sequences, n_particles=n_particles, n_runs=n_runs, n_paths=n_paths, threshold=threshold, rng=rng)

    # ------------------------------------------------------------ posterior laws

    def parameters_given(self, X, *, prior=None, order_by=0):
        """The posterior of the parameters given sequences: a target for `statsim.samplers.sampling`, with `NUTS()` or `Gibbs()`.

        The number of states, the kind of emission, topology, start and treatment of missing values are those of the model; parameters that it
        may have are not used.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)
        prior : HiddenMarkovPrior, optional
            Of `statsim.models.hmm.posterior.priors`; by default weak, in the units of the data.
        order_by : int or None
            Draws are shown with states in order of their mean in this column, where the posterior does not tell states apart by
            itself (every transition allowed, the start not given, the same prior for all). None leaves them as the chains have them.

        Returns
        -------
        ParameterTarget

        Raises
        ------
        ArgumentError, ArgumentTypeError
            For emissions other than Gaussian, Poisson and Categorical, and for data or a prior that cannot be used.

        Examples
        --------
        >>> import numpy as np
        >>> from statsim.samplers.gibbs.gibbs import Gibbs
        >>> from statsim.samplers.sampling import sample
        >>> X = np.repeat([1, 9, 0, 8], 25)[:, None]
        >>> target = HiddenMarkovModel(2, emission="poisson").parameters_given(X)
        >>> draws = sample(target, Gibbs(), draws=500, rng=0)
        >>> draws["rates"].mean(axis=(0, 1)).round(0).ravel().tolist()
        [1.0, 8.0]
        """
        from statsim.models.hmm.posterior.parameter_target import ParameterTarget

        k = checks.integer(self.n_components, "n_components", minimum=1, maximum=65_535)
        template, missing = self._template(), checks.choice(self.missing, "missing", ("raise", "mar"))
        if isinstance(self.emission, str) and self._is_fitted():
            template = self.emission_
        sequences = as_sequences(X, allow_missing=missing == "mar")
        template.check_steps(sequences.values, "X")
        return ParameterTarget(sequences, template=template, k=k, topology=self.topology, start=self.start, prior=prior, order_by=order_by)

    def states_given(self, X):
        """The law of the hidden states given sequences and these parameters: a target for ``sample(target, Gibbs())``, one state at a time.

        For draws that are independent of one another use `sample_states`.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)

        Returns
        -------
        StateTarget
        """
        from statsim.models.hmm.state_target import StateTarget

        sequences = self._checked_steps(X)
        return StateTarget(self._law(), sequences)

    # ------------------------------------------------------------ sampling

    def _sequence_fill(self, key):
        return _fill_under(key, self._law())

    def _predictive_fill(self, key):
        return self._parameter_laws.predictive_fill(key, self._posterior_rows(), _fill_under)

    def to_hmmlearn(self):
        """The same model as a fitted hmmlearn `GaussianHMM`, `GMMHMM`, `CategoricalHMM` or `PoissonHMM`."""
        from statsim.models.hmm.conversion import to_hmmlearn

        return to_hmmlearn(self)

    @classmethod
    def from_hmmlearn(cls, estimator):
        """The model in a fitted `GaussianHMM`, `GMMHMM`, `CategoricalHMM` or `PoissonHMM` of hmmlearn."""
        from statsim.models.hmm.conversion import from_hmmlearn

        return cls.from_parameters(**from_hmmlearn(estimator))

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return document.write_parameters(self)

    @classmethod
    def _from_parameters_document(cls, parameters):
        chain, law, names, missing, (laws, draws) = document.read_parameters(parameters)
        model = cls._wrapping(Law(chain, law), names=names, missing=missing)
        model.posterior_, model._parameter_laws = draws, laws
        if laws is not None:
            model.topology, model.start = laws.topology, laws.start
        return model


def _ordered(state, topology):
    """The law of a state of the fit, its hidden states in order of their means where the topology leaves the order open."""
    if not isinstance(topology, str) or topology != "ergodic":
        return Law(state.chain, state.emission)
    order = np.lexsort(state.emission.mean().T[::-1])
    return Law(state.chain.reordered(order), state.emission.reordered(order))


def _fill_under(key, law):
    """`_sequence_fill` of one law."""
    first_table, first_alias = alias_table(law.chain.startprob)
    tables, aliases = (np.array(part) for part in zip(*map(alias_table, law.chain.transmat), strict=True))

    def fill(first, offsets, arrays):
        rows, path = arrays
        fill_paths(key, first, offsets, first_table, first_alias, tables, aliases, path)
        law.emission.fill(key, first, offsets, path, rows)

    return fill
