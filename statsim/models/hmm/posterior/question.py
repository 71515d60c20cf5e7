"""What is asked of the data, in their own units: what `Bayes` and `VB` need beside the steps of EM."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statsim.errors import ArgumentError
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.posterior.parameter_laws import ParameterLaws
from statsim.models.hmm.posterior.parameter_target import ParameterTarget
from statsim.samplers.gibbs.gibbs import Gibbs
from statsim.sequences import Sequences


class ParameterPosterior(ParameterTarget):
    """The target that a Bayesian fit draws, by `Gibbs()` where no sampler is named; `prior` is told with the scale itself, not its factor."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.prior = told(self.prior)

    def default_method(self):
        """A sweep over states and parameters."""
        return Gibbs()


def told(prior):
    """A settled `HiddenMarkovPrior` with the scale of its emission as a user gives it."""
    factor = getattr(prior.emission, "scale", None)
    return prior if factor is None else replace(prior, emission=replace(prior.emission, scale=factor @ factor.T))


@dataclass(frozen=True)
class Question:
    """Sequences with positive weights, and the structure of the model; `template` is the emission as the user gave it."""

    sequences: Sequences
    weights: np.ndarray
    template: Emission
    k: int
    topology: Any
    start: Any

    def posterior(self, prior):
        """The target of the parameters."""
        return ParameterPosterior(
            self._repeated(), template=self.template, k=self.k, topology=self.topology, start=self.start, prior=prior, order_by=0
        )

    def laws(self):
        """What points of the target stand for."""
        settled = self.template.pooled(self.sequences.values, 1)
        return ParameterLaws(settled, self.k, self.sequences.values.shape[1], self.topology, self.start)

    def _repeated(self):
        """Each sequence as often as its weight says."""
        counts = np.rint(self.weights).astype(np.int64)
        if (counts != self.weights).any():
            bad = float(self.weights[counts != self.weights][0])
            raise ArgumentError(f"sample_weight holds {bad:g}: a posterior takes each sequence a whole number of times; use method='mle' or 'map' for other weights")
        if (counts == 1).all():
            return self.sequences
        values, offsets, lengths = self.sequences.values, self.sequences.offsets, np.repeat(self.sequences.lengths, counts)
        parts = [values[offsets[i] : offsets[i + 1]] for i in np.repeat(np.arange(len(counts)), counts)]
        return Sequences(np.concatenate(parts), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
