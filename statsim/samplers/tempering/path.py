"""The path from a reference to a target, as kernels take it; see `statsim.kernels.tempering.path`."""

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError
from statsim.samplers.tempering.reference import NormalReference
from statsim.samplers.importance.seeds import part_random, part_seed
from statsim.samplers.targets.target import Target

EMPTY = np.zeros(0)


class Path:
    """Target and reference.

    Parameters
    ----------
    target : Target
    reference : NormalReference, model or None
        None is the power path p^beta, which has no draws to start from.
    """

    def __init__(self, target, reference):
        from statsim.kernels.tempering.path import NORMAL, POWER, TARGET

        self.target, self.reference = target, reference
        d = target.unconstrained_dim
        self.mean, self.factor, self.inverse, self.constant = np.zeros(d), np.zeros((d, d)), np.zeros((d, d)), 0.0
        self._other = target
        if reference is None:
            self.kind = POWER
        elif isinstance(reference, NormalReference):
            self.kind = NORMAL
            self.mean, self.factor, self.inverse, self.constant = reference.tables(d)
        else:
            self.kind = TARGET
            self._other = _model_target(reference, target)

    @property
    def has_gradient(self):
        """True where target and reference both have one."""
        return self.target.has_gradient and self._other.has_gradient

    def require_whole_reference(self):
        """Raise where only a part of the reference's mass may lie on the support: q is then not normalised there, and the evidence too large."""
        if self._other is not self.target and len(self.target.context()[3]):
            raise ArgumentError(
                f"a model as reference is normalised over all reals, not over the support {self.target.support!r}, and the evidence would be "
                f"wrong; use NormalReference(), which lives in unconstrained coordinates, or reference=None"
            )

    def context(self):
        """What kernels take, with working memory of its own: one for each thread."""
        context = self.target.context()
        other = (*self._other.context()[:3], *context[3:])  # in the coordinates and the working memory of the target
        return context, self.kind, self.mean, self.inverse, self.constant, other

    def draw(self, n, seed, *path):
        """Draws (n, reals) of the reference.

        Raises
        ------
        ArgumentError
            When a draw of a model lies outside the support of the target.
        """
        if isinstance(self.reference, NormalReference):
            from statsim.kernels.variates.normal import fill_standard_normal

            normals = np.empty((n, self.mean.size))
            fill_standard_normal(part_random(seed, *path), normals.reshape(-1))
            return np.ascontiguousarray(self.mean + (normals[:, None, :] * self.factor).sum(axis=-1))
        points = np.asarray(self.reference.sample(n, rng=part_seed(seed, *path)), np.float64)
        return np.array([self.target.unconstrain(point, name="a draw of the start") for point in points])

    def evaluate(self, positions, *, with_gradient):
        """Log densities (n, 2) of both ends at positions (n, reals), and their gradients (n, 2, reals or 0)."""
        from statsim.kernels.tempering.path import evaluate_rows

        parts, slopes = np.empty((len(positions), 2)), np.empty((len(positions), 2, positions.shape[1] if with_gradient else 0))
        bad = evaluate_rows(self.context(), positions, parts, slopes)
        if bad >= 0:
            raise self.error_at(positions[bad])
        return parts, slopes

    def error_at(self, y, where=""):
        """The error that says which of both is wrong at y, and how."""
        from statsim.kernels.targets.evaluate import value_at

        x, slopes = self.target.constrain(y), np.zeros(len(y))
        context = self.context()
        fine = np.isfinite(value_at(context[0], y, slopes, self.has_gradient)) and not np.isnan(slopes).any()
        if not fine or self._other is self.target:
            return self.target.error_at(x, where)
        return SamplerError(f"the reference: {self._other.error_at(x, where)}")


def _model_target(model, target):
    """The density of a model as a target in the coordinates of `target`."""
    if not (hasattr(model, "sample") and hasattr(model, "score_samples")):
        raise ArgumentTypeError(f"the reference must be NormalReference(...) or a model with sample and score_samples, got {model!r}")
    if target.unconstrained_dim != target.dim:
        raise ArgumentError(f"a model cannot draw points of the support {target.support!r}; use NormalReference(), in unconstrained coordinates")
    if hasattr(model, "to_target") and not hasattr(model, "candidates"):  # the target of a restricted model is not normalised
        other = model.to_target()
        if other.dim != target.dim:
            raise ArgumentError(f"the reference has {other.dim} coordinates, the target {target.dim}; they must agree")
        return other
    return Target(lambda x: float(model.score_samples(x[None])[0]), dim=target.dim, interpreted=True)
