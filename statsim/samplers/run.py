"""The driver of chains: starts, warm-up, threads, stops. A method moves a chain; everything else happens here once.

A chain has a stream of its own and all its state in arrays, so neither the number of threads nor how a chain is cut into
stretches changes a bit of the result.
"""

import time
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np

from statsim import blocks, checks
from statsim import rng as rngs
from statsim.errors import ArgumentError
from statsim.samplers.chain import start_chain
from statsim.samplers.draws import Draws, Statistics

STRETCH_SECONDS = 0.05
STRETCH_VALUES = 500_000


def run_chains(target, method, *, chains, warmup, draws, rng, initial=None, keep_warmup=False, num_threads=None, max_bytes=None):
    """Draws of a method that moves chains; `statsim.samplers.sample` documents the arguments."""
    chains = checks.integer(chains, "chains", minimum=1)
    warmup = checks.integer(warmup, "warmup", minimum=0)
    draws = checks.integer(draws, "draws", minimum=0)
    if method.needs_gradient:
        target.require_gradient(f"{method.name}()")
    starts = _starts(initial, chains, method.lanes, target.dim)
    run = ChainRun(target, method, chains, warmup, draws, keep_warmup, max_bytes)
    key = rngs.stream_key(rng, rngs.Purpose.CHAIN)
    run.chains = [
        start_chain(target, c, key=key, initial=None if starts is None else starts[c], lanes=method.lanes, with_gradient=method.needs_gradient)
        for c in range(chains)
    ]
    run.go(num_threads)
    return run.result()


def _starts(initial, chains, lanes, dim):
    """`initial` as (chains, lanes, dim), or None."""
    if initial is None:
        return None
    points = np.asarray(initial, np.float64)
    if points.shape not in ((dim,), (chains * lanes, dim), (chains, lanes, dim)):
        raise ArgumentError(f"initial must have shape ({dim},) or ({chains * lanes}, {dim}), got {points.shape}")
    return np.broadcast_to(points, (chains * lanes, dim)).reshape(chains, lanes, dim)


class ChainRun:
    """The chains of one call, where their draws go, and how far they are."""

    def __init__(self, target, method, chains, warmup, draws, keep_warmup, max_bytes):
        self.target, self.method, self.warmup, self.draws = target, method, warmup, draws
        self.keep_warmup = keep_warmup
        self.stop = False
        self.done = np.zeros(chains, np.int64)
        rows = chains * method.lanes
        row_bytes = target.dim * 8 + sum(np.dtype(kind).itemsize for _, kind in method.statistics)
        kept = draws + (warmup if keep_warmup else 0)
        checks.memory(rows * kept * row_bytes, max_bytes, what=f"{rows} chains of {kept} draws of {target.dim} coordinates", remedy="draw fewer, or thin")
        self.kept = _Storage(rows, draws, target.dim, method.statistics)
        self.early = _Storage(rows, warmup if keep_warmup else 0, target.dim, method.statistics)

    def go(self, num_threads):
        """Run all chains to their end, or until the user stops them."""
        threads = min(blocks.thread_count(num_threads), len(self.chains))
        with ThreadPoolExecutor(threads, thread_name_prefix="statsim") as pool:
            futures = [pool.submit(self._run_chain, chain) for chain in self.chains]
            try:
                while wait(futures, timeout=0.2).not_done:
                    if any(future.done() and future.exception() for future in futures):
                        self.stop = True
            except KeyboardInterrupt:
                self.stop = True
        for future in futures:
            future.result()

    def _run_chain(self, chain):
        """One chain from its start to its end, stretch by stretch."""
        self.method.begin(chain, warmup=self.warmup)
        edges = [edge for edge in self.method.edges(self.warmup) if 0 < edge <= self.warmup]
        buffers, stretch = _Buffers(self.method, self.target.dim), 1
        while not self.stop and self.done[chain.number] < self.warmup + self.draws:
            begin = int(self.done[chain.number])
            if begin == self.warmup:
                self.method.end_warmup(chain)
            end = next((edge for edge in edges if edge > begin), self.warmup if begin < self.warmup else self.warmup + self.draws)
            n = min(end - begin, stretch)
            clock = time.perf_counter()
            self._advance(chain, begin, n, buffers)
            taken = time.perf_counter() - clock
            stretch = max(1, min(2 * n if taken < STRETCH_SECONDS else n * STRETCH_SECONDS / taken, buffers.most).__int__())
            if begin + n in edges:
                self.method.at_edge(chain, begin + n, warmup=self.warmup)
            self.done[chain.number] = begin + n

    def _advance(self, chain, begin, n, buffers):
        """Iterations begin to begin + n of one chain, into where they are kept."""
        warming = begin < self.warmup
        storage, at = (self.early, begin) if warming else (self.kept, begin - self.warmup)
        lanes = slice(chain.number * self.method.lanes, (chain.number + 1) * self.method.lanes)
        keep = not warming or self.keep_warmup
        values = storage.values[lanes, at : at + n] if keep else buffers.values(n)
        stats = buffers.stats(n)
        status, _ = self.method.advance(chain, warming=warming, values=values, stats=stats)
        if status:
            raise chain.error()
        if keep:
            storage.keep(lanes, at, stats)

    def result(self):
        """The draws that all chains have made."""
        method, names = self.method, self.target.names
        kept = max(0, int(self.done.min()) - self.warmup)
        early = min(self.warmup, int(self.done.min())) if self.keep_warmup else 0
        notes = () if kept == self.draws else (f"stopped after {kept} of {self.draws} draws",)
        warm = Draws(*self.early.cut(early), names, method) if self.keep_warmup else None
        return Draws(*self.kept.cut(kept), names, method, warm, notes)


class _Storage:
    """Where kept draws and their statistics lie."""

    def __init__(self, rows, draws, dim, statistics):
        self.values = np.empty((rows, draws, dim))
        self.stats = {name: np.empty((rows, draws), kind) for name, kind in statistics}

    def keep(self, lanes, at, stats):
        for column, array in enumerate(self.stats.values()):
            array[lanes, at : at + stats.shape[1]] = stats[:, :, column]

    def cut(self, draws):
        """Values and statistics of the first `draws` draws."""
        return self.values[:, :draws], Statistics({name: array[:, :draws] for name, array in self.stats.items()})


class _Buffers:
    """Working memory of one chain for statistics, and for draws of warm-up that nobody keeps."""

    def __init__(self, method, dim):
        self.most = max(1, STRETCH_VALUES // (method.lanes * max(dim, len(method.statistics))))
        self._values = np.empty((method.lanes, 0, dim))
        self._stats = np.empty((method.lanes, 0, len(method.statistics)))

    def values(self, n):
        if self._values.shape[1] < n:
            self._values = np.empty((self._values.shape[0], n, self._values.shape[2]))
        return self._values[:, :n]

    def stats(self, n):
        if self._stats.shape[1] < n:
            self._stats = np.empty((self._stats.shape[0], n, self._stats.shape[2]))
        return self._stats[:, :n]
