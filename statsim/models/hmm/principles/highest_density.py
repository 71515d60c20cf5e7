"""The highest posterior density of a hidden Markov model: Baum-Welch with a prior in the M step (Gauvain, Lee 1994, IEEE Trans. Speech Audio Process. 2)."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from statsim.errors import ArgumentError
from statsim.models.hmm.chain import Chain
from statsim.models.hmm.principles.standard_prior import standard_prior
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.hmm.stationary_start import raised
from statsim.models.hmm.steps import HiddenMarkovSteps


def highest_density_steps(steps, prior, penalty):
    """The steps of the log posterior of `steps`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if penalty is not None:
        raise ArgumentError(f"penalty={penalty!r:.100}: a hidden Markov model takes a prior, such as HiddenMarkovPrior(sticky=10.0); leave penalty out")
    law = standard_prior(steps, prior)
    low = law.rows.free & (law.rows.shapes < 1.0)
    if steps.start_is_stationary and low.any():
        least = float(law.rows.shapes[low].min())
        raise ArgumentError(f"transitions of HiddenMarkovPrior holds {least:g}, below 1, and start='stationary': such a density has no maximum that EM finds; use start='free'")
    own = {field.name: getattr(steps, field.name) for field in fields(HiddenMarkovSteps)}
    found = HighestDensitySteps(**own, law=law)
    if law.emission is None or not steps.template.standardises:
        return found
    template = steps.template
    units = law.emission.rescaled(*steps.units).log_density(template.rescaled(*steps.units)) - law.emission.log_density(template)
    return replace(found, offset=steps.offset + units)


@dataclass(frozen=True)
class HighestDensitySteps(HiddenMarkovSteps):
    """`HiddenMarkovSteps` with the prior `law` (`StandardPrior`)."""

    law: Any = None

    criterion = "log posterior"

    @property
    def prior(self):
        """As it is told."""
        return self.law.told

    def levels(self):
        """With a prior of the emissions no state is degenerate, and nothing needs bounds."""
        if self.law.emission is None:
            yield from super().levels()
        else:
            yield self

    def defect(self, state):
        return super().defect(state) if self.law.emission is None else None

    def em(self, state):
        """Objective at `state`, and the state after one step."""
        totals, counts, sums = self.summed(state)
        value = totals.objective + self.law.rows.log_density(np.vstack([state.chain.transmat, state.chain.startprob]))
        if self.law.emission is not None:
            value += self.law.emission.log_density(state.emission)
        return value, HiddenMarkovState(self._chain(state.chain, totals), self.emission_of(state.emission, sums), counts)

    def emission_of(self, law, sums):
        """The M step of the emission."""
        return super().emission_of(law, sums) if self.law.emission is None else self.law.emission.updated(law, sums).mode(law)

    def first_emission(self, law, sums):
        return super().first_emission(law, sums) if self.law.emission is None else self.emission_of(law, sums)

    def _chain(self, chain, totals):
        if self.start_is_stationary:
            extra = np.where(self.law.rows.free, self.law.rows.shapes - 1.0, 0.0)[:-1]
            return raised(chain, totals.pairs + extra, totals.first)
        rows = self.law.rows.mode(np.vstack([totals.pairs, totals.first]), np.vstack([chain.transmat, chain.startprob]))
        return Chain(rows[-1], np.ascontiguousarray(rows[:-1]))
