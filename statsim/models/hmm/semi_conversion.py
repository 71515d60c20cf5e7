"""A hidden Markov model as a hidden semi-Markov model with geometric sojourns, and back."""

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from statsim.models.hmm.semi_chain import is_left, without_self
from statsim.models.hmm.sojourns import Geometric


def semi_from_markov(model):
    """Parameters of the `HiddenSemiMarkovModel`, but for `max_duration`."""
    if not isinstance(model, HiddenMarkovModel):
        raise ArgumentTypeError(f"model must be a HiddenMarkovModel, got {model!r:.100} of type {type(model).__name__}")
    model._require_fitted()
    stay = model.transmat_.diagonal()
    moves = without_self(model.transmat_, ~np.eye(len(stay), dtype=bool) & (stay < 1.0)[:, None])
    ends = np.where(stay < 1.0, 1.0 - stay, 1.0)  # a state that is never left: its sojourns follow one another unseen
    return {"startprob": model.startprob_, "transmat": moves, "sojourn": Geometric(ends), "emission": model.emission_}


def markov_from_semi(model):
    """The `HiddenMarkovModel`."""
    model._require_fitted()
    if not isinstance(model.sojourn_, Geometric):
        raise ArgumentError(
            f"a hidden Markov model has geometric sojourns, and these are {model.sojourn_.name}; fit HiddenMarkovModel to the data, or to draws of this model"
        )
    ends = np.where(is_left(model.transmat_), model.sojourn_.probabilities, 1.0)[:, None]
    transmat = (1.0 - ends) * np.eye(len(ends)) + ends * model.transmat_
    return HiddenMarkovModel.from_parameters(startprob=model.startprob_, transmat=transmat, emission=model.emission_)
