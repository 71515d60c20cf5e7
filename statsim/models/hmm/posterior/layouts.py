"""Which layout an emission has among the coordinates of a posterior."""

from statsim.errors import ArgumentError
from statsim.models.hmm.emissions import Categorical, Gaussian, Poisson
from statsim.models.hmm.posterior.categorical_layout import CategoricalLayout
from statsim.models.hmm.posterior.gaussian_layout import GaussianLayout
from statsim.models.hmm.posterior.poisson_layout import PoissonLayout

LAYOUTS = {Gaussian: GaussianLayout, Poisson: PoissonLayout, Categorical: CategoricalLayout}


def layout_of(template):
    """The class of layouts of an emission.

    Raises
    ------
    ArgumentError
        For emissions without a conjugate prior.
    """
    for law, layout in LAYOUTS.items():
        if type(template) is law:
            return layout
    known = ", ".join(law.__name__ for law in LAYOUTS)
    raise ArgumentError(
        f"parameters_given has no prior for {template.name} emissions; it has for {known}. Fit this model by method='mle', or write its log density as a Target"
    )
