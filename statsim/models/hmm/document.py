"""A hidden Markov model as JSON values, and back, trusting nothing."""

from statsim import checks, files
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.models.feature_names import names_of, with_names
from statsim.models.hmm.chain import checked_chain
from statsim.models.hmm.emissions import EMISSIONS


def write_parameters(model):
    """JSON values of a fitted model."""
    document = {
        "startprob": files.array_to_document(model.startprob_),
        "transmat": files.array_to_document(model.transmat_),
        "emission": model.emission_.name,
        "law": model.emission_.to_document(),
        "missing": model.missing,
    }
    return with_names(document, model)


def read_parameters(document):
    """Chain, emission, column names and `missing` from what `write_parameters` made; an error for anything else."""
    closed(document, ("startprob", "transmat", "emission", "law", "missing"), ("feature_names",))
    transmat = files.array_from_document(document["transmat"], "transmat", shape=(None, None))
    startprob = files.array_from_document(document["startprob"], "startprob", shape=(len(transmat),))
    chain = checked_chain(startprob, transmat)
    law = EMISSIONS[checks.choice(document["emission"], "emission", tuple(EMISSIONS))].from_document(document["law"])
    if law.shape[0] != chain.n_states:
        raise FileRefusedError(f"the emission has {law.shape[0]} states, the chain {chain.n_states}")
    return chain, law, names_of(document, law.shape[1]), checks.choice(document["missing"], "missing", ("raise", "mar"))
