r"""Mean-field variational Bayes of a Gaussian mixture.

H. Attias, UAI 1999; C. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2; the truncated stick breaking of D. Blei, M. Jordan,
Bayesian Analysis 1 (2006). Given the counts :math:`N_k`, the means and the typical covariances :math:`(E \Sigma_k^{-1})^{-1}` the law of all parameters is
known, so that these are the state. The bound with the best memberships is the log-likelihood of a mixture with
:math:`E \log \pi_k + \frac12 (E \log|\Sigma_k^{-1}| - \log|E \Sigma_k^{-1}|) - d / 2\kappa_k` in the place of log weights, less the divergence of the prior from the law: exact at any state.
"""

from dataclasses import dataclass

import numpy as np

from statsim.distributions.covariance import CovarianceKind
from statsim.models.mixture.absorption import absorbed
from statsim.models.mixture.component_law import ComponentLaw, _log_determinants
from statsim.models.mixture.standard_prior import StandardPrior
from statsim.models.mixture.weight_law import DirichletWeights, StickWeights


@dataclass(frozen=True)
class MeanField:
    """The rule of variational Bayes for `total` rows; see the module docstring."""

    standard: StandardPrior
    kind: CovarianceKind
    total: float

    criterion = "lower bound of the evidence"
    settles = True
    offset = 0.0

    @property
    def prior(self):
        """The prior in the units of the data."""
        return self.standard.shown

    def laws(self, state):
        """The law of the weights and that of the components at `state`."""
        counts, prior = state.weights * self.total, self.standard.law
        dofs = prior.dofs + (self.total if self.kind.shared else counts)
        units = dofs * (state.means.shape[1] if self.kind.name == "spherical" else 1)
        covariances = state.covariances
        scales = covariances * (units[0] if self.kind.shared else units.reshape(-1, *[1] * (covariances.ndim - 1)))
        components = ComponentLaw(self.kind, state.means, prior.kappas + counts, dofs, scales)
        return self._weights(counts), components

    def _weights(self, counts):
        if self.standard.concentration is None:
            return DirichletWeights(self.standard.shapes + counts)
        later = np.concatenate([np.cumsum(counts[::-1])[::-1][1:], [0.0]])
        return StickWeights(1.0 + counts[:-1], self.standard.concentration + later[:-1])

    def prior_weights(self):
        """The prior law of the weights."""
        return self._weights(np.zeros(len(self.standard.shapes)))

    def log_weights(self, state):
        """What takes the place of log weights."""
        weights, components = self.laws(state)
        k, d = state.means.shape
        log_typical = _log_determinants(self.kind, state.covariances[None], k, d)[0]
        return weights.expected_logs() + 0.5 * (components.expected_log_precisions + log_typical) - 0.5 * d / components.kappas

    def added(self, state):
        """Less the divergence of the prior from the law."""
        weights, components = self.laws(state)
        return -weights.divergence(self.prior_weights()) - components.divergence(self.standard.law)

    def update(self, kind, state, zeroth, means, central):
        """The counts, means and typical covariances of the best law given the moments."""
        means, sums = absorbed(self.standard, kind, zeroth, means, central)
        share = 1.0 / len(zeroth) if kind.shared else 1.0
        covariances = kind.estimate(zeroth + share * self.standard.law.dofs, sums, means.shape[1])
        return zeroth / zeroth.sum(), means, covariances
