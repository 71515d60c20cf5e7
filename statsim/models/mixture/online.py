"""Online EM of a Gaussian mixture: where it begins, and how it goes on with rows that come later."""

import math
from dataclasses import dataclass, replace

import numpy as np

from statsim.models.mixture.fit import finished, point_mass, standardised
from statsim.models.mixture.online_steps import OnlineMixtureSteps
from statsim.models.mixture.rows import MixtureRows
from statsim.models.mixture.streamed import check_counts, sample_size, sampled_rows
from statsim.models.mixture.survey import Survey


@dataclass(frozen=True)
class OnlineFit:
    """Online EM that can go on: its units (of no rows), its state, and the rows seen."""

    rows: MixtureRows
    state: object
    n_rows: int


def fit_online(batches, *, kind, k, method, key, first=None):
    """Fit a mixture to `Batches` by online EM.

    Parameters
    ----------
    batches : statsim.tables.batches.Batches
    kind, k, key, first
        As for `statsim.models.mixture.fit.fit_mixture`.
    method : OnlineEM

    Returns
    -------
    MixtureParameters, FitResult, OnlineFit or None
        None where every column is constant.
    """
    if method.n_passes > 1:
        batches.require_passes(f"online EM with n_passes={method.n_passes}")
    survey = Survey(sample_size(method, k), key)
    chunks = _chunks(batches, method) if batches.repeats else _twice_begun(_chunks(batches, method)(), survey)
    if batches.repeats:
        survey.add_all(batches.chunks())
    check_counts(survey, k)
    rows = sampled_rows(survey, kind, k)
    if not rows.columns.size:
        for _ in (OnlineMixtureSteps(rows, kind, k, chunks, method.batch_rows, survey.n_heavy).batches() if not batches.repeats else ()):
            pass
        return *point_mass(rows, kind, k), None
    steps = OnlineMixtureSteps(rows, kind, k, chunks, method.batch_rows, survey.n_heavy)
    state, result = method.fit(steps, key=key, first=None if first is None else standardised(first, rows))
    return *finished(state.answer, result, rows, kind), OnlineFit(_units(rows), state, batches.n_rows)


def go_on(batches, before, *, kind, k, method):
    """The same after further `Batches`; `before` is the `OnlineFit` so far."""
    steps = OnlineMixtureSteps(before.rows, kind, k, _chunks(batches, method), method.batch_rows, np.inf)
    state = method.advance(steps, before.state)
    n_rows = before.n_rows + batches.n_rows
    result = method.account(replace(steps, n_rows=n_rows), state)
    return *finished(state.answer, result, before.rows, kind), OnlineFit(before.rows, state, n_rows)


def begun_at(parameters, method):
    """The `OnlineFit` of a mixture with known parameters, before any rows."""
    rows = _units_of(parameters)
    first = standardised(parameters, rows)
    steps = OnlineMixtureSteps(rows, parameters.kind, len(parameters.weights), None, method.batch_rows, np.inf)
    return OnlineFit(rows, method.begin(steps, first), 0)


def _chunks(batches, method):
    """The function that begins a pass in chunks of whole steps."""
    return lambda: batches.chunks(multiple_of=method.batch_rows)


def _twice_begun(chunks, survey):
    """The function that begins the one pass over `chunks`, of which `survey` has seen the first."""
    head = next(chunks, None)
    if head is not None:
        survey.add(*head)

    def all_chunks():
        if head is not None:
            yield head
        yield from chunks

    return all_chunks


def _units(rows):
    """`rows` without the rows."""
    return replace(rows, values=rows.values[:0], weights=rows.weights[:0])


def _units_of(parameters):
    """Centres, and scales that are powers of two, of the columns that move in a mixture."""
    columns = parameters.active
    means, dense = parameters.means[:, columns], parameters.dense[:, columns][:, :, columns]
    centre = parameters.weights @ means
    variances = parameters.weights @ (np.diagonal(dense, axis1=1, axis2=2) + (means - centre) ** 2)
    scale = np.array([math.ldexp(1.0, math.frexp(math.sqrt(variance))[1] - 1) for variance in variances])
    if parameters.kind.name == "spherical" and len(scale):
        scale[:] = scale.max()
    return MixtureRows(
        values=np.empty((0, len(columns))), weights=np.empty(0), starts=np.zeros(1, np.int64), observed=np.ones((1, len(columns)), bool), columns=columns, centre=centre, scale=scale,
        n_features=len(parameters.constant), constant_values=np.where(parameters.constant, parameters.means[0], 0.0),
    )  # fmt: skip
