"""Draws of the parameters of an autoregression, and what they predict."""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError
from statsim.models.series.forecast import Forecast
from statsim.models.series.parameter_table import ParameterTable, spectral_radii
from statsim.samplers.draws.draws import Draws


@dataclass(frozen=True, eq=False)
class AutoregressivePosterior:
    """`draws` of the parameters that `table` names, and the log marginal likelihood of what they were learned from."""

    draws: Draws
    table: ParameterTable
    log_evidence: float = float("nan")

    @property
    def rows(self):
        """All draws (m, p), chain after chain."""
        return self.draws.values.reshape(-1, self.draws.dim)

    def require_start(self):
        """Refuse draws without a stationary law, where sequences begin in it.

        Raises
        ------
        ArgumentError
        """
        explosive = int((spectral_radii(self.table.parts(self.rows)[0]) >= 1.0 - 1e-10).sum())
        if explosive:
            raise ArgumentError(
                f"{explosive} of {len(self.rows)} draws of the posterior have no stationary law to begin in; use given(history), fit with initial= and the "
                f"{self.table.order} value(s) before the first step, keep to stationary laws by prior=statsim.priors.Minnesota(stationary=True), or draw under "
                f"the means by parameters='mean'"
            )

    def law(self, number, *, initial, before):
        """The law of draw `number`."""
        return next(self.table.laws(self.rows[number : number + 1], initial=initial, before=before))

    def forecast(self, known, before, steps):
        """The `Forecast` of the steps after the values `known` (p, k): mean and covariance of the mixture of the draws' normal laws."""
        coefficients, intercept, slope, noise = self.table.parts(self.rows)
        m, p, k, _ = coefficients.shape
        past = [np.broadcast_to(row, (m, k)) for row in known[len(known) - p :]]
        responses, spread = [np.broadcast_to(np.eye(k), (m, k, k))], np.zeros((m, k, k))
        means, covariances = np.empty((steps, k)), np.empty((steps, k, k))
        for h in range(steps):
            mean = intercept + slope * (before + h + 1.0)
            for lag in range(p):
                mean = mean + np.einsum("mij,mj->mi", coefficients[:, lag], past[-1 - lag])
            spread = spread + responses[-1] @ noise @ responses[-1].transpose(0, 2, 1)
            past.append(mean)
            past = past[len(past) - p :] if p else []
            means[h] = mean.mean(axis=0)
            covariances[h] = spread.mean(axis=0) + (mean - means[h]).T @ (mean - means[h]) / m
            fresh = np.zeros((m, k, k))
            for lag in range(min(p, len(responses))):
                fresh += coefficients[:, lag] @ responses[-1 - lag]
            responses = [*responses[max(len(responses) - p, 0) :], fresh]
        return Forecast(means, covariances)
