"""Other laws made from a kernel density estimate: conditional, marginal, restricted, private; and the same law in other forms."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.models.kde.columns import Categorical, Circular, check_levels, check_turn
from statsim.models.kde.conditional import conditional_law, marginal_law
from statsim.models.named_columns import NamedColumns
from statsim.row_model import RowModel


class DerivedLaws(NamedColumns, RowModel):
    """What `KernelDensity` makes other laws with; a subclass supplies `_parameters` and `_wrapping`."""

    def marginal(self, columns):
        """The estimate of some columns, by number or name, in the order given.

        Examples
        --------
        >>> import statsim as ss
        >>> ss.KernelDensity(bandwidth=1.0).fit([[1.0, 2.0], [3.0, 5.0]]).marginal([1]).rows_.tolist()
        [[2.0], [5.0]]
        """
        law = self._parameters()
        indices = self._chosen(columns)
        return self._wrapping(marginal_law(law, indices), names=self._names(indices))

    def given(self, values):
        """The estimate of the other columns when some have known values.

        Parameters
        ----------
        values : dict
            Column number or name to value; at least one column must be left.

        Raises
        ------
        ImpossibleConditionError
            When no kernel reaches the values.

        Examples
        --------
        >>> import statsim as ss
        >>> model = ss.KernelDensity(bandwidth=1.0).fit([[0.0, 2.0], [2.0, 5.0]])
        >>> model.given({0: 1.0}).weights_.tolist()
        [0.5, 0.5]
        """
        law = self._parameters()
        columns, numbers, free = self._known(values)
        if not columns.size:
            return self._wrapping(law, names=self._names(free))
        self._check_cells(columns, numbers)
        return self._wrapping(conditional_law(law, columns, numbers), names=self._names(free))

    def _check_cells(self, columns, numbers):
        for j, value in zip(columns, numbers, strict=True):
            kind = self._law.columns[j]
            if isinstance(kind, Categorical):
                check_levels(np.array([value]), kind, f"column {j}")
            elif isinstance(kind, Circular):
                check_turn(np.array([value]), kind, f"column {j}")

    def where(self, predicate=None, *, bounds=None, linear=None):
        """The estimate given that its row lies in a region: a target for `statsim.samplers.sampling`.

        Parameters
        ----------
        predicate : callable, optional
            Maps rows (n, d) to truth values (n,).
        bounds : dict, optional
            Column number or name to (low, high), None or an infinity where there is no bound.
        linear : (A, b), (A, low, high) or scipy.optimize.LinearConstraint, optional
            A x = b, or low <= A x <= high, with A (m, d). Equalities need a Gaussian kernel over real columns.

        Returns
        -------
        RestrictedMixture or RestrictedDensity

        Raises
        ------
        ArgumentError, ArgumentTypeError
        ImpossibleConditionError
            When nothing satisfies the constraints.

        Examples
        --------
        >>> import statsim as ss
        >>> from statsim.samplers.sampling import sample
        >>> draws = sample(ss.KernelDensity(bandwidth=1.0).fit([[0.0], [1.0]]).where(bounds={0: (3.0, None)}), draws=100, rng=0)
        >>> bool(draws.values[..., 0].min() > 3.0)
        True
        """
        from statsim.models.kde.mixture import is_mixture
        from statsim.models.kde.restricted import RestrictedDensity
        from statsim.models.restricted.region import region_of

        law = self._parameters()
        if is_mixture(law):
            return self.to_mixture().where(predicate, bounds=bounds, linear=linear)
        region = region_of(predicate, bounds, linear, column=self._column, n_features=self.n_features_in_)
        return RestrictedDensity(self, law, region, self._names(slice(None)))

    def private(self, min_count=10):
        """An estimate of group means: groups of at least `min_count` rows, each replaced by its mean (microaggregation).

        No row of it rests on fewer rows than that. A mean equals a row of the data only by chance, or where the whole group is equal. Mean and variance of each column that may be any
        number stay as they were; detail finer than a group is lost. It is not differentially private: whoever knows all rows of a group but one can compute that one, and two private
        forms of nearly the same data can be subtracted.

        Parameters
        ----------
        min_count : int
            At least 2.

        Returns
        -------
        KernelDensity

        Raises
        ------
        ArgumentError
            When there are fewer rows than that.

        Examples
        --------
        >>> import statsim as ss
        >>> model = ss.KernelDensity().fit(np.arange(100.0)[:, None])
        >>> len(model.private(10).rows_)
        8
        """
        from statsim.models.kde.private import private_law

        law, min_count = self._parameters(), checks.integer(min_count, "min_count", minimum=2)
        if law.min_count:
            raise ArgumentError(f"this estimate holds means of {law.min_count} rows or more already; make the private form from the model that was fitted")
        return self._wrapping(private_law(law, min_count), names=self._names(slice(None)))

    def to_target(self):
        """The density as a `Target` with its analytic gradient, for `statsim.samplers`; chains start at draws of the model.

        Raises
        ------
        ArgumentError
            For categorical columns: fix them with `given`, or leave them out with `marginal`.

        Examples
        --------
        >>> import statsim as ss
        >>> ss.KernelDensity(bandwidth=2.0).fit([[1.0]]).to_target().gradient([3.0]).tolist()
        [-0.5]
        """
        from statsim.models.kde.mixture import is_mixture, mixture_of
        from statsim.models.kde.target import KernelTarget
        from statsim.models.mixture.target import MixtureTarget

        law, names = self._parameters(), self._names(slice(None))
        return MixtureTarget(mixture_of(law), names) if is_mixture(law) else KernelTarget(law, names)

    def to_mixture(self):
        """The same law as a `GaussianMixture` with one component for each row, for a Gaussian kernel over real columns.

        Returns
        -------
        GaussianMixture
        """
        from statsim.models.kde.mixture import mixture_of
        from statsim.models.mixture.gaussian_mixture import GaussianMixture

        return GaussianMixture._wrapping(mixture_of(self._parameters()), names=self._names(slice(None)))
