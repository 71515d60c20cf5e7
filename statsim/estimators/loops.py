"""Which loop a problem needs: its steps name it, so that one principle serves every model."""

import time

from statsim.estimators.climbs import climbs
from statsim.estimators.closed_form import closed_form
from statsim.estimators.likelihood_ascent import LikelihoodAscent
from statsim.estimators.reweighting import reweight
from statsim.estimators.search import search
from statsim.estimators.thinning import thin
from statsim.estimators.variational_em import VariationalEM

_TIGHTER = 1e-5  # an ascent is quadratic at its end, so it goes on until its gain is below this times `tol`, in all and not per row


def loop_of(steps):
    """The loop (method, steps, key=, first=) that `steps.loop` names; a search from many starts where it names none."""
    return LOOPS[getattr(steps, "loop", "search")]


def ascend(method, steps, *, key, first=None):
    """To the one maximum of `steps`, by their gradient."""
    return LikelihoodAscent(max_iter=method.max_iter, tol=_TIGHTER * method.tol).fit(steps, key=key, first=first)


def solve(method, steps, *, key, first=None):
    """The answer of a formula."""
    began = time.perf_counter()
    state, objective = steps.solve()
    return state, closed_form(objective, time.perf_counter() - began)


def alternate(method, steps, *, key, first=None):
    """Memberships and parameters in turn, from a few starts unless `method` says how many."""
    wanted = method.changed_settings()
    return VariationalEM(**{name: wanted[name] for name in ("n_init", "max_iter", "tol") if name in wanted}).fit(steps, key=key, first=first)


def climb_themselves(method, steps, *, key, first=None):
    """By the search that the steps bring: one that simulates, say."""
    return steps.climb(key)


LOOPS = {
    "search": search, "ascent": ascend, "climbs": climbs, "closed form": solve, "reweighting": reweight, "thinning": thin, "labels": alternate,
    "own": climb_themselves,
}  # fmt: skip
"""For `statsim.protocols.SearchSteps` (also of a search whose components may vanish), `AscentSteps`, `ClimbsSteps`, `ClosedFormSteps`, `ReweightingSteps`, the
steps of `VariationalEM`, and steps that bring their search."""
