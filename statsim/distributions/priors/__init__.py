"""Priors as explicit objects: each prints with the fit that used it.

One number: `Flat`, `Normal`, `HalfNormal`, `StudentT`, `HalfStudentT`, `HalfCauchy`, `Laplace`, `Gamma`, `InverseGamma`, `LogNormal`, `Exponential`, `Beta`,
`Uniform`. Several together: `Independent`, and the conjugate families in the other files.
"""

from statsim.distributions.priors.block_prior import BlockPrior
from statsim.distributions.priors.conjugate_regression import ConjugateRegression
from statsim.distributions.priors.dirichlet import Dirichlet
from statsim.distributions.priors.dirichlet_process import DirichletProcess
from statsim.distributions.priors.independent import Independent
from statsim.distributions.priors.matrix_normal_inverse_wishart import MatrixNormalInverseWishart
from statsim.distributions.priors.minnesota import Minnesota
from statsim.distributions.priors.mixture_prior import MixturePrior
from statsim.distributions.priors.normal_inverse_gamma import NormalInverseGamma
from statsim.distributions.priors.normal_inverse_wishart import NormalInverseWishart
from statsim.distributions.priors.table_prior import TablePrior
from statsim.distributions.priors.univariate import (
    Beta, Exponential, Flat, Gamma, HalfCauchy, HalfNormal, HalfStudentT, InverseGamma, Laplace, LogNormal, Normal, StudentT, Uniform,
)  # fmt: skip

__all__ = [
    "Beta", "BlockPrior", "ConjugateRegression", "Dirichlet", "DirichletProcess", "Exponential", "Flat", "Gamma", "HalfCauchy", "HalfNormal", "HalfStudentT", "Independent", "InverseGamma", "Laplace",
    "LogNormal", "MatrixNormalInverseWishart", "Minnesota", "MixturePrior", "Normal", "NormalInverseGamma", "NormalInverseWishart", "StudentT", "TablePrior", "Uniform",
]  # fmt: skip
