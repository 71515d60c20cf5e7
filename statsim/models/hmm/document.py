"""A hidden Markov model as JSON values, and back, trusting nothing."""

import numpy as np

from statsim import checks, files
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.models.feature_names import names_of, with_names
from statsim.models.hmm.chain import checked_chain
from statsim.models.hmm.emissions import EMISSIONS
from statsim.models.hmm.posterior.parameter_laws import ParameterLaws
from statsim.models.posterior.document import read_posterior, write_posterior


def write_parameters(model):
    """JSON values of a fitted model."""
    document = {
        "startprob": files.array_to_document(model.startprob_),
        "transmat": files.array_to_document(model.transmat_),
        "emission": model.emission_.name,
        "law": model.emission_.to_document(),
        "missing": model.missing,
        **_write_draws(model),
    }
    return with_names(document, model)


def _write_draws(model):
    """The draws of the parameters, and the structure that their coordinates have, where there are some."""
    if getattr(model, "posterior_", None) is None:
        return {}
    laws = model._parameter_laws
    shown = {name: value if isinstance(value, str) else files.array_to_document(np.asarray(value, float)) for name, value in (("topology", laws.topology), ("start", laws.start))}
    return {**shown, **write_posterior(model)}


def read_parameters(document):
    """Chain, emission, column names and `missing` from what `write_parameters` made; an error for anything else."""
    closed(document, ("startprob", "transmat", "emission", "law", "missing"), ("feature_names", "topology", "start", "posterior"))
    transmat = files.array_from_document(document["transmat"], "transmat", shape=(None, None))
    startprob = files.array_from_document(document["startprob"], "startprob", shape=(len(transmat),))
    chain = checked_chain(startprob, transmat)
    law = EMISSIONS[checks.choice(document["emission"], "emission", tuple(EMISSIONS))].from_document(document["law"])
    if law.shape[0] != chain.n_states:
        raise FileRefusedError(f"the emission has {law.shape[0]} states, the chain {chain.n_states}")
    missing = checks.choice(document["missing"], "missing", ("raise", "mar"))
    return chain, law, names_of(document, law.shape[1]), missing, _read_draws(document, law)


def _read_draws(document, law):
    """`ParameterLaws` and `Draws`, or None and None."""
    if "posterior" not in document:
        if "topology" in document or "start" in document:
            raise FileRefusedError("the file has the structure of a posterior, but no posterior")
        return None, None
    k, d = law.shape
    closed({name: document[name] for name in ("topology", "start") if name in document}, ("topology", "start"))
    topology, start = (
        value if isinstance(value, str) else files.array_from_document(value, name, shape=shape)
        for name, value, shape in (("topology", document["topology"], (k, k)), ("start", document["start"], (k,)))
    )
    laws = ParameterLaws(law, k, d, topology, start)
    draws = read_posterior(document, laws.names)
    laws.mean_law(draws.values.reshape(-1, draws.dim))  # refuses draws that are no parameters
    return laws, draws
