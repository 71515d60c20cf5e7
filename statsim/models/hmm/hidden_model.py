"""The base of models with hidden states: the frame of a fit, criteria, and the laws of sequences of which something is known."""

import warnings

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentTypeError, FitWarning
from statsim.models.feature_names import column_names
from statsim.models.hmm.emissions import EMISSIONS, Emission
from statsim.models.hmm.hidden_states import HiddenStates
from statsim.sequences import as_sequences


class HiddenModel(HiddenStates):
    """`HiddenStates` with constructor parameters `n_components`, `emission`, `start`, `missing`, `rng`, and the steps below."""

    # ------------------------------------------------------------ steps of a subclass

    def _search(self, sequences, weights, *, template, k, method, key):
        """The law that `method` finds, its `FitResult`, and what is known of its parameters: `ParameterLaws` and `Draws`, or None and None."""
        raise TypeError(f"{type(self).__name__} does not fit")

    def _further_warnings(self, law, sequences):
        """Sentences (list of str) on a fitted law that a user should read."""
        return []

    def _set(self, law, names):
        """Take the parameters of a law."""
        raise TypeError(f"{type(self).__name__} has no parameters")

    def _evidence(self, logs):
        """What is known of a sequence by its log densities `logs` (n, k): `log_evidence`, and `fill(key, number, path)`."""
        raise TypeError(f"{type(self).__name__} cannot be conditioned")

    # ------------------------------------------------------------ fit

    def fit(self, X, y=None, sample_weight=None):
        """Learn the parameters: by EM (Baum-Welch) from many starts, or as `method` says.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)
        y : ignored
        sample_weight : array (n_sequences,), optional
            Non-negative; weight 2 is the sequence twice, weight 0 is no sequence. Whole numbers where `method` is "bayes" or "vb".

        Returns
        -------
        self
            Its states are in order of their mean in the first column, where the topology leaves the order open.

        Raises
        ------
        ArgumentError
            For sequences, weights or parameters that cannot be used.
        FitError
            When no start leads to a usable fit.

        Warns
        -----
        FitWarning
            Where the fit did not converge, variances had to be bounded, or sojourns longer than `max_duration` are not rare.
        """
        k = checks.integer(self.n_components, "n_components", minimum=1, maximum=65_535)
        template, method = self._template(), self._method()
        missing = checks.choice(self.missing, "missing", ("raise", "mar"))
        names = column_names(X)
        sequences = as_sequences(X, allow_missing=missing == "mar")
        template.check_steps(sequences.values, "X")
        weights = checks.sample_weights(sample_weight, len(sequences))
        law, result, laws, draws = self._search(
            sequences, weights, template=template, k=k, method=method, key=rngs.stream_key(self.rng, rngs.Purpose.FIT)
        )
        self._set(law, names)
        self.posterior_, self._parameter_laws, self.fit_result_ = draws, laws, result
        self.fit_document_ = {
            **result.to_document(), "method": method.name, "n_sequences": len(sequences), "n_steps": len(sequences.values),
            "start": self.start if isinstance(self.start, str) else "given",
        }  # fmt: skip
        has_said = method.name == "bayes"  # as its draws were made
        said = [*result.warnings] if (result.regularised or not result.converged) and not has_said else []
        said += self._further_warnings(law, sequences)
        if said:
            warnings.warn("; ".join(said), FitWarning, stacklevel=2)
        return self

    def _template(self):
        if isinstance(self.emission, str):
            return EMISSIONS[checks.choice(self.emission, "emission", tuple(EMISSIONS))]()
        if not isinstance(self.emission, Emission):
            raise ArgumentTypeError(f"emission must be one of {', '.join(map(repr, EMISSIONS))} or an Emission, got {self.emission!r:.100}")
        return self.emission

    # ------------------------------------------------------------ scores

    def score_samples(self, X):
        """Log density (n_sequences,) of each sequence of X; of a Bayesian fit the log of the mean of its density over 200 draws of the parameters.

        The draws are evenly spaced among those of `posterior_`. Everything else that is asked of the model (hidden states, forecasts, conditional laws) is
        answered under the posterior means of the parameters.

        Parameters
        ----------
        X : array (n_steps, n_features), list of arrays, or (array, lengths)
        """
        return super().score_samples(X)

    def aic(self, X):
        """Akaike's information criterion on X, -2 log-likelihood + 2 p; lower is better."""
        return -2 * self.log_likelihood(X) + 2 * self.n_parameters()

    def bic(self, X):
        """Bayesian information criterion on X, -2 log-likelihood + p log(number of steps); lower is better."""
        sequences = self._sequences(X)
        return float(-2 * self._log_likelihoods(sequences).sum() + self.n_parameters() * np.log(len(sequences.values)))

    # ------------------------------------------------------------ other laws

    def given(self, *, prefix=None, end_state=None, observed=None):
        """The model of a sequence of which something is known; its draws are exact.

        Parameters
        ----------
        prefix : array (n_steps, n_features), optional
            The first steps: draws go on from there.
        end_state : int, optional
            The state of the last step.
        observed : dict, optional
            Step number, from 0, to its value (n_features,); NaN for a coordinate that is not known, where the emission can condition on the others.

        Returns
        -------
        ConditionedHiddenMarkovModel

        Raises
        ------
        ArgumentError, ArgumentTypeError
        ImpossibleConditionError
            When drawing, if what is known has probability zero.

        Examples
        --------
        >>> from statsim.models.hmm.emissions import Categorical
        >>> from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
        >>> model = HiddenMarkovModel.from_parameters(transmat=[[0.5, 0.5], [0.5, 0.5]], emission=Categorical(probabilities=[[1, 0], [0, 1]]))
        >>> model.given(prefix=[[1], [1]], observed={4: 0}).sample(5, rng=0)[[0, 1, 4], 0].tolist()
        [1, 1, 0]
        """
        from statsim.models.hmm.conditioned import conditioned

        self._require_fitted()
        return conditioned(self, prefix, end_state, observed)

    def where(self, predicate, *, n):
        """The model of a sequence of n steps given that an event happens: a target for `statsim.samplers.sampling`, drawn by rejection.

        Parameters
        ----------
        predicate : callable
            Maps sequences (m, n, n_features) to truth values (m,).
        n : int
            Steps.

        Returns
        -------
        SequenceEvent

        Examples
        --------
        >>> from statsim.models.hmm.emissions import Gaussian
        >>> from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
        >>> from statsim.samplers.sampling import sample
        >>> model = HiddenMarkovModel.from_parameters(transmat=[[1.0]], emission=Gaussian(means=[[0.0]], covariances=[[[1.0]]]))
        >>> draws = sample(model.where(lambda X: X[:, :, 0].max(axis=1) > 2, n=5), draws=100, rng=0)
        >>> bool((draws.values.max(axis=2) > 2).all())
        True
        """
        from statsim.models.hmm.sequence_event import SequenceEvent

        self._require_fitted()
        return SequenceEvent(self, predicate, checks.integer(n, "n", minimum=1))

    # ------------------------------------------------------------ sampling

    def _output_layout(self):
        return (self.n_features_in_, self.emission_.dtype), (None, np.int64)
