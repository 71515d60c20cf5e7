"""A model of tables: a schema that turns frames into arrays and back, and a mixture over the arrays."""

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, FileRefusedError, ImpossibleConditionError
from statsim.estimators.mle import MLE
from statsim.model import closed
from statsim.row_model import RowModel
from statsim.models.synthesizer import evidence as evidence
from statsim.models.synthesizer.components import fit_mixture
from statsim.models.synthesizer.words import describe
from statsim.models.table_mixture.table_mixture import TableMixture
from statsim.tables.arrays import TableArrays
from statsim.tables.codec import cells_of_frame, decode, encode_cells, impossible_rows, log_slopes
from statsim.tables.frames import KINDS, append_rows
from statsim.tables.learning import learn_schema
from statsim.tables.schema import TableSchema


class Synthesizer(RowModel):
    """Mixture model of a data frame: numbers keep their margins, types and missing cells survive the round trip.

    The model holds no row of the data: identifiers are replaced by fresh ones of the same pattern, and whatever the file
    stores of a column rests on at least `min_count` rows.

    Parameters
    ----------
    n_components : int or "auto"
        "auto" takes the number with the lowest BIC.
    method : {"mle"} or MLE
    min_count : int
        Nothing stored rests on fewer rows: no knot, level or component.
    schema : TableSchema, optional
        What the columns are; learnt from the data when None.
    cleaning : sequence of steps of `statsim.tables.cleaning`, optional
        Applied before the schema is learnt, and recorded in it. Not together with `schema`, which has its own.
    rng : None, int, SeedSequence or Generator
        Seeds `fit` only.

    Attributes
    ----------
    schema_ : TableSchema
    mixture_ : TableMixture or None
        None when no column is random.
    bic_path_ : dict of int to float
        The BIC of each number of components tried, for "auto".

    Examples
    --------
    >>> from statsim.data import load_penguins
    >>> model = Synthesizer(2, rng=0).fit(load_penguins())
    >>> rows = model.given({"species": "Gentoo", "sex": None}).sample(3, rng=7)
    >>> rows["species"].to_pylist(), rows["sex"].null_count
    (['Gentoo', 'Gentoo', 'Gentoo'], 3)
    """

    _methods = {"mle": MLE}

    def __init__(self, n_components="auto", *, method="mle", min_count=5, schema=None, cleaning=None, rng=None):
        self.n_components = n_components
        self.method = method
        self.min_count = min_count
        self.schema = schema
        self.cleaning = cleaning
        self.rng = rng

    # ------------------------------------------------------------ fitting

    def fit(self, X, y=None, *, progress=None):
        """Learn the schema (unless one was given) and the mixture.

        Parameters
        ----------
        X : pandas, polars or pyarrow table
        y : ignored
        progress : callable (n_components, bic), optional
            Called after each number of components that "auto" tries.

        Returns
        -------
        Synthesizer
            self.

        Raises
        ------
        DataError, ArgumentError, ArgumentTypeError, FitError

        Warns
        -----
        DataWarning
            When categories were merged or refused.
        """
        method = self._method()
        k = self.n_components if self.n_components == "auto" else checks.integer(self.n_components, "n_components", minimum=1)
        schema = self._schema_for(X)
        arrays = encode_cells(cells_of_frame(X, schema), schema)
        mixture, path = fit_mixture(arrays, k, method=method, min_count=schema.min_count, rng=self.rng, progress=progress)
        self._set(schema, mixture, {})
        self.bic_path_ = path
        self.fit_document_ = {
            "n_rows": arrays.n_rows,
            "n_components_asked": self.n_components,
            "bic_path": [[k, bic] for k, bic in path.items()],
            **({} if mixture is None else mixture.fit_document_),
        }
        return self

    def _schema_for(self, frame):
        if self.schema is None:
            return learn_schema(frame, min_count=self.min_count, cleaning=self.cleaning or ())
        if not isinstance(self.schema, TableSchema):
            raise ArgumentError(f"schema must be a TableSchema, got {type(self.schema).__name__}; learn one with statsim.tables.learn_schema(frame)")
        if self.cleaning:
            raise ArgumentError("cleaning and schema were both given; pass cleaning= to learn_schema instead")
        return self.schema

    def _set(self, schema, mixture, fixed):
        self.schema_, self.mixture_, self.fixed_ = schema, mixture, fixed
        return self

    def _derived(self, schema, mixture, fixed):
        """A model of the same kind with other parameters."""
        k = 1 if mixture is None else len(mixture.weights_)
        return type(self)(k, min_count=schema.min_count)._set(schema, mixture, fixed)

    # ------------------------------------------------------------ sampling

    def sample(self, n=1, *, rng=None, start=0, return_latent=False, num_threads=None, max_bytes=None, as_frame=None):
        """Draw rows, as `Model.sample` does; identifiers depend on the seed and the row number only.

        Parameters
        ----------
        n, rng, start, return_latent, num_threads, max_bytes
            As for every model; the latent variable of a row is its component.
        as_frame : {"pandas", "polars", "pyarrow"}, optional
            Default: the kind of frame that was fitted.

        Returns
        -------
        A frame of n rows, or (frame, labels (n,)).
        """
        if as_frame is not None:
            checks.choice(as_frame, "as_frame", KINDS)
        (*cells, labels), start, key = self._draw(n, rng=rng, start=start, num_threads=num_threads, max_bytes=max_bytes)
        arrays = TableArrays(*cells, self.schema_.layout)
        frame = decode(arrays, self.schema_, row_numbers=start, key=_identifier_key(key), like=as_frame, fixed=self.fixed_)
        return (frame, labels) if return_latent else frame

    def _output_layout(self):
        p, q, r = self.schema_.layout.shape
        return (p, np.float64), (q, np.int32), (r, np.int64), (None, np.int32)

    def _block_fill(self, key):
        return _fill_zeros if self.mixture_ is None else self.mixture_._block_fill(key)

    def augment(self, frame, n, *, where=None, rng=None):
        """A frame with n drawn rows below it.

        Parameters
        ----------
        frame : pandas, polars or pyarrow table
            With the columns of the model.
        n : int
        where : mapping of column to value, optional
            What the new rows have in common, for instance a rare class.
        rng : None, int, SeedSequence or Generator

        Returns
        -------
        A frame of the same kind: the rows of `frame`, then the new ones.

        Raises
        ------
        ArgumentError
            When the frame has other columns than the model.
        """
        self._require_fitted()
        model = self.given(where) if where else self
        return append_rows(frame, model.sample(n, rng=rng, as_frame="pyarrow"), self.schema_)

    # ------------------------------------------------------------ scores

    def score_samples(self, X):
        """Log density (n,) of each row of a frame, in the units of the data.

        Per unit of each number and per tick of each time; levels, counts, point masses and missing cells have
        probabilities. Identifiers count as 1; a row with another value in a constant column has -inf.
        """
        self._require_fitted()
        cells = cells_of_frame(X, self.schema_)
        arrays = encode_cells(cells, self.schema_)
        density = np.zeros(arrays.n_rows) if self.mixture_ is None else self.mixture_.score_samples(arrays)
        density = density - log_slopes(cells, self.schema_, without=self.fixed_)
        return np.where(impossible_rows(cells, self.schema_), -np.inf, density)

    @property
    def n_parameters(self):
        """Number of free parameters of the mixture."""
        self._require_fitted()
        return 0 if self.mixture_ is None else self.mixture_.n_parameters

    def bic(self, X):
        """Schwarz's criterion on a frame; lower is better."""
        scores = self.score_samples(X)
        return -2.0 * float(scores.sum()) + self.n_parameters * float(np.log(max(len(scores), 1)))

    # ------------------------------------------------------------ other laws

    def given(self, conditions):
        """The exact conditional law, given some cells of a row.

        Parameters
        ----------
        conditions : mapping of column to value
            None: the cell is missing.

        Returns
        -------
        Synthesizer
            Over all columns; those given hold their value in every row.

        Raises
        ------
        ImpossibleConditionError
            When no row has these values.
        ArgumentError
            For a column that does not exist.
        """
        self._require_fitted()
        conditions = evidence.checked(conditions, self.schema_, self.fixed_)
        mixture = self.mixture_
        known = evidence.array_evidence(conditions, self.schema_)
        if any(known.values()):
            try:
                mixture = mixture.given(**known)
            except ImpossibleConditionError as error:
                raise ImpossibleConditionError(f"no row has {conditions!r} under this model: {error}") from None
        return self._derived(self.schema_, mixture, {**self.fixed_, **conditions})

    def marginal(self, columns):
        """The law of some columns, in the order named.

        Parameters
        ----------
        columns : sequence of str
        """
        self._require_fitted()
        names = [columns] if isinstance(columns, str) else list(columns)
        schema = self.schema_.select(names)
        places = [place for name in names for place in self.schema_.places[name]]
        of = {kind: [position for block, position in places if block == kind] for kind in ("continuous", "discrete", "counts")}
        mixture = self.mixture_.marginal(**of) if places else None
        return self._derived(schema, mixture, {name: value for name, value in self.fixed_.items() if name in names})

    def describe(self, *, top=4):
        """The columns and the components in words.

        Parameters
        ----------
        top : int
            Largest differences from the whole named for each component.

        Returns
        -------
        statsim.models.synthesizer.words.TableDescription
            Prints as text.
        """
        self._require_fitted()
        return describe(self.schema_, self.mixture_, self.fixed_, checks.integer(top, "top", minimum=0))

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return {
            "schema": self.schema_.to_document(),
            "mixture": None if self.mixture_ is None else self.mixture_._parameters_document(),
            "given": evidence.to_json(self.fixed_, self.schema_),
        }

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, ("schema", "mixture", "given"))
        schema = TableSchema.from_document(parameters["schema"])
        mixture = None if parameters["mixture"] is None else TableMixture._from_parameters_document(parameters["mixture"])
        if (mixture is None) != (schema.layout.shape == (0, 0, 0)) or (mixture is not None and not _fits(mixture, schema)):
            raise FileRefusedError("the mixture of the file does not have the columns that its schema asks for")
        fixed = evidence.from_json(parameters["given"], schema)
        return cls(1 if mixture is None else len(mixture.weights_), min_count=schema.min_count)._set(schema, mixture, fixed)


def _fits(mixture, schema):
    """The layouts agree, names aside."""
    flags = ("continuous_nullable", "n_levels", "discrete_nullable", "counts_nullable")
    return all(getattr(mixture.layout_, flag) == getattr(schema.layout, flag) for flag in flags)


def _fill_zeros(first_block, arrays):
    for array in arrays:
        array[:] = 0


def _identifier_key(key):
    """The key of identifiers in the data set that `key` names: another stream of the same seed."""
    return np.random.SeedSequence([int(word) for word in key], spawn_key=(int(rngs.Purpose.IDENTIFIER),)).generate_state(2, np.uint64)
