"""The posterior of a mixture's parameters as a target that is sampled through the labels of its rows."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.mixture.kmeans import assign, seed_plus_plus, seed_random
from statsim.kernels.mixture.labels.advance import NO_ROOM, SLICES, advance_labels
from statsim.kernels.mixture.labels.collapsed import fill_predictive_constants
from statsim.models.mixture.label_free import label_free_draws
from statsim.models.mixture.parameter_rows import parameter_names, to_data_units
from statsim.models.mixture.relabelling import relabelled
from statsim.samplers.gibbs.blocked_gibbs import BlockedGibbs
from statsim.samplers.gibbs.collapsed_gibbs import CollapsedGibbs
from statsim.samplers.gibbs.slice_sampler import SliceSampler
from statsim.samplers.targets.target import Target

_STICKS = 256  # components beyond those kept that the slice sampler has room for
_FIRST = 8  # components that a chain of a process begins with
_KINDS = ("full", "tied", "diag", "spherical")


class LabelPosterior(Target):
    """Of the problem `steps` (`MixtureSteps`) under `standard` (`StandardPrior`); draws are in standard units until they are shown."""

    def __init__(self, steps, standard):
        self._steps, self._standard = steps, standard
        self._kernel_prior = _kernel_prior(steps.kind, standard)
        self._rows = _repeated(steps.rows)
        k, d = steps.k, self._rows.shape[1]
        names = parameter_names(steps.kind, k, d)
        data = (self._rows, *(np.asarray(part, float) for part in self._kernel_prior))
        super().__init__(_no_density, dim=len(names), data=data, names=names, interpreted=True)

    def __repr__(self):
        return f"LabelPosterior({len(self._rows)} rows, {self._steps.k} components; BlockedGibbs(), CollapsedGibbs() and SliceSampler() draw it)"

    @property
    def prior(self):
        """The prior in the units of the data."""
        return self._standard.shown

    def default_method(self):
        """Blocks where the number of components is fixed; of a Dirichlet process one label at a time, which mixes better than slices."""
        return BlockedGibbs() if self._standard.concentration is None else CollapsedGibbs()

    # ------------------------------------------------------------ for samplers of labels

    def draw_labels(self, random):
        """First labels (n,): rows go to the nearest of a few rows drawn at random."""
        k = self._steps.k if self._standard.concentration is None else max(1, min(self._steps.k - 1, _FIRST))
        centres, labels = np.empty((k, self._rows.shape[1])), np.full(len(self._rows), -1)
        seed = seed_random if len(self._rows) > k else seed_plus_plus
        seed(self._rows, np.ones(len(self._rows)), random, centres)
        assign(self._rows, centres, labels)
        return labels

    def label_sweeps(self, method):
        """The function (random, labels, values, stats) -> (problem or None, sweeps done) that moves a chain.

        Raises
        ------
        ArgumentError
            For a sampler that does not fit the prior or the covariances.
        """
        self._check(method)
        K, d, prior = self._steps.k, self._rows.shape[1], self._kernel_prior
        constants = np.empty(len(self._rows) + 1 if isinstance(method, CollapsedGibbs) else 0)
        fill_predictive_constants(prior[0], prior[2], prior[3], d, constants)
        wide = K + _STICKS if method.algorithm == SLICES else 0
        tables = _table(K, d), _drawn(K, d), constants, _table(wide, d), _drawn(wide, d), np.empty(len(self._rows)), np.empty(max(K, wide), np.int64)

        def advance(random, labels, values, stats):
            status, done = advance_labels(method.algorithm, random, self._rows, labels, prior, *tables, values, stats)
            stats[:done, 0] += self._steps.rows.log_scale_offset
            return (self._problem(status) if status else None), done

        return advance

    def _check(self, method):
        process, kind = self._standard.concentration is not None, self._steps.kind
        if process and isinstance(method, BlockedGibbs):
            raise ArgumentError("BlockedGibbs() draws a fixed number of components, and the prior is a DirichletProcess; use CollapsedGibbs() or SliceSampler()")
        if not process and isinstance(method, SliceSampler):
            raise ArgumentError("SliceSampler() is for a DirichletProcess, and the prior of the weights is a Dirichlet; use BlockedGibbs() or CollapsedGibbs()")
        if kind.shared and not isinstance(method, BlockedGibbs):
            raise ArgumentError(f"{method.name}() needs components with covariances of their own, and covariance_type='tied' has one for all; use 'full', or a Dirichlet prior with BlockedGibbs()")

    def _problem(self, status):
        if status == NO_ROOM:
            return f"the Dirichlet process needs more components than n_components={self._steps.k} has room for (one must stay empty); raise n_components, or lower the concentration"
        return "a row has density zero under every component; is it an outlier by many orders of magnitude? divide the columns by their spread, or use a wider prior"

    # ------------------------------------------------------------ for those who read the draws

    def shown(self, draws):
        """`draws` with components numbered alike in all, in the units of the data."""
        steps, shape = self._steps, draws.values.shape
        rows = relabelled(draws.values.reshape(-1, shape[2]), steps.kind, steps.k, self._rows, by_weight=self._standard.concentration is not None)
        values = to_data_units(rows, steps.rows, steps.kind, steps.k)
        return replace(draws, values=values.reshape(*shape[:2], -1), names=parameter_names(steps.kind, steps.k, steps.rows.n_features), warmup=None)

    def judged(self, draws):
        """What does not depend on the numbers of components, for diagnosis: labels switch freely in a chain that works."""
        steps = self._steps
        moving = np.arange(self._rows.shape[1]) if draws.dim == self.dim else steps.rows.columns
        return label_free_draws(draws, steps.kind, steps.k, moving)


def _kernel_prior(kind, standard):
    process = standard.concentration is not None
    shapes = np.array([standard.concentration]) if process else standard.shapes
    normal, lower = standard.normal, standard.law.lowers()[0].copy()
    return _KINDS.index(kind.name), normal.mean, float(normal.mean_precision), float(normal.degrees_of_freedom), lower, shapes, process


def _repeated(rows):
    """Rows (n, d), each as often as it weighs."""
    if not rows.complete:
        raise ArgumentError("X has missing values, which method='bayes' does not draw; use method='map' or 'vb' with missing='mar', or leave those rows out")
    if (rows.weights != np.rint(rows.weights)).any():
        bad = float(rows.weights[rows.weights != np.rint(rows.weights)][0])
        raise ArgumentError(f"sample_weight: method='bayes' gives each row a label, so weights must be whole numbers, got {bad:g} among them; use method='map' or 'vb'")
    return np.ascontiguousarray(np.repeat(rows.values, rows.weights.astype(np.int64), axis=0))


def _table(K, d):
    return np.zeros(K, np.int64), np.empty((K, d)), np.empty((K, d, d))


def _drawn(K, d):
    return np.empty(K), np.empty((K, d)), np.zeros((K, d, d)), np.zeros((K, d, d)), np.empty(K)


def _no_density(x, *data):
    raise ArgumentTypeError("the posterior of a mixture is sampled through the labels of its rows; use Bayes(sampler=BlockedGibbs()), CollapsedGibbs() or SliceSampler()")
