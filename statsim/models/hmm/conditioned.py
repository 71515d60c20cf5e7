"""A model with hidden states given what is known of a sequence: its first steps, single steps later on, the state it ends in.

Exact: paths come from the posterior of the states given the evidence (forward filter, backward sample), then each step that is not known is emitted by
its state. A conditioned model draws sequences like any other.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError, ImpossibleConditionError
from statsim.sequence_model import SequenceModel


class ConditionedHiddenMarkovModel(SequenceModel):
    """Made by `HiddenMarkovModel.given` and `HiddenSemiMarkovModel.given`; `sample(n, ...)` draws sequences of n steps that agree with what is known.

    Attributes
    ----------
    n_features_in_ : int
    known_ : dict
        Step to row (d,), NaN where a coordinate is not known.
    end_state_ : int or None
    """

    def __init__(self, model, known, end_state):
        self.model = model
        self.known_, self.end_state_ = known, end_state
        self.n_features_in_ = model.n_features_in_
        self._filters = {}

    def __repr__(self):
        end = "" if self.end_state_ is None else f", end_state={self.end_state_}"
        return f"{self.model!r}.given({len(self.known_)} known step(s){end})"

    # ------------------------------------------------------------ the evidence

    def _evidence(self, n):
        """Log density (n, k) of what is known of each step given its state; 0 where nothing is."""
        self._check_length(n)
        law = self.model._law()
        values, logs = np.full((n, self.n_features_in_), np.nan), np.zeros((n, law.chain.n_states))
        for step, row in self.known_.items():
            values[step] = row
        known = np.array(sorted(self.known_), np.int64)
        if known.size:
            out = np.empty((len(known), law.chain.n_states))
            law.emission.fill_log_density(values[known], np.array([0, len(known)], np.int64), 0, len(known), out)
            logs[known] = out
        if self.end_state_ is not None:
            logs[n - 1, np.arange(law.chain.n_states) != self.end_state_] = -np.inf
        return logs

    def _check_length(self, n):
        last = max(self.known_, default=-1)
        if n <= last or n < 1:
            raise ArgumentError(f"n must be at least {max(last + 1, 1)} to hold the steps that are known, got {n}")

    def _filtered(self, n):
        """What is known of a sequence of n steps, as the model's `_evidence` has it."""
        if n not in self._filters:
            self._filters[n] = self.model._evidence(self._evidence(n))
            if not self._filters[n].log_evidence > -np.inf:
                raise ImpossibleConditionError(f"what is given has probability zero in a sequence of {n} steps: {self._words()}")
        return self._filters[n]

    def _words(self):
        steps = ", ".join(f"step {step} = {np.asarray(row).tolist()}" for step, row in list(self.known_.items())[:5])
        return "; ".join(filter(None, [steps, "" if self.end_state_ is None else f"end_state={self.end_state_}"]))

    def log_evidence(self, n):
        """Log density of what is known, in a sequence of n steps."""
        return self._filtered(checks.integer(n, "n", minimum=1)).log_evidence

    # ------------------------------------------------------------ draws and densities

    def _output_layout(self):
        return self.model._output_layout()

    def _sequence_fill(self, key):
        law = self.model._law()

        def fill(first, offsets, arrays):
            rows, path = arrays
            for i, (a, b) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)):
                if a == b and not self.known_ and self.end_state_ is None:
                    continue
                self._filtered(b - a).fill(key, first + i, path[a:b])
                known, values = self._rows(b - a)
                law.emission.fill_around(key, first + i, path[a:b], known, values, rows[a:b])

        return fill

    def _rows(self, n):
        """Which steps are known (n,), and their values (n, d)."""
        known, values = np.zeros(n, bool), np.full((n, self.n_features_in_), np.nan)
        for step, row in self.known_.items():
            known[step], values[step] = True, row
        return known, values

    def _log_likelihoods(self, sequences):
        scores = np.empty(len(sequences))
        for i in range(len(sequences)):
            X = sequences.values[sequences.offsets[i] : sequences.offsets[i + 1]]
            evidence = self.log_evidence(len(X))
            agrees = all((np.isnan(row) | (X[step] == row)).all() for step, row in self.known_.items())
            scores[i] = self._joint(X) - evidence if agrees else -np.inf
        return scores

    def _joint(self, X):
        """Log density of a sequence that ends in the state wanted."""
        law = self.model._law()
        logs = np.empty((len(X), law.chain.n_states))
        law.emission.fill_log_density(X, np.array([0, len(X)], np.int64), 0, len(X), logs)
        if self.end_state_ is not None:
            logs[-1, np.arange(law.chain.n_states) != self.end_state_] = -np.inf
        return self.model._evidence(logs).log_evidence


def conditioned(model, prefix, end_state, observed):
    """The `ConditionedHiddenMarkovModel` of what a user gives.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if prefix is None and end_state is None and not observed:
        raise ArgumentError("given() needs prefix=steps, end_state=number or observed={step: value}")
    known = {}
    if prefix is not None:
        known.update(enumerate(_prefix(model, prefix)))
    for step, value in (observed or {}).items():
        place = checks.integer(step, "a step of observed", minimum=0)
        if place in known:
            raise ArgumentError(f"observed names step {place}, which prefix or observed has already")
        known[place] = _row(value, place, model)
    for step, row in known.items():
        model.emission_.check_steps(row[None], f"step {step}")
        if np.isnan(row).any() and not np.isnan(row).all() and not model.emission_.conditions_columns:
            raise ArgumentError(
                f"step {step} is known in part: {row.tolist()}; {model.emission_.name} emissions have no law of some columns given the others in closed form: "
                f"give all of the step, or none"
            )
    if model.emission_.lags and sorted(known) != list(range(len(known))):
        raise ArgumentError(
            f"observed={observed!r}: steps of {model.emission_.name} emissions depend on those before, and what lies between would have to be summed out over "
            f"every path of states; only a prefix can be known. Give the steps from 0 on as prefix=, or draw by "
            f"rejection what comes near: sample(model.where(lambda X: abs(X[:, step, 0] - value) < 0.1, n=steps))"
        )
    if end_state is not None:
        checks.integer(end_state, "end_state", minimum=0, maximum=len(model.startprob_) - 1)
    return ConditionedHiddenMarkovModel(model, known, None if end_state is None else int(end_state))


def _prefix(model, prefix):
    """The steps (n, d) of a prefix; an empty one has none."""
    if len(prefix) == 0:
        return []
    sequences = model._sequences(prefix, "prefix")
    if not sequences.is_single:
        raise ArgumentTypeError("prefix must be one sequence (n_steps, n_features), got several")
    return sequences.values


def _row(value, step, model):
    row = np.atleast_1d(np.asarray(value, np.float64))
    if row.shape != (model.n_features_in_,) or np.isinf(row).any():
        raise ArgumentError(f"observed[{step}] must be {model.n_features_in_} finite number(s), got {value!r}")
    return row
