"""What a benchmark is: contestants timed in turn in one process, or one figure held against a limit."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contest:
    """The same job done by statsim and by its peers.

    Parameters
    ----------
    name : str
        What the job is.
    contestants : dict of str to callable
        "statsim" and its peers; a call does the job once. The first call of each is not timed.
    reach : dict of str to float
        The least ratio (peer's time over statsim's) wanted against a peer.
    rounds : int
        Each round times every contestant once, so that a slow spell of the machine meets them all.
    """

    name: str
    contestants: dict[str, Callable]
    reach: dict[str, float] = field(default_factory=dict)
    rounds: int = 7

    def run(self):
        """Rows of the table: job, peer, statsim's time, the peer's time, median ratio, figure to reach."""
        for job in self.contestants.values():
            job()
        times = {name: [] for name in self.contestants}
        for _ in range(self.rounds):
            for name, job in self.contestants.items():
                begin = time.perf_counter()
                job()
                times[name].append(time.perf_counter() - begin)
        ours = times.pop("statsim")
        for peer, theirs in times.items():
            ratio = statistics.median(their / our for their, our in zip(theirs, ours, strict=True))
            wanted = self.reach.get(peer)
            yield (
                self.name,
                seconds(statistics.median(ours)),
                f"{peer} {seconds(statistics.median(theirs))}",
                f"{ratio:.2f} x",
                f"{wanted:g} x" if wanted else "-",
                wanted is None or ratio >= wanted,
            )


@dataclass(frozen=True)
class Limit:
    """One figure of statsim, held against a limit: the median of `rounds` measurements.

    Parameters
    ----------
    name : str
    measure : callable
        Returns the figure.
    limit : float
    unit : {"s", "MB"}
    rounds : int
    """

    name: str
    measure: Callable
    limit: float
    unit: str = "s"
    rounds: int = 5

    def run(self):
        """The one row of the table."""
        value = statistics.median(self.measure() for _ in range(self.rounds))
        shown = seconds if self.unit == "s" else megabytes
        yield self.name, shown(value), "-", "-", f"under {shown(self.limit)}", value < self.limit


def seconds(value):
    """A time with three digits and a unit a reader likes."""
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def megabytes(value):
    """A size in megabytes."""
    return f"{value:.0f} MB"
