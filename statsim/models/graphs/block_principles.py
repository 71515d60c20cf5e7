"""What the principles ask of a block model: the same graph under a prior."""

from dataclasses import dataclass

from statsim.distributions.priors import BlockPrior
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.graphs.block_steps import BlockSteps
from statsim.models.graphs.block_variational import VariationalBlockSteps
from statsim.models.graphs.label_gibbs import BlockPosterior

_PSEUDO_PAIRS = 2.0  # what the default prior of the mode adds to each cell


@dataclass(frozen=True, eq=False)
class BlockPrinciples:
    """`steps` under the prior that a principle brings."""

    steps: BlockSteps

    def regularised(self, prior, penalty):
        """The steps of the posterior mode: the default prior adds two pairs of the graph's density to each cell, and a node to each block."""
        if penalty is not None:
            raise ArgumentError(f"penalty={penalty!r}: a block model takes a prior, such as statsim.priors.BlockPrior(a=2, b=2); leave penalty out")
        prior = self._default_of_mode() if prior is None else _checked(prior)
        first, second = prior.numbers(self.steps.degree_corrected)[1:]
        if prior.concentration < 1 or first < 1 or (second < 1 and not self.steps.degree_corrected):
            raise ArgumentError(f"prior={prior!r}: with numbers below 1 the posterior has no mode; use 1 or more, or method='vb' or 'bayes'")
        return BlockSteps(self.steps.graph, self.steps.K, loops=self.steps.loops, degree_corrected=self.steps.degree_corrected, prior=prior)

    def posterior(self, prior):
        """The posterior, which Gibbs sampling of labels and parameters draws; uniform priors by default."""
        return BlockPosterior(self.steps, BlockPrior() if prior is None else _checked(prior))

    def variational(self, prior):
        """The steps of variational Bayes; uniform priors by default."""
        return VariationalBlockSteps(self.steps, BlockPrior() if prior is None else _checked(prior))

    def _default_of_mode(self):
        n = self.steps.graph.n_nodes
        pairs = n * (n - 1) / (1 if self.steps.graph.directed else 2)
        density = (self.steps.graph.n_edges + 1.0) / (pairs + 2.0)
        a, b = 1.0 + _PSEUDO_PAIRS * density, 1.0 + _PSEUDO_PAIRS * (1.0 - density)
        return BlockPrior(concentration=2.0, a=a, b=max(b, 1.0), shape=a, rate=_PSEUDO_PAIRS)


def _checked(prior):
    if not isinstance(prior, BlockPrior):
        raise ArgumentTypeError(f"prior={prior!r:.200}: a block model takes statsim.priors.BlockPrior(concentration=1, a=1, b=1)")
    return prior
