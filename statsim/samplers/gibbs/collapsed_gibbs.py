"""Labels of a mixture's rows one at a time, parameters integrated out: R. Neal, JCGS 9 (2000), algorithm 3."""

from dataclasses import dataclass
from typing import ClassVar

from statsim.samplers.gibbs.label_sampler import LabelSampler


@dataclass(frozen=True)
class CollapsedGibbs(LabelSampler):
    """Each label given all others; for a fixed number of components and for a Dirichlet process, not for a shared covariance.

    Examples
    --------
    >>> CollapsedGibbs().name
    'CollapsedGibbs'
    """

    name: ClassVar[str] = "CollapsedGibbs"
    algorithm: ClassVar[int] = 1
