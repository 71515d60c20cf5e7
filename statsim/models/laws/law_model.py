"""The base of laws as models: fitted by every principle, scored, drawn, saved.

A subclass (through `NumberLaw` or `VectorLaw`) is one file: the names of its parameters and where they lie, its kernels, where a climb
begins or the formula that needs none, its default prior, and its conjugate posterior where there is one.
"""

import warnings
from dataclasses import replace
from typing import ClassVar

import numpy as np

from statsim import checks, files
from statsim import rng as rngs
from statsim.blocks import BLOCK_ROWS
from statsim.distributions.priors import Independent
from statsim.errors import ArgumentError, ArgumentTypeError, FitError, FitWarning
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.estimators.vb import VB
from statsim.models.laws.law_steps import LawSteps
from statsim.models.laws.law_target import LawTarget
from statsim.models.laws.observations import observed
from statsim.models.laws.variational import OneBlock, VariationalSolution
from statsim.models.posterior.document import read_posterior, write_posterior
from statsim.models.posterior.predictive import mean_log_density
from statsim.row_model import RowModel


class LawModel(RowModel):
    """A law. See the module docstring for what a subclass supplies."""

    _methods: ClassVar[dict] = {"mle": MLE, "map": MAP, "bayes": Bayes, "vb": VB}
    _takes_independent: ClassVar[bool] = True
    """Whether a dict of priors, one for each parameter, is taken."""

    # ------------------------------------------------------------ steps of a subclass

    def _all_names(self):
        """The parameters in the order of the kernels."""
        raise TypeError(f"{type(self).__name__} lacks the step _all_names")

    def _all_supports(self):
        """One set of `statsim.samplers.supports` for each of them."""
        raise TypeError(f"{type(self).__name__} lacks the step _all_supports")

    def _known(self):
        """Those that are not learned, by name."""
        return {}

    @staticmethod
    def _kernels():
        """The module of `statsim.kernels.laws` with `fill`, `log_density` and `log_posterior`."""
        raise TypeError("a law lacks the step _kernels")

    def _solve(self, data):
        """All parameters at the maximum of the likelihood by formula; None where there is none, and `_start` begins a climb."""
        return None

    def _start(self, data):
        """All parameters where a climb begins, inside their support, from whole data: here the formula of maximum likelihood."""
        return self._solve(data)

    def _default_prior(self, data):
        """The weak prior on the scale of `data` that is used when none is given."""
        raise TypeError(f"{type(self).__name__} lacks the step _default_prior")

    def _conjugate(self, prior, data):
        """The posterior in closed form under `prior` (draws(n, key), mode(), log_density(parameters)), or None where it has none."""
        return None

    def _target(self, data, prior):
        """The posterior that chains draw from, where it has no closed form."""
        return LawTarget(self, data, prior)

    def _mode(self, prior, data):
        """The free parameters of highest posterior density by a formula of the law's own, or None."""
        return None

    def _variational(self, prior, data, steps):
        """The variational steps, or None: here of a posterior of one block."""
        posterior = self._conjugate(prior, data)
        if posterior is None:
            return None
        return VariationalSolution(prior, OneBlock(posterior, self.parameter_names), steps.log_evidence(prior, posterior))

    def _remark(self, full, data):
        """What must be said of a maximum (None for nothing); raises `FitError` where there is none."""
        return

    def _prior_wanted(self):
        """What a prior of this law is, for messages."""
        return f"{type(self).__name__} takes a dict of one prior for each of {', '.join(self.parameter_names)}"

    # ------------------------------------------------------------ parameters

    @property
    def parameter_names(self):
        """The parameters that are learned."""
        return tuple(name for name, free in zip(self._all_names(), self._is_free(), strict=True) if free)

    @property
    def parameter_supports(self):
        """One set of `statsim.samplers.supports` for each of them."""
        return tuple(support for support, free in zip(self._all_supports(), self._is_free(), strict=True) if free)

    def _free_supports(self, data):
        """`parameter_supports`, given the data."""
        return list(self.parameter_supports)

    def _is_free(self):
        known = self._known()
        return np.array([name not in known for name in self._all_names()])

    def _full(self, parameters):
        """All parameters from those that are learned."""
        known = self._known()
        if not known:
            return np.asarray(parameters, float)
        full = np.array([known.get(name, 0.0) for name in self._all_names()], float)
        full[self._is_free()] = parameters
        return full

    def _all_values(self):
        """All parameters of the fitted law."""
        return np.array([getattr(self, f"{name}_") for name in self._all_names()], float)

    @property
    def parameter_values(self):
        """The learned parameters (p,) in the order of `parameter_names`."""
        self._require_fitted()
        return self._all_values()[self._is_free()]

    def with_parameters(self, values):
        """The same law with other parameters (p,), in the order of `parameter_names`."""
        values, names = np.asarray(values, float), self.parameter_names
        if values.shape != (len(names),):
            raise ArgumentError(f"values must be the {len(names)} numbers {', '.join(names)}, got shape {values.shape}")
        return self._rebuilt(self._full(values))

    def _rebuilt(self, full):
        """A model of the same settings with all parameters given."""
        raise TypeError(f"{type(self).__name__} lacks the step _rebuilt")

    def _set(self, full):
        for name, value in zip(self._all_names(), full, strict=True):
            setattr(self, f"{name}_", float(value))
        return self

    def _log_prior(self, prior, parameters):
        names = self.parameter_names
        return prior.log_density(names, parameters) if isinstance(prior, Independent) else float(prior.log_density(*parameters))

    # ------------------------------------------------------------ fitting

    def _fit(self, data, n_samples):
        method, steps = self._method(), LawSteps(self, data)
        with np.errstate(over="ignore", invalid="ignore"):
            state, result = method.fit(steps, key=rngs.stream_key(self.rng, rngs.Purpose.FIT))
            is_posterior = isinstance(state, Posterior)
            full = self._full(state.mean if is_posterior else state)
        if not np.isfinite(full).all():
            shown = ", ".join(f"{name}={value:g}" for name, value in zip(self._all_names(), full, strict=True))
            raise FitError(f"the fit of {type(self).__name__} is not finite ({shown}): divide the data by their size, and give improper priors enough rows")
        if not is_posterior:
            result = self._remarked(result, full, data)
        self.posterior_ = state.draws if is_posterior else None
        self._set(full)
        self.fit_result_ = result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_samples": int(n_samples)}
        return self

    def posterior_target(self, X, sample_weight=None):
        """The posterior of the parameters given X, under the prior of `method` or the default one, as a `Target`.

        It is likelihood times prior density, both whole: its integral is the marginal likelihood.
        """
        data = observed(self._as_data(X), sample_weight)
        return LawSteps(self, data).density(getattr(self._method(), "prior", None))

    def _remarked(self, result, full, data):
        """The account with what the law has to say of its maximum; warnings are issued."""
        remark = self._remark(full, data)
        result = result if remark is None else replace(result, warnings=(*result.warnings, remark))
        for message in result.warnings:
            warnings.warn(message, FitWarning, stacklevel=4)
        return result

    # ------------------------------------------------------------ scores and draws

    def _as_data(self, X):
        """Checked values for the kernels."""
        raise TypeError(f"{type(self).__name__} lacks the step _as_data")

    def _fill_log_density(self, values, full, out):
        self._kernels().log_density(values, full, out)

    def score_samples(self, X):
        """Log density (n_samples,) of each value (log probability of a count); of a Bayesian fit the log of the posterior mean of the density."""
        self._require_fitted()
        values = self._as_data(X)
        return mean_log_density(lambda full, out: self._fill_log_density(values, full, out), self._parameter_table(), len(values))

    def _parameter_table(self, parameters="posterior"):
        """All parameters in rows (m, p): of the draws of the posterior, or the one row of the fit."""
        draws = getattr(self, "posterior_", None)
        if draws is None or parameters == "mean":
            return self._all_values()[None]
        table = np.repeat(self._all_values()[None], draws.n_chains * draws.n_draws, axis=0)
        table[:, self._is_free()] = draws.values.reshape(-1, draws.dim)
        return table

    def _output_layout(self):
        return ((None, np.float64),)

    def _wrap_rows(self, arrays, *, return_latent, start, key):
        return (arrays[0], np.empty((len(arrays[0]), 0))) if return_latent else arrays[0]

    def _block_fill(self, key):
        return self._fill_with(key, self._parameter_table("mean"))

    def _predictive_fill(self, key):
        return self._fill_with(key, self._parameter_table())

    def _fill_with(self, key, table):
        kernel = self._kernels().fill

        def fill(first_block, arrays):
            kernel(key, first_block, BLOCK_ROWS, table, arrays[0])

        return fill

    # ------------------------------------------------------------ files

    def _posterior_document(self):
        return write_posterior(self)

    def _read_posterior(self, parameters):
        self.posterior_ = read_posterior(parameters, self.parameter_names)
        return self


def positive(value, name):
    """A parameter above 0."""
    return checks.real(value, name, minimum=0.0, open_minimum=True)


def share(value, name):
    """A probability."""
    return checks.real(value, name, minimum=0.0, maximum=1.0)


def number_to_document(value):
    """One number, lossless."""
    return files.array_to_document(np.array([float(value)]))


def checked_fixed(fixed, names, owner):
    """`fixed` as a dict of floats by names of parameters, not all of them."""
    if fixed is None:
        return {}
    if not isinstance(fixed, dict):
        raise ArgumentTypeError(f"fixed must be a dict of parameter names to known values, got {fixed!r:.80}")
    strange = [name for name in fixed if name not in names]
    if strange:
        raise ArgumentError(f"fixed: {owner} has no parameter {strange[0]!r}; it has {', '.join(names)}")
    if len(fixed) == len(names):
        raise ArgumentError(f"fixed={fixed!r} leaves nothing to learn; use {owner}.from_parameters")
    return {name: checks.real(value, f"fixed[{name!r}]") for name, value in fixed.items()}
