"""The principle of maximum likelihood.

The parameters under which the data are most probable (R. A. Fisher, Phil. Trans. R. Soc. A 222, 1922). How they are found is the matter of
the loop that the model's steps name; see `statsim.estimators.loops`.
"""

from dataclasses import dataclass, fields
from typing import ClassVar

from statsim import checks
from statsim.estimators.loops import loop_of


@dataclass(frozen=True)
class MLE:
    """How to fit by maximum likelihood. What a model does not need is not used: one with a closed form has no starts.

    Parameters
    ----------
    n_init : int
        Short runs of EM. Two in five start independently; the others start at the best optimum found so far, with one
        component moved to a random place.
    init : {"mixed", "kmeans++", "kmeans", "random"}
        Where the independent ones start: "kmeans" runs Lloyd's algorithm from k-means++ centres, "kmeans++" takes the centres as they are,
        "random" takes random rows, "mixed" goes round the three.
    max_iter, short_iter : int
        EM steps of a polished and of a short run.
    tol : float
        A polished run stops when the log-likelihood still to be gained is below `tol` per row.
    n_polish : int
        Different optima polished.
    max_rows : int
        Short runs use a subsample of this many rows when there are more.

    Examples
    --------
    >>> MLE(n_init=100).n_init
    100
    """

    n_init: int = 50
    init: str = "mixed"
    max_iter: int = 2000
    short_iter: int = 60
    tol: float = 1e-9
    n_polish: int = 4
    max_rows: int = 3000

    name: ClassVar[str] = "mle"

    def __post_init__(self):
        for name in ("n_init", "max_iter", "short_iter", "n_polish", "max_rows"):
            checks.integer(getattr(self, name), name, minimum=1)
        checks.real(self.tol, "tol", minimum=0.0, open_minimum=True)
        checks.choice(self.init, "init", ("mixed", "kmeans++", "kmeans", "random"))

    def changed_settings(self):
        """The settings that differ from their defaults, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}

    def fit(self, steps, *, key, first=None):
        """The best state of `steps`, and the account of how it was found.

        Parameters
        ----------
        steps : object
            What the model supplies; `steps.loop` names the loop, a search from many starts where it says nothing. Where other principles need other
            steps, `steps.likelihood()` gives those of this one.
        key : ndarray (2,), uint64
            Key of the streams of the starts.
        first : state, optional
            Warm start: the only start.

        Returns
        -------
        state, FitResult

        Raises
        ------
        FitError
            When no usable state is found.
        """
        steps = steps.likelihood() if hasattr(steps, "likelihood") else steps
        return loop_of(steps)(self, steps, key=key, first=first)
