"""Draws of a posterior as JSON values of a model file, and back, trusting nothing."""

import numpy as np

from statsim import files
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics

def write_posterior(model):
    """{"posterior": ...} of a model that has one, else nothing. The statistics of the sampler are no part of the model."""
    draws = getattr(model, "posterior_", None)
    if draws is None:
        return {}
    values = {"chains": draws.n_chains, "draws": draws.n_draws, "names": list(draws.names), "values": files.array_to_document(draws.values.reshape(-1, draws.dim))}
    return {"posterior": values}


def read_posterior(parameters, names):
    """`Draws` in the parameters of a file, or None; the coordinates must be `names`."""
    if "posterior" not in parameters:
        return None
    found = parameters["posterior"]
    closed(found, ("chains", "draws", "names", "values"))
    if found["names"] != list(names):
        raise FileRefusedError(f"the posterior has the coordinates {str(found['names'])[:200]}, the model {str(list(names))[:200]}")
    chains, draws = found["chains"], found["draws"]
    if type(chains) is not int or type(draws) is not int or not (chains > 0 and draws > 0):
        raise FileRefusedError(f"the posterior must have at least one chain and draw, got chains={chains!r:.40}, draws={draws!r:.40}")
    values = files.array_from_document(found["values"], "posterior", shape=(chains * draws, len(names)))
    if not np.isfinite(values).all():
        raise FileRefusedError("the posterior holds a draw that is not finite")
    return Draws(values.reshape(chains, draws, len(names)), Statistics({}), tuple(names))
