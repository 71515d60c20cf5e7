"""Hidden semi-Markov models: hidden states that say themselves how long they are stayed in.

Guedon (2003), J. Comput. Graph. Stat. 12; Yu (2010), Artificial Intelligence 174.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.kernels.hmm.semi_paths import fill_semi_paths
from statsim.kernels.variates.categorical import alias_table
from statsim.models.feature_names import remember_names
from statsim.models.hmm import semi_document, semi_inference, semi_passes
from statsim.models.hmm.chain import Chain
from statsim.models.hmm.emissions import Emission
from statsim.models.hmm.chain import checked_start
from statsim.models.hmm.hidden_model import HiddenModel
from statsim.models.hmm.semi_chain import checked_semi_chain
from statsim.models.hmm.semi_fit import fit_hidden_semi_markov
from statsim.models.hmm.semi_passes import SemiLaw
from statsim.models.hmm.semi_steps import HiddenSemiMarkovState
from statsim.models.hmm.sojourns import SOJOURNS, Sojourn

_CUT = 0.01  # of the sojourns of a state: more than that at the bound, and a fit says so


class HiddenSemiMarkovModel(HiddenModel):
    r"""Hidden Markov model with explicit laws of how long a state is stayed in.

    State j is entered first with probability :math:`\pi_j`, stayed in for :math:`D \sim d_j` steps, each of which emits independently of the
    others, and followed by another state i with probability :math:`a_{ji}`, :math:`a_{jj} = 0`. The last sojourn is cut off by the end of the
    sequence: with u steps seen it has the probability :math:`P(D \ge u)` (Guedon 2003). A sojourn of `max_duration` steps ends there,
    whatever its law. A state that only itself follows is never left: :math:`a_{jj} = 1`, and its sojourn law is not used.

    Parameters
    ----------
    n_components : int
        Number of hidden states k.
    emission : str or Emission
        The law of a step given the state, as for `HiddenMarkovModel`.
    sojourn : {"geometric", "poisson", "negative_binomial", "free"} or Sojourn
        The law of a sojourn: `Geometric`, `ShiftedPoisson`, `ShiftedNegativeBinomial` or `Free` of `statsim.models.hmm.sojourns`.
    max_duration : int
        Longest sojourn, in steps, D. Time and memory grow with it: a pass over T steps costs T k (k + D).
    topology : {"ergodic", "left-right", "banded"} or array (k, k) of bool
        Which state may follow another: any; the next one (the first begins, the last is never left); a neighbour. The diagonal of an array says
        nothing, but for a state that no other may follow: it is never left.
    start : "free" or array (k,)
        The law of the first state: estimated or given. A sequence begins with a fresh sojourn, which no stationary law does.
    method : {"mle", "map"} or MLE, MAP
        How `fit` works: EM from many starts, of the likelihood, or with a `HiddenMarkovPrior` of `statsim.models.hmm.posterior.priors` in its steps; its `sojourn` is a
        `DirichletSojourns`, `GammaSojourns` or `BetaSojourns` of `statsim.models.hmm.principles.sojourn_priors`.
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
        Rows sum to 1, with a zero diagonal, but for a state that is never left, such as a single one.
    sojourn_ : Sojourn
        With its parameters: ``sojourn_.rates``, ...
    emission_ : Emission
        With its parameters: ``emission_.means``, ...
    max_duration_ : int
    fit_result_ : FitResult
    n_features_in_ : int

    Examples
    --------
    >>> from statsim.models.hmm.emissions import Gaussian
    >>> from statsim.models.hmm.sojourns import ShiftedPoisson
    >>> model = HiddenSemiMarkovModel.from_parameters(
    ...     startprob=[0.5, 0.5],
    ...     transmat=[[0.0, 1.0], [1.0, 0.0]],
    ...     sojourn=ShiftedPoisson(rates=[4.0, 19.0]),
    ...     emission=Gaussian(means=[[0.0], [3.0]], covariances=[[[1.0]], [[1.0]]]),
    ... )
    >>> X, states = model.sample(1000, rng=7, return_latent=True)
    >>> X.shape, bool((model.predict(X) == states).mean() > 0.95), model.mean_sojourns().round(6).tolist()
    ((1000, 1), True, [5.0, 20.0])
    """

    _methods = {"mle": MLE, "map": MAP}

    def __init__(
        self, n_components=2, *, emission="gaussian", sojourn="negative_binomial", max_duration=100, topology="ergodic",
        start="free", method="mle", missing="raise", warm_start=False, rng=None,
    ):  # fmt: skip
        self.n_components = n_components
        self.emission = emission
        self.sojourn = sojourn
        self.max_duration = max_duration
        self.topology = topology
        self.start = start
        self.method = method
        self.missing = missing
        self.warm_start = warm_start
        self.rng = rng

    # ------------------------------------------------------------ making one

    @classmethod
    def from_parameters(cls, *, startprob, transmat, sojourn, emission, max_duration=100):
        """A hidden semi-Markov model with known parameters, ready to use.

        Parameters
        ----------
        startprob : array (k,)
        transmat : array (k, k)
            Row i holds the probabilities of the state after a sojourn in state i, sums to 1 and is 0 on the diagonal, or 1 there for a state
            that is never left.
        sojourn : Sojourn
            With parameters for k states.
        emission : Emission
            With parameters for k states.
        max_duration : int
            Longest sojourn, in steps.

        Returns
        -------
        HiddenSemiMarkovModel

        Raises
        ------
        ArgumentError, ArgumentTypeError
        """
        for value, name, kind, example in (
            (sojourn, "sojourn", Sojourn, "ShiftedPoisson(rates=)"), (emission, "emission", Emission, "Gaussian(means=, covariances=)"),
        ):  # fmt: skip
            if not isinstance(value, kind):
                raise ArgumentTypeError(f"{name} must be {kind.__name__} with parameters, such as {example}, got {value!r:.100}")
        longest = checks.integer(max_duration, "max_duration", minimum=1, maximum=semi_document.MOST)
        chain, law = checked_semi_chain(startprob, transmat), SemiLaw(None, sojourn.checked(), emission.checked(), longest)
        for name, count in (("sojourn", law.sojourn.n_states), ("emission", law.emission.shape[0])):
            if count != chain.n_states:
                raise ArgumentError(f"{name} has parameters for {count} states, but transmat for {chain.n_states}")
        law.sojourn.log_tables(longest)  # refuses a table longer than that
        return cls._wrapping(SemiLaw(chain, law.sojourn, law.emission, longest))

    @classmethod
    def _wrapping(cls, law, *, names=None, missing="raise"):
        model = cls(law.chain.n_states, emission=law.emission.name, sojourn=law.sojourn.name, max_duration=law.max_duration, missing=missing)
        model._set(law, names)
        return model

    def _set(self, law, names):
        self.startprob_, self.transmat_ = law.chain.startprob, law.chain.transmat
        self.sojourn_, self.emission_, self.max_duration_ = law.sojourn, law.emission, law.max_duration
        self.n_features_in_ = law.emission.shape[1]
        remember_names(self, names)

    def _search(self, sequences, weights, *, template, k, method, key):
        longest = checks.integer(self.max_duration, "max_duration", minimum=1, maximum=semi_document.MOST)
        sojourn, start = self._sojourn_template(), self._checked_start(k)
        state, result = fit_hidden_semi_markov(
            sequences, weights, emission=template, sojourn=sojourn, k=k, max_duration=longest, topology=self.topology, start=start, method=method,
            key=key, first=self._warm_state(k, sequences.values.shape[1], longest, sojourn),
        )  # fmt: skip
        law = SemiLaw(state.chain, state.sojourn, state.emission, longest)
        is_open = isinstance(self.topology, str) and self.topology == "ergodic"
        return law.reordered(np.lexsort(state.emission.mean().T[::-1])) if is_open else law, result, None, None

    def _further_warnings(self, law, sequences):
        return _cut_off(law, int(sequences.lengths.max()))

    def _method(self):
        name = self.method if isinstance(self.method, str) else getattr(self.method, "name", None)
        if name in ("bayes", "vb"):
            raise ArgumentError(
                f"method={name!r}: the posterior of a semi-Markov model is not drawn; use method='map' for its mode, or HiddenMarkovModel, whose sojourns are "
                f"geometric, for method={name!r}"
            )
        return super()._method()

    def _sojourn_template(self):
        if isinstance(self.sojourn, str):
            return SOJOURNS[checks.choice(self.sojourn, "sojourn", tuple(SOJOURNS))]()
        if not isinstance(self.sojourn, Sojourn):
            raise ArgumentTypeError(f"sojourn must be one of {', '.join(map(repr, SOJOURNS))} or an object of Sojourn, got {self.sojourn!r:.100}")
        return self.sojourn

    def _checked_start(self, k):
        if isinstance(self.start, str) and self.start != "free":
            raise ArgumentError(f"start must be 'free' or an array of {k} probabilities, got {self.start!r}")
        return checked_start(self.start, k)

    def _law(self):
        self._require_fitted()
        return SemiLaw(Chain(self.startprob_, self.transmat_), self.sojourn_, self.emission_, self.max_duration_)

    def _warm_state(self, k, d, longest, sojourn):
        if not (self.warm_start and self._is_fitted()):
            return None
        have = (*self.emission_.shape, self.max_duration_, self.sojourn_.name)
        if have != (k, d, longest, sojourn.name):
            raise ArgumentError(
                f"warm_start=True, but the last fit had (states, features, max_duration, sojourn) = {have} and this one needs "
                f"{(k, d, longest, sojourn.name)}; use warm_start=False or a new model"
            )
        return HiddenSemiMarkovState(Chain(self.startprob_, self.transmat_), self.sojourn_, self.emission_)

    # ------------------------------------------------------------ scores

    def _log_likelihoods(self, sequences):
        self.emission_.check_steps(sequences.values, "X")
        return semi_passes.log_likelihoods(self._law(), sequences)

    def n_parameters(self):
        """Free parameters: of emission and sojourns, of the transitions that are not zero, and of the start where it is free.

        The sojourns of a state that is never left follow one another unseen and do not count.
        """
        self._require_fitted()
        k = len(self.startprob_)
        if k == 1:
            return self.emission_.n_free()
        start = k - 1 if isinstance(self.start, str) else 0
        left = self._law().is_left
        sojourns = self.sojourn_.reordered(np.flatnonzero(left)).n_free() if left.any() else 0
        return self.emission_.n_free() + sojourns + int((self.transmat_ > 0).sum()) - k + start

    # ------------------------------------------------------------ sojourns

    def sojourn_table(self):
        """Probability (k, max_duration) of a sojourn of u steps in each state, at u - 1."""
        self._require_fitted()
        return self.sojourn_.table(self.max_duration_)

    def mean_sojourns(self):
        """Expected sojourn (k,) in each state, in steps, none longer than `max_duration`."""
        return self.sojourn_table() @ np.arange(1.0, self.max_duration_ + 1)

    def expected_sojourns(self, X):
        """Expected sojourns in each state given all sequences of X.

        Returns
        -------
        completed : array (k, max_duration)
            Expected number of sojourns of u steps, at u - 1, that ended before their sequence did.
        censored : array (k, max_duration)
            Expected number of last sojourns of which u steps were seen.
        """
        totals = semi_passes.smoothed(self._law(), self._checked_steps(X))[1]
        return totals.completed, totals.censored

    # ------------------------------------------------------------ hidden states

    def _smoothed(self, sequences):
        gamma, totals = semi_passes.smoothed(self._law(), sequences)
        return gamma, totals.pairs

    def _filtered(self, sequences):
        return semi_inference.filter_of(self._law(), sequences)

    def _decoded(self, sequences):
        return semi_passes.decoded(self._law(), sequences)

    def _posterior_paths(self, sequences, key, n, start):
        return semi_passes.posterior_paths(self._law(), sequences, key, n, start)

    def _ahead(self, sequences, steps):
        return semi_inference.ahead(self._law(), sequences, steps)

    def _evidence(self, logs):
        return semi_inference.SemiEvidence(self._law(), logs)

    # ------------------------------------------------------------ sampling

    def _sequence_fill(self, key):
        law = self._law()
        tables = (alias_table(law.chain.startprob), _alias_tables(law.chain.transmat), _alias_tables(law.sojourn.table(law.max_duration)))

        def fill(first, offsets, arrays):
            rows, path = arrays
            fill_semi_paths(key, first, offsets, *tables, path)
            law.emission.fill(key, first, offsets, path, rows)

        return fill

    # ------------------------------------------------------------ other models and files

    @classmethod
    def from_hidden_markov(cls, model, *, max_duration):
        """A fitted `HiddenMarkovModel` with its sojourns told as such: geometric ones.

        Parameters
        ----------
        model : HiddenMarkovModel
        max_duration : int
            The two are the same law of sequences of at most so many steps; a longer sojourn would end there.

        Returns
        -------
        HiddenSemiMarkovModel
        """
        from statsim.models.hmm.semi_conversion import semi_from_markov

        return cls.from_parameters(max_duration=max_duration, **semi_from_markov(model))

    def to_hidden_markov(self):
        """The `HiddenMarkovModel` that this one is, where its sojourns are geometric and none is cut off at `max_duration`.

        Raises
        ------
        ArgumentError
            For other sojourns.
        """
        from statsim.models.hmm.semi_conversion import markov_from_semi

        return markov_from_semi(self)

    def _parameters_document(self):
        return semi_document.write_parameters(self)

    @classmethod
    def _from_parameters_document(cls, parameters):
        law, names, missing = semi_document.read_parameters(parameters)
        return cls._wrapping(law, names=names, missing=missing)


def _alias_tables(rows):
    tables, aliases = zip(*map(alias_table, rows), strict=True)
    return np.array(tables), np.array(aliases)


def _cut_off(law, longest_sequence):
    """A message for each state that would often be stayed in longer than allowed."""
    if longest_sequence <= law.max_duration or law.chain.n_states == 1:
        return []
    shares = np.exp(law.log_tables[1][:, -1]) * law.is_left
    return [
        f"state {j}: {shares[j]:.2g} of its sojourns reach max_duration={law.max_duration}; raise max_duration"
        for j in np.flatnonzero(shares > _CUT)
    ]
