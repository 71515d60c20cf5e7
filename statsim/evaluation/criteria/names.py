"""Criteria by name."""

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.evaluation.criteria.aic import AIC
from statsim.evaluation.criteria.aicc import AICc
from statsim.evaluation.criteria.bic import BIC
from statsim.evaluation.criteria.bridge import Bridge
from statsim.evaluation.criteria.cross_validation import CrossValidation
from statsim.evaluation.criteria.icl import ICL
from statsim.evaluation.criteria.psis_loo import PSISLOO
from statsim.evaluation.criteria.smc_evidence import SMCEvidence
from statsim.evaluation.criteria.waic import WAIC

KINDS = (AIC, AICc, BIC, ICL, CrossValidation, WAIC, PSISLOO, Bridge, SMCEvidence)
CRITERIA = {**{kind.name: kind for kind in KINDS}, "loo_cv": lambda: CrossValidation(folds="loo")}


def criterion_of(criterion):
    """The criterion object that a string names, or itself.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if isinstance(criterion, str):
        if criterion not in CRITERIA:
            raise ArgumentError(f"criterion must be one of {', '.join(repr(name) for name in CRITERIA)} or an object of statsim.criteria, got {criterion!r}")
        return CRITERIA[criterion]()
    if isinstance(criterion, KINDS):
        return criterion
    hint = f"; write {criterion.__name__}()" if isinstance(criterion, type) else ""
    raise ArgumentTypeError(f"criterion must be a name or an object of statsim.criteria, got {criterion!r:.100}{hint}")
