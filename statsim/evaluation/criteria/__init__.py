"""Criteria of how well a model does on data, one a file: information criteria, predictive scores, marginal likelihoods.

Each is an object with settings; ``value(model, X)`` gives a `CriterionValue`, and `statsim.compare` and `statsim.select` take it as ``criterion=``.
"""

from statsim.evaluation.criteria.aic import AIC
from statsim.evaluation.criteria.aicc import AICc
from statsim.evaluation.criteria.bic import BIC
from statsim.evaluation.criteria.bridge import Bridge
from statsim.evaluation.criteria.criterion_value import CriterionValue
from statsim.evaluation.criteria.cross_validation import CrossValidation
from statsim.evaluation.criteria.icl import ICL
from statsim.evaluation.criteria.psis_loo import PSISLOO
from statsim.evaluation.criteria.smc_evidence import SMCEvidence
from statsim.evaluation.criteria.waic import WAIC

__all__ = ["AIC", "AICc", "BIC", "Bridge", "CriterionValue", "CrossValidation", "ICL", "PSISLOO", "SMCEvidence", "WAIC"]
