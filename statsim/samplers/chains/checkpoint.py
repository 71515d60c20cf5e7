"""Checkpoints: a run of chains that survives whatever ends the process, and goes on bit for bit.

The folder holds a manifest, written first and never changed (target, data, method, seed, versions); for each chain immutable
chunks, whose ends do not depend on when the run was interrupted, each with the draws it adds and the state the chain was left
in; and while a chain is within a chunk, a file of what came since the last one, replaced every few seconds. Files appear whole or
not at all and carry SHA-256. A damaged file and those after it are made again, which gives the same bytes.
"""

import json
import os
import platform
import sys
import time

import numpy as np

from statsim.errors import ArgumentError, FileRefusedError
from statsim.outputs import atomic_output
from statsim.rng import STREAM_VERSION, seed_sequence
from statsim.samplers.draws.array_file import read_arrays, write_arrays
from statsim.samplers.chains.checkpoint_lock import FolderLock
from statsim.samplers.chains.identity import describe, method_identity, target_identity
from statsim.version import __version__

CHUNK_BYTES = 4 * 2**20
TAIL_SECONDS = 3.0
_FORMAT = 1


def open_checkpoint(path, run, *, rng):
    """The checkpoint of `run` in the folder `path`; one that keeps nothing for None."""
    return NoCheckpoint() if path is None else Checkpoint(path, run, rng=rng)


class NoCheckpoint:
    """Keeps nothing."""

    notes = ()

    def key(self, make):
        """The key of the streams, fresh from `make`."""
        return make()

    def bounds(self):
        """No iteration is special."""
        return ()

    def restore(self, chain):
        """Leave the chain at its start."""

    def note(self, chain):
        """Nothing to keep."""

    def leave(self, chain):
        """Nothing to keep."""

    def resumed_at(self, number):
        """Iteration at which chain `number` began in this process."""
        return 0

    def close(self):
        """Nothing to give up."""


class Checkpoint:
    """The folder of one run, locked for this process.

    Raises
    ------
    ArgumentError
        When the folder belongs to another run (the differences are listed), or is in use.
    OutputError
        When it cannot be written.
    """

    def __init__(self, path, run, *, rng):
        self.path, self.run, self.rng = os.fspath(path), run, rng
        self.notes = ()
        self._resumed, self._saved, self._clock = {}, {}, {}
        self._lock = FolderLock(self.path)
        try:
            self._manifest = self._begin()
        except BaseException:
            self._lock.release()
            raise

    # ------------------------------------------------------------ the manifest

    def _begin(self):
        """The manifest: written when there is none, else compared with this run."""
        mine, place = self._identity(), os.path.join(self.path, "manifest.json")
        if not os.path.exists(place):
            if any(name.startswith("chain-") for name in os.listdir(self.path)):
                raise ArgumentError(f"checkpoint={self.path!r} holds chains but no manifest; name an empty folder")
            mine["key"] = _key_text(self.rng)
            with atomic_output(place) as file:
                file.write((json.dumps(mine, indent=1, sort_keys=True) + "\n").encode())
            return mine
        there = _read_manifest(place)
        mine["key"] = there.get("key") if self.rng is None else _key_text(self.rng)  # None: whatever the run was begun with
        _refuse_differences(self.path, there, mine)
        return there

    def _identity(self):
        """What this run is, label by label; all text."""
        import numba

        run = self.run
        sizes = {"chains": len(run.done), "warmup": run.warmup, "draws": run.draws, "keep_warmup": run.keep_warmup, "dim": run.target.dim}
        python = ".".join(map(str, sys.version_info[:2]))
        versions = {"statsim": __version__, "stream": STREAM_VERSION, "python": python, "numpy": np.__version__, "numba": numba.__version__}
        found = {**sizes, **versions, "machine": platform.machine(), "format": _FORMAT, "chunk_rows": self._rows()}
        found |= {"initial": describe([describe(start) for start in run.starts])}
        return {name: str(value) for name, value in {**found, **target_identity(run.target), **method_identity(run.method)}.items()}

    def key(self, make):
        """The key of the streams that the run was begun with."""
        return np.array([int(word, 16) for word in self._manifest["key"].split()], np.uint64)

    # ------------------------------------------------------------ where chunks end

    def _rows(self):
        """Iterations in a chunk."""
        method = self.run.method
        row = method.lanes * (self.run.target.dim * 8 + sum(np.dtype(kind).itemsize for _, kind in method.statistics))
        return max(100, CHUNK_BYTES // row)

    def bounds(self):
        """Iterations at which chunks end, rising."""
        run, rows = self.run, self._rows()
        return sorted({*range(rows, run.warmup, rows), *range(run.warmup, run.total, rows), run.total} - {0})

    def _file(self, number, end=None):
        return os.path.join(self.path, f"chain-{number:04d}-{'tail' if end is None else f'{end:012d}'}.arrays")

    # ------------------------------------------------------------ writing

    def note(self, chain):
        """Write the chunk that has just ended, or what came since when it is time."""
        number, done = chain.number, int(self.run.done[chain.number])
        if done in self._all_bounds():
            self._write(chain, self._file(number, done), self._saved[number], done)
            self._saved[number] = done
            _remove(self._file(number))
        elif time.monotonic() - self._clock[number] > TAIL_SECONDS:
            self.leave(chain)
        else:
            return
        self._clock[number] = time.monotonic()

    def leave(self, chain):
        """Write what came since the last chunk."""
        number, done = chain.number, int(self.run.done[chain.number])
        if done > self._saved[number]:
            self._write(chain, self._file(number), self._saved[number], done)

    def _all_bounds(self):
        if not hasattr(self, "_bounds"):
            self._bounds = frozenset(self.bounds())
        return self._bounds

    def _write(self, chain, path, begin, end):
        run, lanes = self.run, self.run.lanes(chain.number)
        arrays = {f"state.{name}": np.asarray(array) for name, array in chain.state.items()}
        storage, at = run.place(begin)
        if storage is run.kept or run.keep_warmup:
            values, stats = storage.part(lanes, at, at + end - begin)
            arrays |= {"values": values, **{f"stats.{name}": array for name, array in stats.items()}}
        divergences = int(run.divergences[chain.number])
        document = {"kind": "statsim chain", "chain": chain.number, "begin": begin, "end": end, "divergences": divergences}
        write_arrays(path, document, arrays, force=True)

    # ------------------------------------------------------------ reading

    def restore(self, chain):
        """Put the chain, and its draws, where the last whole file of it has them."""
        number, begin = chain.number, 0
        self._clock[number] = time.monotonic()
        state = None
        for end in self.bounds():
            found = self._read(number, self._file(number, end), begin, end)
            if found is None:
                break
            state, begin = found, end
        self._saved[number] = begin
        tail = self._read(number, self._file(number), begin, None)
        state = state if tail is None else tail
        if state is not None:
            _put_state(chain, state)
        self._resumed[number] = int(self.run.done[number])

    def _read(self, number, path, begin, end):
        """The state in a file, its draws put in their place; None where the file is missing, damaged or of another stretch."""
        if not os.path.exists(path):
            return None
        try:
            document, arrays = read_arrays(path, kind="statsim chain")
            fits = document["chain"] == number and document["begin"] == begin and end in (None, document["end"])
        except FileRefusedError as refused:
            self.notes = (*self.notes, f"made again: {refused}")
            return None
        if not fits:
            return None
        self._put_draws(number, begin, arrays)
        self.run.done[number], self.run.divergences[number] = document["end"], document["divergences"]
        return {name.removeprefix("state."): array for name, array in arrays.items() if name.startswith("state.")}

    def _put_draws(self, number, begin, arrays):
        if "values" not in arrays:
            return
        storage, at = self.run.place(begin)
        stats = {name.removeprefix("stats."): array for name, array in arrays.items() if name.startswith("stats.")}
        storage.put(self.run.lanes(number), at, arrays["values"], stats)

    def resumed_at(self, number):
        """Iteration at which chain `number` began in this process."""
        return self._resumed.get(number, 0)

    def close(self):
        """Let others have the folder; say where the run went on from."""
        if self._lock.taken_over:
            self.notes = (f"took over from process {self._lock.taken_over}, which ended before its run did", *self.notes)
        if any(self._resumed.values()):
            self.notes = (f"resumed at iteration {min(self._resumed.values())} from {self.path}", *self.notes)
        self._lock.release()


def _put_state(chain, state):
    for name, array in state.items():
        mine = chain.state.get(name)
        if isinstance(mine, np.ndarray) and mine.shape == array.shape and mine.dtype == array.dtype:
            mine[...] = array  # others hold the same array
        else:
            chain.state[name] = array


def _key_text(rng):
    from statsim import rng as rngs

    return " ".join(f"{int(word):016x}" for word in rngs.stream_key(seed_sequence(rng), rngs.Purpose.CHAIN))


def _read_manifest(place):
    from statsim.files import read_document

    try:
        return read_document(place)
    except FileRefusedError as refused:
        raise ArgumentError(f"{refused}; without its manifest a checkpoint cannot be gone on with: name an empty folder") from refused


def _refuse_differences(path, there, mine):
    names = sorted(there.keys() | mine.keys())
    differing = [f"{name} was {there.get(name, 'absent')}, is {mine.get(name, 'absent')}" for name in names if there.get(name) != mine.get(name)]
    if differing:
        raise ArgumentError(
            f"checkpoint={path!r} belongs to another run: {'; '.join(differing)[:2000]}. Give what it was begun with to go on, "
            f"or name another folder to begin anew"
        )


def _remove(path):
    if os.path.exists(path):
        os.unlink(path)
