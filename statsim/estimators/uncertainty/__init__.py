"""How sure a fit is of its parameters: standard errors, and intervals by Wald, by profile and by bootstrap, for any model that names its parameters."""
