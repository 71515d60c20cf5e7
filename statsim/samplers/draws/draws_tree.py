"""Draws as a plain xarray DataTree in the layout that ArviZ reads: posterior, sample_stats, and the same of warm-up."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.samplers.draws.named import variables_of
from statsim.version import __version__

_ARVIZ = {"log_density": "lp", "acceptance": "acceptance_rate", "n_gradients": "n_steps", "divergent": "diverging"}


def tree_of(draws):
    """The tree of `draws`; raises `ArgumentError` where xarray is missing."""
    try:
        import xarray
    except ModuleNotFoundError as error:
        raise ArgumentError("to_datatree() needs xarray, which is not installed: pip install 'statsim[xarray]'; to_frame() works without") from error
    groups = {"posterior": _posterior(draws, xarray), "sample_stats": _statistics(draws, xarray)}
    if draws.warmup is not None:
        groups |= {"warmup_posterior": _posterior(draws.warmup, xarray), "warmup_sample_stats": _statistics(draws.warmup, xarray)}
    tree = xarray.DataTree.from_dict({name: group for name, group in groups.items() if group.data_vars})
    tree.attrs = _attributes(draws)
    return tree


def _posterior(draws, xarray):
    variables = {}
    for name, (_, shape) in variables_of(draws.names).items():
        axes = [f"{name}_dim_{axis}" for axis in range(len(shape))]
        variables[name] = (("chain", "draw", *axes), draws[name])
    axes = {axis: np.arange(size) for dims, values in variables.values() for axis, size in zip(dims[2:], values.shape[2:], strict=True)}
    return xarray.Dataset(variables, coords={**_coordinates(draws), **axes}, attrs=_attributes(draws))


def _statistics(draws, xarray):
    shown = {name: array for name, array in draws.stats.items() if name != "excess_energy"}
    variables = {_ARVIZ.get(name, name): (("chain", "draw"), array) for name, array in shown.items()}
    return xarray.Dataset(variables, coords=_coordinates(draws), attrs=_attributes(draws))


def _coordinates(draws):
    return {"chain": np.arange(draws.n_chains), "draw": np.arange(draws.n_draws)}


def _attributes(draws):
    notes = {"notes": "; ".join(draws.notes)} if draws.notes else {}
    return {"inference_library": "statsim", "inference_library_version": __version__, "method": repr(draws.method), **notes}
