"""The variational law of a mixture's parameters: what `VB` returns."""

from functools import cached_property

import numpy as np

from statsim.models.mixture.parameter_rows import parameter_names, split, to_data_units, to_standard_units

_WORK = 4e9  # rows times components times squared columns times draws that are looked at
_LEAST_JUDGED, _MOST_JUDGED = 200, 1000


class VariationalMixture:
    """The law at `state` of the variational problem `steps` (`MixtureSteps` with the rule `MeanField`)."""

    def __init__(self, steps, state):
        self._steps, self.state = steps, state
        self.weights, self.components = steps.rule.laws(state)

    @cached_property
    def names(self):
        """Names of the parameters, in the columns of the data."""
        return parameter_names(self._steps.kind, self._steps.k, self._steps.rows.n_features)

    def typical_state(self):
        """Mean weights, mean means and the inverses of the mean inverse covariances, in standard units."""
        return self.state._replace(weights=self.weights.mean())

    def sample(self, n, key):
        """Independent draws (n, p) in the units of the data."""
        from statsim.kernels.mixture.labels.parameter_draws import fill_parameters

        steps, law = self._steps, self.components
        k, d = law.shape
        values = np.empty((n, k + k * d + int(np.prod(steps.kind.shape(k, d)))))
        code = ("full", "tied", "diag", "spherical").index(steps.kind.name)
        fill_parameters(key, code, *self.weights.tables(), law.kappas, law.dofs, np.ascontiguousarray(law.means), law.lowers(), values)
        return to_data_units(values, steps.rows, steps.kind, k)

    def log_weights(self, draws):
        """Log posterior, up to a constant, less log density of this law, at as many of the first `draws` (n, p) as can be looked at in seconds."""
        steps = self._steps
        k, d = self.components.shape
        judged = int(np.clip(_WORK / (len(steps.rows.weights) * k * d * d), _LEAST_JUDGED, _MOST_JUDGED))
        values = to_standard_units(draws[:judged], steps.rows, steps.kind, k)
        weights, means, covariances = split(values, steps.kind, k, d)
        rule = steps.rule
        prior = rule.standard.law.log_density(means, covariances) - self.components.log_density(means, covariances)
        likelihood = [steps.log_likelihood(self.state._replace(weights=w, means=m, covariances=c)) for w, m, c in zip(weights, means, covariances, strict=True)]
        return np.array(likelihood) + prior + self.weights.log_ratio(rule.prior_weights(), weights)
