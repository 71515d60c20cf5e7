"""Fidelity of synthetic data: arrays in, a number with its uncertainty out."""

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
    "Copies",
    "Fidelity",
    "Finding",
    "MissingPatterns",
    "Score",
    "association_difference",
    "beyond_range",
    "classifier_two_sample",
    "compare_tables",
    "correlation_difference",
    "correlation_ratio",
    "cramers_v",
    "energy_distance",
    "group_difference",
    "held_out_log_likelihood",
    "holm",
    "ks_complement",
    "likelihood_gap",
    "location_shift",
    "missing_patterns",
    "nearest_records",
    "rank_correlation",
    "spread_ratio",
    "tv_complement",
    "wasserstein",
]
