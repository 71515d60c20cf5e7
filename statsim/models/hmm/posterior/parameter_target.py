"""The posterior of the parameters of a hidden Markov model as a target: hidden states are summed out in the density, and drawn in a Gibbs sweep."""

from dataclasses import replace

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.models.hmm.chain import Chain
from statsim.models.hmm.passes import Law
from statsim.models.hmm.posterior.chain_layout import chain_layout
from statsim.models.hmm.posterior.layouts import layout_of
from statsim.models.hmm.posterior.priors import HiddenMarkovPrior
from statsim.samplers.gibbs.conditional import Conditional
from statsim.samplers.targets.target import Target

_START_SWEEPS = 50
_GUESSED_STAY = 0.5


class ParameterTarget(Target):
    """Made by `HiddenMarkovModel.parameters_given`; `NUTS()` moves along the gradient, `Gibbs()` draws states and parameters in turn.

    Chains begin after 50 Gibbs sweeps from means at random steps. Where states may change their numbers and the posterior stay what it is, draws are shown with
    the states of each in order of their mean in `order_by`: this is exact, the law of the posterior given that order.

    Attributes
    ----------
    prior : HiddenMarkovPrior
        With all its numbers; the scale of a `NormalInverseWishart` by its lower factor.
    order_by : int or None
        The column by which the states of draws are put in order; None where they keep their numbers.
    """

    def __init__(self, sequences, *, template, k, topology, start, prior, order_by):
        if not len(sequences.values):
            raise ArgumentError("X has no steps; give one at least")
        self._chain, layout = chain_layout(topology, start, k), layout_of(template)
        self.prior, emission = _checked_prior(prior, layout)
        self._emission = layout.given(template, sequences.values, k, len(self._chain.names), emission)
        self.prior = replace(self.prior, emission=self._emission.prior)
        self.order_by = _checked_order(order_by, self._chain.is_symmetric and self.prior.is_exchangeable, sequences.values.shape[1])
        chain = self._chain
        self._common = (
            sequences.values, sequences.offsets, chain.places, chain.fixed, int(chain.is_stationary), self.prior.chain_shapes(k),
        )  # fmt: skip
        names = (*chain.names, *self._emission.names)
        super().__init__(
            value_and_gradient=layout.value_and_gradient, dim=len(names), names=names, interpreted=True,
            support=[*chain.support, *self._emission.support], data=(*self._common, *self._emission.prior_data()),
        )  # fmt: skip

    # ------------------------------------------------------------ for samplers

    def draw_start(self, random):
        """Unconstrained: where 50 Gibbs sweeps lead from means at random steps."""
        values, places = self._common[0], self._chain.places
        k, x = places.shape[1], np.empty(self.dim)
        steps = values[[int(integer_below(random, len(values))) for _ in range(k)]]
        free = np.where(places >= 0, 1.0, 0.0)
        stay = np.vstack([np.eye(k), np.zeros(k)]) * free
        table = free / np.maximum(free.sum(axis=1, keepdims=True), 1.0)
        table = np.where(stay.sum(axis=1, keepdims=True) > 0, (1.0 - _GUESSED_STAY) * table + _GUESSED_STAY * stay, table)
        self._chain.place(Chain(table[-1], table[:-1]), x)
        self._emission.place_guess(steps, x)
        (move,) = self.conditionals()
        for _ in range(_START_SWEEPS):
            move.update(x, random, *move.data)
        return self.unconstrain(x)

    def conditionals(self):
        """What `Gibbs()` runs: one sweep over the states, the chain and the emission."""
        return (Conditional(self._emission.sweep, (*self._common, *self._emission.sweep_data())),)

    def shown(self, draws):
        """Draws with the states of each in order, where their numbers mean nothing."""
        if self.order_by is None:
            return draws
        order = np.argsort(self._emission.order(draws.values, self.order_by), axis=-1, kind="stable")
        values = draws.values.copy()
        for places in self._emission.tables:
            flat = np.where(places >= 0, places, 0).reshape(len(places), -1)
            moved = np.take_along_axis(draws.values[..., flat], order[..., None], axis=-2)
            values[..., flat[places.reshape(flat.shape) >= 0]] = moved[..., places.reshape(flat.shape) >= 0]
        moves, start = self._chain.places[:-1], self._chain.places[-1]
        rows = np.take_along_axis(draws.values[..., moves], order[..., None], axis=-2)
        values[..., moves] = np.take_along_axis(rows, order[..., None, :], axis=-1)
        if start.max() >= 0:
            values[..., start] = np.take_along_axis(draws.values[..., start], order, axis=-1)
        warmup = getattr(draws, "warmup", None)
        return replace(draws, values=values, **({} if warmup is None else {"warmup": self.shown(warmup)}))

    # ------------------------------------------------------------ models

    def model(self, x):
        """The `HiddenMarkovModel` at a point x (dim,), such as a draw: ``target.model(draws.values[0, -1])``."""
        from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel

        point = np.asarray(x, np.float64)
        self.unconstrain(point)  # refuses what is no point of the support
        return HiddenMarkovModel._wrapping(Law(self._chain.chain(point), self._emission.law(point)), missing="mar")

    def point(self, model):
        """The point x (dim,) of a fitted `HiddenMarkovModel` of this structure: for `initial=`."""
        x = np.empty(self.dim)
        self._chain.place(Chain(model.startprob_, model.transmat_), x)
        self._emission.place_law(model.emission_, x)
        return x


def _checked_prior(prior, layout):
    """The prior, and that of the emission."""
    prior = HiddenMarkovPrior() if prior is None else prior
    if not isinstance(prior, HiddenMarkovPrior):
        raise ArgumentTypeError(f"prior must be a HiddenMarkovPrior of statsim.models.hmm.posterior.priors, got {prior!r:.100}")
    if prior.sojourn is not None:
        raise ArgumentError(f"sojourn={prior.sojourn!r:.100} of the prior is for HiddenSemiMarkovModel; the sojourns of a HiddenMarkovModel are in its transitions, see sticky=")
    emission = layout.prior_kind() if prior.emission is None else prior.emission
    if not isinstance(emission, layout.prior_kind):
        raise ArgumentTypeError(f"the prior of these emissions must be a {layout.prior_kind.__name__}, got {emission!r:.100}")
    return prior, emission


def _checked_order(order_by, is_symmetric, d):
    if order_by is None or not is_symmetric:
        return None
    return checks.integer(order_by, "order_by", minimum=0, maximum=d - 1)
