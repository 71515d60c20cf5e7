"""Sweeps of a sampler of labels, and after each the parameters given the labels."""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.mixture.labels.blocked import blocked_sweep
from statsim.kernels.mixture.labels.collapsed import NO_COMPONENT, NO_ROOM, collapsed_sweep
from statsim.kernels.mixture.labels.components import log_joint, rebuild
from statsim.kernels.mixture.labels.parameter_draws import draw_given_labels, write_parameters
from statsim.kernels.mixture.labels.slices import slice_sweep

BLOCKED, COLLAPSED, SLICES = range(3)


@kernel
def advance_labels(algorithm, random, X, labels, prior, table, drawn, constants, wide, wide_drawn, levels, places, out, stats):
    """Sweep once for each row of out (m, p); stats (m, 2) gets the log joint density of data and labels, and the occupied components.

    Returns (status, sweeps done): `NO_ROOM` where a process has as many components as there is room for, `NO_COMPONENT` where a row has
    density zero under all.
    """
    v = np.empty(X.shape[1])
    for m in range(out.shape[0]):
        rebuild(prior, table, X, labels, v)
        status = 0
        if algorithm == BLOCKED:
            status = 0 if blocked_sweep(random, X, labels, prior, table, drawn) else NO_COMPONENT
        elif algorithm == COLLAPSED:
            status = collapsed_sweep(random, X, labels, prior, table, constants)
        else:
            occupied = slice_sweep(random, X, labels, prior, wide, wide_drawn, levels, places)
            status = NO_COMPONENT if occupied == -2 else 0
            if occupied == -1 or occupied >= table[0].size:
                return NO_ROOM, m
            if status == 0:
                rebuild(prior, table, X, labels, v)
        if status:
            return status, m
        if not draw_given_labels(random, prior, table, drawn):
            return NO_ROOM, m
        write_parameters(prior[0], drawn, out[m])
        stats[m, 0] = log_joint(prior, table)
        stats[m, 1] = np.count_nonzero(table[0])
    return 0, out.shape[0]
