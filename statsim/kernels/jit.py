"""The one decorator every compiled function of the package wears.

`kernel` compiles lazily, releases the GIL, keeps IEEE arithmetic (no fastmath) and caches to a folder
that belongs to the user (mode 0700) and is named by a hash of all kernel sources and flags. `kernel_reassociated`
is the same but lets sums be reordered and fused: for fits only, never where a draw or a log-sum-exp is computed.
"""

import hashlib
import os
import stat
import sys
from functools import lru_cache
from pathlib import Path

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

_FLAGS = ("NUMBA_BOUNDSCHECK", "NUMBA_OPT", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_LOOP_VECTORIZE")


def _source_hash():
    """Hash of every kernel source and of the flags that change what they compile to."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(str(path.relative_to(Path(__file__).parent)).encode() + b"\0" + path.read_bytes())
    for flag in _FLAGS:
        digest.update(f"{flag}={os.environ.get(flag, '')}".encode())
    return digest.hexdigest()[:20]


def _user_folder():
    """Where the user keeps caches: `STATSIM_CACHE_DIR`, else the platform's place."""
    chosen = os.environ.get("STATSIM_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "statsim" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "statsim"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "statsim"


def _is_private(folder):
    """True when only this user can write to the folder (a cache is code: it is unpickled when read)."""
    if not hasattr(os, "getuid"):
        return True
    info = os.lstat(folder)
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid() and not info.st_mode & 0o022


@lru_cache(maxsize=1)
def cache_folder():
    """The private cache folder, made when first needed; None where no such folder can be written."""
    try:
        folder = _user_folder() / f"kernels-{_source_hash()}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_private(folder) and os.access(folder, os.W_OK) else None
    except (OSError, RuntimeError):  # RuntimeError: no home directory
        return None


class _PrivateLocator(_CacheLocator):
    """Puts every index and object file into `cache_folder()`; the folder is the stamp, but for kernels from elsewhere (tests)."""

    def __init__(self, py_func, py_file):
        self._file = Path(py_file)
        self._name = "-".join(self._file.with_suffix("").parts[-2:])  # mixture/em.py is not table_mixture/em.py

    def get_cache_path(self):
        return str(cache_folder())

    def get_source_stamp(self):
        inside = self._file.is_relative_to(Path(__file__).parent)
        return "one folder per source hash" if inside else hashlib.sha256(self._file.read_bytes()).hexdigest()

    def get_disambiguator(self):
        return self._name

    @classmethod
    def from_function(cls, py_func, py_file):
        return cls(py_func, py_file) if cache_folder() is not None else None


class _PrivateCacheImpl(CompileResultCacheImpl):
    _locator_classes = [_PrivateLocator]


class _PrivateCache(FunctionCache):
    _impl_class = _PrivateCacheImpl


def _compiled(function, **options):
    dispatcher = numba.njit(nogil=True, error_model="numpy", **options)(function)
    is_plain = not hasattr(dispatcher, "enable_caching")  # under NUMBA_DISABLE_JIT
    has_source = Path(function.__code__.co_filename).is_file()  # what is typed at a prompt has no stamp
    if not is_plain and has_source and cache_folder() is not None:
        dispatcher._cache = _PrivateCache(function)
    return dispatcher


def kernel(function):
    """Compile with IEEE arithmetic: what a draw or a log density is made of."""
    return _compiled(function)


def kernel_reassociated(function):
    """Compile with sums free to be reordered and fused: moments and quadratic forms of a fit."""
    return _compiled(function, fastmath={"contract", "reassoc"})


def inlined(function):
    """A small kernel that LLVM is told to merge into its callers (no call, state stays in registers)."""
    return _compiled(function, forceinline=True)
