"""Gibbs sweeps over states and parameters of hidden Markov models of counts and of symbols (Scott 2002, JASA 97): gamma and Dirichlet draws given the states."""

import math

import numpy as np

from statsim.kernels.hmm.posterior.categorical import fill_log_b_categorical, read_table
from statsim.kernels.hmm.posterior.chain import read_chain
from statsim.kernels.hmm.posterior.poisson import fill_log_b_poisson, read_rates
from statsim.kernels.hmm.posterior.states import count_moves, draw_chain, draw_from_logs
from statsim.kernels.jit import kernel
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def poisson_sweep(x, random, values, offsets, places, fixed, is_stationary, shapes, rate_places, shape, rate):
    """Change x (dim,) in place: states, then the chain, then rates. Arguments as `poisson_value_and_gradient` has them."""
    (n, d), k = values.shape, places.shape[1]
    chain, counts, path = np.empty((k + 1, k)), np.empty((k + 1, k)), np.empty(n, np.int64)
    rates, log_b = np.empty((k, d)), np.empty((n, k))
    possible = read_chain(x, places, fixed, is_stationary, chain) and read_rates(x, rate_places, rates)
    if possible:
        fill_log_b_poisson(values, rates, log_b)
        possible = draw_from_logs(random, log_b, offsets, chain, path)
    if not possible:
        x[rate_places[0, 0]] = math.nan
        return
    count_moves(path, offsets, counts)
    draw_chain(x, random, places, is_stationary, shapes, counts, chain)
    steps, totals = np.zeros((k, d)), np.zeros((k, d))
    for t in range(n):
        for j in range(d):
            if values[t, j] == values[t, j]:
                steps[path[t], j] += 1.0
                totals[path[t], j] += values[t, j]
    for c in range(k):
        for j in range(d):
            x[rate_places[c, j]] = standard_gamma(random, shape[j] + totals[c, j]) / (rate[j] + steps[c, j])


@kernel
def categorical_sweep(x, random, values, offsets, places, fixed, is_stationary, shapes, symbol_places, concentration):
    """Change x (dim,) in place: states, then the chain, then symbols. Arguments as `categorical_value_and_gradient` has them."""
    n, (k, s) = values.shape[0], symbol_places.shape
    chain, counts, path = np.empty((k + 1, k)), np.empty((k + 1, k)), np.empty(n, np.int64)
    table, log_b, posterior = np.empty((k, s)), np.empty((n, k)), np.empty((k, s))
    possible = read_chain(x, places, fixed, is_stationary, chain) and read_table(x, symbol_places, table)
    if possible:
        fill_log_b_categorical(values, table, log_b)
        possible = draw_from_logs(random, log_b, offsets, chain, path)
    if not possible:
        x[symbol_places[0, 0]] = math.nan
        return
    count_moves(path, offsets, counts)
    draw_chain(x, random, places, is_stationary, shapes, counts, chain)
    for c in range(k):
        posterior[c] = concentration
    for t in range(n):
        if values[t, 0] == values[t, 0]:
            posterior[path[t], np.int64(values[t, 0])] += 1.0
    for c in range(k):
        dirichlet(random, posterior[c], table[c])
        for i in range(s):
            x[symbol_places[c, i]] = table[c, i]
