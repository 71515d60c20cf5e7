"""Which normal components are spurious: those that have shrunk towards a point or a plane."""

from statsim.models.mixture.defects import FLAT, THINNEST, thinnest

_MANY = 10  # steps per column from which a thin component is taken for what it is


def thin_component(matrices, counts):
    """The first of the covariances (k, d, d) that is spurious on its `counts` (k,) steps, and its share of the pooled variance, or None."""
    if len(matrices) == 1:
        return None
    thin = thinnest(matrices, counts / counts.sum())
    bad = ((thin < THINNEST) & (counts < _MANY * (matrices.shape[1] + 1))) | (thin < FLAT)
    return (int(bad.argmax()), float(thin[bad.argmax()])) if bad.any() else None
