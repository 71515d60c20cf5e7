"""Fidelity of synthetic data and diagnostics of chains: arrays in, a number with its uncertainty out."""

from statsim.metrics.chains.autocorrelation import autocorrelation
from statsim.metrics.chains.effective_sample_size import ess_bulk, ess_mean, ess_quantile, ess_sd, ess_tail
from statsim.metrics.chains.energy import e_bfmi
from statsim.metrics.chains.monte_carlo_error import mcse_mean, mcse_quantile, mcse_sd
from statsim.metrics.chains.pareto import ParetoSmoothed, pareto_k_limit, pareto_smooth
from statsim.metrics.chains.r_hat import r_hat
from statsim.metrics.chains.summary import ChainSummary, summarise_chains
from statsim.metrics.chains.thinning import thinning_interval
from statsim.metrics.classifier import classifier_two_sample
from statsim.metrics.copies import Copies, nearest_records
from statsim.metrics.correlation import correlation_difference, rank_correlation
from statsim.metrics.correlation_ratio import correlation_ratio, group_difference
from statsim.metrics.cramers_v import association_difference, cramers_v
from statsim.metrics.energy import energy_distance
from statsim.metrics.fidelity import Fidelity, compare_tables
from statsim.metrics.findings import Finding
from statsim.metrics.kolmogorov_smirnov import ks_complement
from statsim.metrics.log_likelihood import held_out_log_likelihood, likelihood_gap
from statsim.metrics.missingness import MissingPatterns, missing_patterns
from statsim.metrics.multiplicity import holm
from statsim.metrics.rank_tests import beyond_range, location_shift, spread_ratio
from statsim.metrics.score import Score
from statsim.metrics.total_variation import tv_complement
from statsim.metrics.wasserstein import wasserstein

__all__ = [
    "ChainSummary",
    "Copies",
    "Fidelity",
    "Finding",
    "MissingPatterns",
    "ParetoSmoothed",
    "Score",
    "association_difference",
    "autocorrelation",
    "beyond_range",
    "classifier_two_sample",
    "compare_tables",
    "correlation_difference",
    "correlation_ratio",
    "cramers_v",
    "e_bfmi",
    "energy_distance",
    "ess_bulk",
    "ess_mean",
    "ess_quantile",
    "ess_sd",
    "ess_tail",
    "group_difference",
    "held_out_log_likelihood",
    "holm",
    "ks_complement",
    "likelihood_gap",
    "location_shift",
    "mcse_mean",
    "mcse_quantile",
    "mcse_sd",
    "missing_patterns",
    "nearest_records",
    "pareto_k_limit",
    "pareto_smooth",
    "r_hat",
    "rank_correlation",
    "spread_ratio",
    "summarise_chains",
    "thinning_interval",
    "tv_complement",
    "wasserstein",
]
