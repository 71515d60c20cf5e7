"""Labels of a mixture's rows by blocks: J. Diebolt, C. Robert, "Estimation of finite mixture distributions", JRSS B 56 (1994)."""

from dataclasses import dataclass
from typing import ClassVar

from statsim.samplers.gibbs.label_sampler import LabelSampler


@dataclass(frozen=True)
class BlockedGibbs(LabelSampler):
    """Weights, means and covariances given the labels, then all labels given those; for a fixed number of components.

    Examples
    --------
    >>> BlockedGibbs().name
    'BlockedGibbs'
    """

    name: ClassVar[str] = "BlockedGibbs"
    algorithm: ClassVar[int] = 0
