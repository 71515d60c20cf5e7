"""A hidden semi-Markov model as JSON values, and back, trusting nothing."""

from statsim import checks, files
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.models.feature_names import names_of, with_names
from statsim.models.hmm.emissions import EMISSIONS
from statsim.models.hmm.semi_chain import checked_semi_chain
from statsim.models.hmm.semi_passes import SemiLaw
from statsim.models.hmm.sojourns import SOJOURNS

MOST = 1_000_000
"""The largest `max_duration`."""
_KEYS = ("startprob", "transmat", "emission", "law", "sojourn", "sojourn_law", "max_duration", "missing")


def write_parameters(model):
    """JSON values of a fitted model."""
    document = {
        "startprob": files.array_to_document(model.startprob_),
        "transmat": files.array_to_document(model.transmat_),
        "emission": model.emission_.name,
        "law": model.emission_.to_document(),
        "sojourn": model.sojourn_.name,
        "sojourn_law": model.sojourn_.to_document(),
        "max_duration": model.max_duration_,
        "missing": model.missing,
    }
    return with_names(document, model)


def read_parameters(document):
    """`SemiLaw`, column names and `missing` from what `write_parameters` made; an error for anything else."""
    closed(document, _KEYS, ("feature_names",))
    transmat = files.array_from_document(document["transmat"], "transmat", shape=(None, None))
    startprob = files.array_from_document(document["startprob"], "startprob", shape=(len(transmat),))
    chain = checked_semi_chain(startprob, transmat)
    emission = EMISSIONS[checks.choice(document["emission"], "emission", tuple(EMISSIONS))].from_document(document["law"])
    sojourn = SOJOURNS[checks.choice(document["sojourn"], "sojourn", tuple(SOJOURNS))].from_document(document["sojourn_law"])
    for what, count in (("emission", emission.shape[0]), ("sojourn law", sojourn.n_states)):
        if count != chain.n_states:
            raise FileRefusedError(f"the {what} has {count} states, the chain {chain.n_states}")
    longest = document["max_duration"]
    if type(longest) is not int or not 1 <= longest <= MOST:
        raise FileRefusedError(f"max_duration must be an integer from 1 to {MOST}, got {str(longest)[:80]}")
    law = SemiLaw(chain, sojourn, emission, longest)
    law.sojourn.log_tables(longest)  # refuses a table longer than that
    return law, names_of(document, emission.shape[1]), checks.choice(document["missing"], "missing", ("raise", "mar"))
