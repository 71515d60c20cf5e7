"""A Dirichlet process mixture by slices: S. Walker (2007), Communications in Statistics 36; M. Kalli, J. Griffin, S. Walker (2011), Statistics and Computing 21."""

from dataclasses import dataclass
from typing import ClassVar

from statsim.samplers.gibbs.label_sampler import LabelSampler


@dataclass(frozen=True)
class SliceSampler(LabelSampler):
    """Labels of an unknown number of components, all rows at once, without truncation; for a Dirichlet process.

    Examples
    --------
    >>> SliceSampler().name
    'SliceSampler'
    """

    name: ClassVar[str] = "SliceSampler"
    algorithm: ClassVar[int] = 2
