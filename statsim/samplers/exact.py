"""Independent draws of a law that can make its own: a posterior known in closed form."""

from dataclasses import dataclass
from typing import ClassVar

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentTypeError
from statsim.samplers.draws.independent import independent_draws

_STREAM = 9


@dataclass(frozen=True)
class Exact:
    """Independent draws by the formula that the target brings: `target.exact_draws(n, key)`.

    Examples
    --------
    >>> Exact().name
    'Exact'
    """

    name: ClassVar[str] = "Exact"

    def sample_target(self, target, *, draws, rng=None, max_bytes=None):
        """Independent draws; called by `sample`.

        Raises
        ------
        ArgumentTypeError
            For a target whose law is not known in closed form.
        """
        n = checks.integer(draws, "draws", minimum=1)
        if not hasattr(target, "exact_draws"):
            raise ArgumentTypeError(f"Exact() draws from laws known in closed form, and {target!r:.100} is not; use NUTS() or what target.default_method() gives")
        checks.memory(8 * n * len(target.names), max_bytes, what=f"{n} draws", remedy="draw fewer")
        return independent_draws(target.exact_draws(n, rngs.stream_key(rng, rngs.Purpose.SAMPLER, _STREAM)), target, self)
