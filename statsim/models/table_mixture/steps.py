"""Expectation-maximisation for a mixture over mixed-type rows: starts, one step, and what makes a solution spurious.

Dempster, Laird & Rubin (1977); missing continuous cells by Ghahramani & Jordan (1994); eigenvalues of a component's
covariance are bounded below relative to the covariance of the whole table (Ingrassia & Rocci 2007), which is the exact
maximiser under that bound, so the objective never falls.

With several components the objective of maximum likelihood is the log likelihood plus the log probability of one pseudo-row in each component, whose
discrete, count and missing cells are spread over the table's own margins: every level that occurs stays possible in every
component. Where continuous cells are missing, the pseudo-row also counts as one deviation with the covariance of the whole
table, which settles a column that a component hardly observes. On continuous columns without missing cells it vanishes. Under a `TablePrior` there are
as many pseudo-rows as it says, always with their deviations.
"""

from copy import copy
from functools import cached_property

import numpy as np

from statsim.blocks import row_chunks, summed
from statsim.estimators.climb import DegenerateError
from statsim.kernels.streams import fill_uniform, seed_block
from statsim.kernels.table_mixture import em as kernels
from statsim.models.table_mixture import rows as coded
from statsim.models.table_mixture.cells import as_columns, dispersions_of, missing_shares, shares_of
from statsim.models.table_mixture.counts import count_law
from statsim.models.table_mixture.packing import pack, unpack
from statsim.models.table_mixture.parameters import TableMixtureParameters
from statsim.models.table_mixture.prior import checked_prior
from statsim.models.table_mixture.settled import with_reference
from statsim.models.table_mixture.starts import features, moved_responsibilities, start_responsibilities

MIN_RELATIVE_VARIANCE = 1e-4
"""Smallest variance of a component along any direction, relative to the whole table's: 1 % of its standard deviation."""

_COLLINEAR = 1e-6  # share of the diagonal added to the reference
_REFERENCE_STEPS = 50
_SUBSAMPLE_BLOCK = np.uint64(2**63)  # far from the blocks of the starts
_MOST_SUMS = 16  # tables of sums held at a time, one for each chunk of rows: a table may have thousands of cells
_MANY = 20  # components from which a search that cannot succeed costs minutes
_EMPTY = 1e-6  # rows: a component with less cannot be maximised


class TableMixtureSteps:
    """What `statsim.estimators.MLE` asks of the model on given rows.

    Parameters
    ----------
    arrays : TableArrays
        Checked rows.
    layout : TableLayout
    n_components : int
    min_count : float
        Rows (or weight) that a component must rest on.
    sample_weight : array (n,) or None
        Frequencies: weight 2 is the row twice.

    Attributes
    ----------
    allow_bounded : bool
        Take solutions with a component squeezed onto the lower bound of its covariance.
    """

    offset = 0.0
    remedy = "use fewer components or a smaller min_count"
    bound_reason = "a component shrinks towards a point, a line or a plane (repeated or exactly dependent values)"

    def __init__(self, arrays, layout, *, n_components, min_count, sample_weight=None):
        self.layout, self.n_components, self.min_count, self.allow_bounded = layout, n_components, min_count, False
        self.prior = None
        self._squeezed = set()  # components that a solution had on the bound; shared with the copy on fewer rows
        self.rows = coded.code_rows(arrays, layout.n_levels)
        weights = np.ones(arrays.n_rows) if sample_weight is None else sample_weight
        self.row_weights = np.ascontiguousarray(weights[self.rows.order], dtype=np.float64)
        self.features = features(arrays.take(self.rows.order), self.row_weights)

    @property
    def total_weight(self):
        """Sum of the row weights."""
        return float(self.row_weights.sum())

    @property
    def is_simple(self):
        """True when one start is enough."""
        return self.n_components == 1

    @property
    def is_crowded(self):
        """Many components, on less than twice the rows that they must rest on."""
        return self.n_components >= _MANY and self.total_weight < 2 * self.n_components * self.min_count

    @cached_property
    def rounding(self):
        """Error of the objective where a covariance lies on its bound and columns depend on each other."""
        vary, factor, _ = self._whitener
        pivots = np.diag(factor) ** 2 / np.diag(self._eased_reference)[vary]
        return float(self.total_weight * np.finfo(float).eps / (MIN_RELATIVE_VARIANCE * pivots.min(initial=1.0)))

    @property
    def criterion(self):
        """What the objective is."""
        return "log-likelihood" if self.prior is None else "log posterior"

    def regularised(self, prior, penalty):
        """The same problem under a `TablePrior`."""
        other = copy(self)
        other.prior = checked_prior(prior, penalty)
        other.__dict__.pop("_deviates", None)
        return other

    @property
    def _pseudo_rows(self):
        """Pseudo-rows in each component."""
        if self.prior is not None:
            return float(self.prior.rows)
        return 1.0 if self.n_components > 1 else 0.0

    @property
    def _extra_weight(self):
        """Rows that each weight has beside its own: the Dirichlet concentration less 1."""
        return 0.0 if self.prior is None else float(self.prior.weights.concentration) - 1.0

    @property
    def bound(self):
        """Relative bound that solutions may lie on; 0 when none may."""
        return MIN_RELATIVE_VARIANCE if self.allow_bounded else 0.0

    def levels(self):
        """The problem without solutions on the bound, then with them where there were some."""
        yield self
        if self._squeezed:
            self.allow_bounded = True
            yield self

    def reduced(self, max_rows, key):
        """The same problem on `max_rows` rows drawn without replacement; scales, margins and bounds stay the whole table's."""
        n = self.rows.n_rows
        if n <= max_rows:
            return self
        for name in ("pseudo_row", "_whitener", "_spread", "_deviates", "_eased_reference"):
            getattr(self, name)  # computed here, so that the copy has it
        state, marks = np.empty(4, np.uint64), np.empty(n)
        seed_block(key[0], key[1], _SUBSAMPLE_BLOCK, state)
        fill_uniform(state, marks)
        chosen = np.sort(np.argpartition(marks, max_rows)[:max_rows])
        small = copy(self)
        small.rows, small.row_weights = self.rows.take(chosen), self.row_weights[chosen]
        small.features = (self.features[0][chosen], self.features[1])
        return small

    # ------------------------------------------------------------ the table as one component

    @cached_property
    def pseudo_row(self):
        """Share (T,) of each value of each coded column in the whole table."""
        return self._coded_sums(self.row_weights[None])[0] / self.total_weight

    @cached_property
    def reference(self):
        """The one-component fit: where each start begins, and the scale of every bound."""
        mean, variance = self._column_moments()
        shares = self.row_weights[None]
        current = self._maximised(shares, mean[None], np.diag(variance)[None], bounded=False)
        complete = bool(self.rows.observed.all())
        for _ in range(0 if complete else _REFERENCE_STEPS):
            moved = self._maximised(shares, current.means, _eased(current.covariances), bounded=False)
            change = np.abs(moved.covariances - current.covariances).max(initial=0.0)
            current = moved
            if change <= 1e-9 * np.abs(current.covariances).max(initial=0.0):
                break
        return current

    def _column_moments(self):
        """Weighted mean and variance of the observed cells of each continuous column; the value and 0 in constant columns."""
        cells = self._seen * self.row_weights
        mass = np.maximum(cells.sum(axis=1), np.finfo(float).tiny)
        centred = np.where(self._seen, self.rows.x - self._first[:, None], 0.0)
        shift = (cells * centred).sum(axis=1) / mass
        variance = (cells * (centred - shift[:, None]) ** 2).sum(axis=1) / mass
        return self._first + shift, variance

    @cached_property
    def _seen(self):
        """Which continuous cells (p, n) are observed."""
        return np.ascontiguousarray(self.rows.observed[self.rows.codes[0]].T)

    @cached_property
    def _first(self):
        """First observed value of each continuous column, 0 where there is none."""
        return np.array([next(iter(x[seen]), 0.0) for x, seen in zip(self.rows.x, self._seen, strict=True)])

    @cached_property
    def _whitener(self):
        """Lower factor of the reference covariance over the columns that vary, their index, and the factor's inverse."""
        vary = np.flatnonzero(np.diag(self.reference.covariances[0]) > 0)
        factor = np.linalg.cholesky(self._eased_reference[np.ix_(vary, vary)])
        return vary, factor, np.linalg.inv(factor)

    # ------------------------------------------------------------ steps

    def start(self, index, init, key):
        """Parameters of start number `index`."""
        shares = start_responsibilities(self.features, self.row_weights, self.n_components, index, init, key)
        return self._from_shares(shares)

    def moved(self, parameters, index, key):
        """`parameters` with one component put elsewhere: start number `index`, near a good optimum."""
        shares, _ = coded.responsibilities(parameters, self.layout, self.rows)
        return self._from_shares(moved_responsibilities(shares, self.features, self.row_weights, index, key))

    def _from_shares(self, shares):
        k, reference = self.n_components, self.reference
        means, covariances = np.repeat(reference.means, k, axis=0), np.repeat(self._eased_reference[None], k, axis=0)
        return self._maximised(shares * self.row_weights, means, covariances)

    def em(self, parameters):
        """Objective at `parameters`, and the parameters after one EM step.

        Raises
        ------
        DegenerateError
            When a component is empty, or a row has no finite density.
        """
        table = coded.log_table(parameters, self.layout, self.rows)
        shares, density = coded.responsibilities(parameters, self.layout, self.rows, table)
        objective = float(self.row_weights @ density) + self._penalty(table) + self._deviation_penalty(parameters.covariances)
        objective += self._extra_weight * float(np.log(parameters.weights).sum())
        if not np.isfinite(objective):
            raise DegenerateError("a row has no finite log density")
        shares *= self.row_weights
        mass = shares.sum(axis=1)
        if mass.min() < _EMPTY:
            raise DegenerateError(f"component {mass.argmin()} is empty")
        return objective, self._maximised(shares, parameters.means, parameters.covariances, previous=parameters)

    def _penalty(self, table):
        """Log probability of the pseudo-rows (see the module's docstring)."""
        if not self._pseudo_rows:
            return 0.0
        used = self.pseudo_row > 0
        return self._pseudo_rows * float((table[:, used] @ self.pseudo_row[used]).sum())

    def _deviation_penalty(self, covariances):
        """Log density, up to a constant, of the pseudo-rows' deviations."""
        vary = self._whitener[0]
        if not (self._deviates and self._pseudo_rows and len(vary)):
            return 0.0
        own = covariances[:, vary][:, :, vary]
        traces = np.trace(np.linalg.solve(own, self._eased_reference[np.ix_(vary, vary)][None]), axis1=1, axis2=2)
        return float(-0.5 * self._pseudo_rows * (np.linalg.slogdet(own)[1] + traces).sum())

    @cached_property
    def _deviates(self):
        """Whether the pseudo-rows have a deviation: under a prior, and where some continuous cell is missing."""
        return self.prior is not None or not self.rows.observed.all()

    @cached_property
    def _eased_reference(self):
        return _eased(self.reference.covariances)[0]

    def pack(self, parameters):
        """Coordinates of order one, any combination of which is near a state."""
        return pack(parameters, self.reference, self._spread)

    def unpack(self, vector):
        """The state of a vector, or None when a covariance falls below its bound."""
        state = unpack(vector, self.reference, self._spread, self.n_components)
        vary, _, inverse = self._whitener
        relative = inverse @ state.covariances[:, vary][:, :, vary] @ inverse.T
        if len(vary) and not np.linalg.eigvalsh(relative).min() >= MIN_RELATIVE_VARIANCE * 0.999:
            return None
        self._bound(state.covariances)
        return state

    @cached_property
    def _spread(self):
        variance = np.diag(self.reference.covariances[0])
        return np.sqrt(np.where(variance > 0, variance, 1.0))

    # ------------------------------------------------------------ what a solution rests on

    def bounded(self, parameters):
        """Components whose covariance lies on its lower bound."""
        vary, _, inverse = self._whitener
        if not len(vary):
            return np.array([], np.int64)
        relative = inverse @ parameters.covariances[:, vary][:, :, vary] @ inverse.T
        return np.flatnonzero(np.linalg.eigvalsh(relative)[:, 0] < MIN_RELATIVE_VARIANCE * 1.001)

    def defect(self, parameters):
        """What speaks against a solution, in words, or None."""
        mass = parameters.weights * self.total_weight
        if self.n_components > 1 and mass.min() < self.min_count * (1 - 1e-9):
            return f"component {mass.argmin()} rests on {mass.min():.3g} rows, fewer than min_count={self.min_count:g}"
        squeezed = self.bounded(parameters)
        if len(squeezed) and not self.allow_bounded:
            self._squeezed.update(squeezed.tolist())
            return f"component {squeezed[0]} has shrunk below {MIN_RELATIVE_VARIANCE:g} of the table's variance in some direction"
        return None

    def settled(self, parameters):
        """The parameters, with the whole table's law in each column that a component observes in fewer than `min_count` rows.

        Returns
        -------
        parameters : TableMixtureParameters
        replaced : int
            Number of (component, column) pairs.
        """
        shares, _ = coded.responsibilities(parameters, self.layout, self.rows)
        sums = self._coded_sums(shares * self.row_weights)
        return with_reference(parameters, self.reference, self._observed_mass(sums), self.min_count)

    def _observed_mass(self, sums):
        """Rows (K, columns) in which each component observes each continuous, discrete and count column."""
        cells = np.split(sums, self.rows.offsets[1:], axis=1)
        continuous = cells[0] @ self.rows.observed
        rest = [column[:, 1:].sum(axis=1, keepdims=True) for column in cells[1:]]
        return np.split(np.concatenate([continuous, *rest], axis=1), np.cumsum(self.layout.shape)[:2], axis=1)

    # ------------------------------------------------------------ the M step

    def _maximised(self, shares, means, covariances, *, previous=None, bounded=True):
        """Parameters that maximise the expected objective, given weighted responsibilities (K, n)."""
        mass = shares.sum(axis=1)
        sums = self._coded_sums(shares)
        if bounded and self._pseudo_rows:  # the whole table as one component has no prior
            sums += self._pseudo_rows * self.pseudo_row
        means, covariances = self._gaussians(shares, mass, means, covariances, bounded)
        p, q, r = self.layout.shape
        cells = np.split(sums, self.rows.offsets[1:], axis=1)
        laws = [count_law(cells[1 + q + j][:, 1:], self.rows.count_values[j], dispersions_of(previous, j)) for j in range(r)]
        return TableMixtureParameters(
            weights=(mass + self._extra_weight) / (mass + self._extra_weight).sum(),
            means=means,
            covariances=covariances,
            level_probabilities=tuple(shares_of(cells[1 + j][:, 1:]) for j in range(q)),
            count_means=as_columns([law[0] for law in laws], len(mass)),
            count_dispersions=as_columns([law[1] for law in laws], len(mass)),
            missing_continuous=self._missing_continuous(cells[0]),
            missing_discrete=missing_shares(cells[1 : 1 + q], self.layout.discrete_nullable, len(mass)),
            missing_counts=missing_shares(cells[1 + q :], self.layout.counts_nullable, len(mass)),
        )

    def _coded_sums(self, shares):
        shares = np.ascontiguousarray(shares)

        def sums(start, stop):
            out = np.zeros((len(shares), self.rows.table_size))
            kernels.coded_sums(self.rows.codes, self.rows.offsets, shares, start, stop, out)
            return (out,)

        return summed(sums, row_chunks(self.rows.n_rows, most=_MOST_SUMS))[0]

    def _missing_continuous(self, patterns):
        missing = patterns @ ~self.rows.observed
        share = missing / np.maximum(patterns.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        return np.where(np.array(self.layout.continuous_nullable, bool), np.minimum(share, 1.0), 0.0)

    def _gaussians(self, shares, mass, means, covariances, bounded):
        p = means.shape[1]
        shares = np.ascontiguousarray(shares)

        def moments(start, stop):
            out = np.zeros((len(mass), p)), np.zeros((len(mass), p, p))
            kernels.gaussian_moments(self.rows.x, *self.rows.patterns_between(start, stop), means, covariances, shares, *out)
            return out

        sums, products = summed(moments, row_chunks(self.rows.n_rows, most=_MOST_SUMS))
        safe = np.maximum(mass, np.finfo(float).tiny)
        shift = sums / safe[:, None]
        moved = products / safe[:, None, None] - shift[:, :, None] * shift[:, None, :]
        moved = (moved + moved.transpose(0, 2, 1)) / 2
        if bounded and self._deviates and self._pseudo_rows:
            own = (safe / (safe + self._pseudo_rows))[:, None, None]
            moved = own * moved + (1.0 - own) * self._eased_reference
        return means + shift, self._bound(moved) if bounded else moved

    def _bound(self, covariances):
        """Raise the eigenvalues relative to the reference to `MIN_RELATIVE_VARIANCE` where they are below."""
        vary, factor, inverse = self._whitener
        grid = np.ix_(np.arange(len(covariances)), vary, vary)
        relative = inverse @ covariances[grid] @ inverse.T
        values, vectors = np.linalg.eigh((relative + relative.transpose(0, 2, 1)) / 2)
        below = np.flatnonzero((values < MIN_RELATIVE_VARIANCE).any(axis=1))
        if below.size:
            roots = factor @ vectors[below] * np.sqrt(np.maximum(values[below], MIN_RELATIVE_VARIANCE))[:, None, :]
            covariances[np.ix_(below, vary, vary)] = roots @ roots.transpose(0, 2, 1)
        return covariances


def _eased(covariances):
    """Covariances with a little added to the diagonal, so that exactly dependent columns have a factor."""
    return covariances * (1.0 + _COLLINEAR * np.eye(covariances.shape[1]))
