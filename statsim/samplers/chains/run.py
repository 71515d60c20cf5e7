"""The driver of chains: starts, warm-up, threads, stops. A method moves a chain; everything else happens here once.

A chain has a stream of its own and all its state in arrays, so neither the number of threads nor how a chain is cut into
stretches changes a bit of the result.
"""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, SamplerError, TargetError
from statsim.samplers.chains.chain import chain_anywhere, start_chain
from statsim.samplers.chains.checkpoint import open_checkpoint
from statsim.samplers.draws.draws import Draws
from statsim.samplers.chains.interruption import stopped_by
from statsim.samplers.chains.progress import wait_for
from statsim.samplers.chains.storage import Buffers, Storage

STRETCH_SECONDS = 0.05


def run_chains(
    target, method, *, chains, warmup, draws, rng, initial=None, keep_warmup=False, num_threads=None, max_bytes=None,
    progress=None, checkpoint=None,
):  # fmt: skip
    """Draws of a method that moves chains; `statsim.samplers.sampling` documents the arguments."""
    chains = checks.integer(chains, "chains", minimum=1)
    warmup = checks.integer(warmup, "warmup", minimum=0)
    draws = checks.integer(draws, "draws", minimum=0)
    if progress not in (None, True, False):
        raise ArgumentError(f"progress must be True, False or None (in a terminal, when it takes long), got {progress!r}")
    if method.needs_gradient:
        target.require_gradient(f"{method.name}()")
    run = ChainRun(target, method, warmup=warmup, draws=draws, keep_warmup=keep_warmup)
    run.make_room(chains, max_bytes)
    run.starts = _starts(initial, chains, method.lanes, target.dim)
    target.context()  # compiles here, once
    with contextlib.closing(open_checkpoint(checkpoint, run, rng=rng)) as run.checkpoint:
        run.key = run.checkpoint.key(lambda: rngs.stream_key(rng, rngs.Purpose.CHAIN))
        run.go(num_threads, progress)
    return run.result()


def _starts(initial, chains, lanes, dim):
    """`initial` as (chains, lanes, dim), or a None for each chain."""
    if initial is None:
        return [None] * chains
    points = np.asarray(initial, np.float64)
    if points.shape not in ((dim,), (chains * lanes, dim), (chains, lanes, dim)):
        raise ArgumentError(f"initial must have shape ({dim},) or ({chains * lanes}, {dim}), got {points.shape}")
    return np.broadcast_to(points, (chains * lanes, dim)).reshape(chains, lanes, dim)


class ChainRun:
    """The chains of one call, where their draws go, and how far they are."""

    def __init__(self, target, method, *, warmup, draws, keep_warmup):
        self.target, self.method, self.warmup, self.draws = target, method, warmup, draws
        self.keep_warmup = bool(keep_warmup)
        self.total = warmup + draws
        self.stop = threading.Event()

    def make_room(self, chains, max_bytes):
        """Reserve memory for the draws of all chains; refused where there is too little."""
        method, dim = self.method, self.target.dim
        rows = chains * method.lanes
        kept = self.draws + (self.warmup if self.keep_warmup else 0)
        row_bytes = dim * 8 + sum(np.dtype(kind).itemsize for _, kind in method.statistics)
        checks.memory(rows * kept * row_bytes, max_bytes, what=f"{rows} chains of {kept} draws of {dim} coordinates", remedy="draw fewer, or thin")
        self.kept = Storage(rows, self.draws, dim, method.statistics)
        self.early = Storage(rows, self.warmup if self.keep_warmup else 0, dim, method.statistics)
        self.done = np.zeros(chains, np.int64)
        self.divergences = np.zeros(chains, np.int64)
        self.last = np.zeros((chains, len(method.statistics)))

    def go(self, num_threads, progress):
        """Run all chains to their end, or until the user stops them."""
        threads = min(blocks.thread_count(num_threads), len(self.done))
        with ThreadPoolExecutor(threads, thread_name_prefix="statsim") as pool:
            futures = [pool.submit(self._run_chain, number) for number in range(len(self.done))]
            try:
                wait_for(futures, self, progress)
            except KeyboardInterrupt:
                pass
            finally:
                self.stop.set()  # all are done, or one has failed, or the user has asked
        for future in futures:
            future.result()

    def _run_chain(self, number):
        """One chain from its start to its end; what a stopped target answers is no error."""
        try:
            with stopped_by(self.stop):
                self._move(self._begin(number))
        except (TargetError, SamplerError):
            if not self.stop.is_set():
                raise

    def _begin(self, number):
        """The chain at its start, or where its checkpoint has it."""
        method = self.method
        if getattr(method, "places_itself", False):
            return self._ready(chain_anywhere(self.target, number, key=self.key, lanes=method.lanes))
        chain = start_chain(
            self.target, number, key=self.key, initial=self.starts[number], lanes=method.lanes, with_gradient=method.needs_gradient,
            settle=getattr(method, "settle", None),
        )  # fmt: skip
        return self._ready(chain)

    def _ready(self, chain):
        self.method.begin(chain, warmup=self.warmup)
        self.checkpoint.restore(chain)
        return chain

    def _move(self, chain):
        """Move a chain on to its end, stretch by stretch."""
        method, number = self.method, chain.number
        edges = {edge for edge in method.edges(self.warmup) if 0 < edge <= self.warmup}
        stops = sorted({*edges, self.warmup, self.total, *self.checkpoint.bounds()})
        buffers, stretch = Buffers(method, self.target.dim), 1
        while not self.stop.is_set() and self.done[number] < self.total:
            begin = int(self.done[number])
            if begin == self.warmup:
                method.end_warmup(chain)
            n = min(next(stop for stop in stops if stop > begin) - begin, stretch)
            clock = time.perf_counter()
            self._advance(chain, begin, n, buffers)
            taken = time.perf_counter() - clock
            stretch = max(1, int(min(2 * n if taken < STRETCH_SECONDS else n * STRETCH_SECONDS / taken, buffers.most)))
            if begin + n in edges:
                method.at_edge(chain, begin + n, warmup=self.warmup)
            self.done[number] = begin + n
            self.checkpoint.note(chain)
        self.checkpoint.leave(chain)

    def _advance(self, chain, begin, n, buffers):
        """Iterations begin to begin + n of one chain, into where they are kept."""
        warming = begin < self.warmup
        storage, at = self.place(begin)
        lanes = self.lanes(chain.number)
        keep = not warming or self.keep_warmup
        values = storage.values[lanes, at : at + n] if keep else buffers.values(n)
        stats = buffers.stats(n)
        status, _ = self.method.advance(chain, warming=warming, values=values, stats=stats)
        if status:
            raise chain.error()
        if keep:
            storage.keep(lanes, at, stats)
        self._look(chain.number, stats, warming)

    def _look(self, number, stats, warming):
        """Remember what the progress display shows."""
        self.last[number] = stats[0, -1]
        if not warming and "divergent" in self.kept.stats:
            self.divergences[number] += int(stats[:, :, list(self.kept.stats).index("divergent")].sum())

    def place(self, iteration):
        """Where the draw of an iteration is kept: storage, and row in it."""
        return (self.early, iteration) if iteration < self.warmup else (self.kept, iteration - self.warmup)

    def lanes(self, number):
        """Rows of the result that chain `number` fills."""
        return slice(number * self.method.lanes, (number + 1) * self.method.lanes)

    def result(self):
        """The draws made: of all chains, or after a stop of those chains that together have most."""
        method, names = self.method, self.target.names
        chosen, kept = self._furthest()
        rows = np.concatenate([np.arange(method.lanes) + method.lanes * number for number in chosen])
        early = min(self.warmup, int(self.done[chosen].min())) if self.keep_warmup else 0
        warm = Draws(*self.early.cut(early, rows), names, method) if self.keep_warmup else None
        return Draws(*self.kept.cut(kept, rows), names, method, warm, (*self.checkpoint.notes, *self._note_of_stop(chosen, kept)))

    def _furthest(self):
        """The chains to return and how many draws of each: as many draws as can be had, every chain with equally many."""
        kept = np.maximum(self.done - self.warmup, 0)
        order = np.argsort(-kept, kind="stable")
        totals = kept[order] * np.arange(1, len(order) + 1)
        count = len(order) - int(np.argmax(totals[::-1]))  # the largest of equals
        return np.sort(order[:count]), int(kept[order[count - 1]])

    def _note_of_stop(self, chosen, kept):
        """What a stop left, in words."""
        if kept == self.draws and len(chosen) == len(self.done):
            return ()
        left = sorted(set(range(len(self.done))) - set(chosen.tolist()))
        more = f"; chains {', '.join(map(str, left))} had fewer and are left out" if left else ""
        return (f"stopped after {kept} of {self.draws} draws{more}",)
