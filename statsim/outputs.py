"""Output files that appear whole or not at all, whatever ends the program.

A file is written under a temporary name in its own folder, ``.NAME.HOST-PID-RANDOM.part``, and renamed when it is complete.
The writer holds a lock on it (`flock`), which the system drops when the process dies: so the next write of the same name
can tell what a killed process left behind from what a living one is writing, and removes only the former.
"""

import contextlib
import hashlib
import os
import platform
import re
import secrets
import stat
import threading

from statsim.errors import OutputError

try:
    import fcntl
except ImportError:  # without locks nothing is ever taken for left behind
    fcntl = None

_NAME_BYTES = 180  # of the target's name that the temporary name repeats, so that it stays below the 255 a name may have
_partials = set()  # temporary files of this process
_changing = threading.Lock()  # held while one is made or given up


@contextlib.contextmanager
def atomic_output(path, *, force=False):
    """A binary file that becomes `path` when the block ends well, and vanishes otherwise.

    Written under a temporary name (mode 0600, never through a link) in the same folder; then flushed, synced, given the
    user's usual mode and renamed, and the folder synced. What a killed process left of the same `path` is removed first.

    Parameters
    ----------
    path : str or path-like
    force : bool
        Replace an existing file.

    Raises
    ------
    OutputError
        With the path and the cause: the file exists, the folder is missing or read-only, the disk is full.
    """
    path = os.fspath(path)
    refuse_existing(path, force=force)
    _sweep(path)
    try:
        temporary, descriptor = _make_partial(path)
    except OSError as error:
        raise _output_error(path, error) from error
    locked = fcntl is not None
    try:
        with os.fdopen(descriptor, "w+b", closefd=not locked) as file:  # the lock is held until the file has its name
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())
        _put_in_place(temporary, path, force=force)
        _sync_folder(os.path.dirname(path) or ".")
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and not isinstance(error, (OutputError, BrokenPipeError)):
            raise _output_error(path, error) from error
        raise
    finally:
        _partials.discard(temporary)
        if locked:
            os.close(descriptor)


def refuse_existing(path, *, force):
    """Raise `OutputError` when `path` is a folder or a device, or exists and `force` is False."""
    if os.path.isdir(path):
        raise OutputError(f"cannot write {path}: it is a directory; name a file in it")
    if os.path.exists(path) and not os.path.isfile(path):
        raise OutputError(f"cannot write {path}: it is not a regular file, and is never replaced; name another file")
    if os.path.lexists(path) and not force:
        raise OutputError(f"{path} exists; pass --force (force=True in Python) to replace it")


def abandon_partials():
    """Remove every temporary file of this process, and let none be made any more; for a process about to end."""
    _changing.acquire(timeout=0.2)  # never released; a thread stuck in a slow file system must not hold the end up
    for temporary in list(_partials):
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _sweep(path):
    """Remove the temporary files that killed processes of this machine left of `path`."""
    folder, name = os.path.split(path)
    left = re.compile(re.escape(f"{_prefix(name)}.{_host()}-") + r"[0-9]+-[0-9a-f]{12}\.part")
    with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
        for entry in entries:
            if left.fullmatch(entry.name):
                _remove_unlocked(entry.path)


def _remove_unlocked(temporary):
    """Remove a temporary file unless its writer, who holds a lock on it, is alive."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError):  # locked, another user's, gone, or on a file system without locks: leave it alone
        descriptor = os.open(temporary, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(temporary)
        finally:
            os.close(descriptor)


def _make_partial(path):
    """Name and descriptor of a new temporary file for `path`, locked and known to `abandon_partials`."""
    folder, name = os.path.split(path)
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with _changing:
        while True:
            partial = f"{_prefix(name)}.{_host()}-{os.getpid()}-{secrets.token_hex(6)}.part"
            temporary = os.path.join(folder or ".", partial)
            descriptor = os.open(temporary, flags, 0o600)
            _lock(descriptor)
            if fcntl is None or os.fstat(descriptor).st_nlink:
                _partials.add(temporary)
                return temporary, descriptor
            os.close(descriptor)  # somebody swept it before it was locked


def _lock(descriptor):
    if fcntl is not None:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def _prefix(name):
    return "." + os.fsdecode(os.fsencode(name)[:_NAME_BYTES])


def _host():
    """A short name of this machine: file systems shared by several need not share their locks."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _put_in_place(temporary, path, *, force):
    """Rename; without `force` through a hard link, which fails when another program has made `path` in the meantime."""
    refuse_existing(path, force=force)
    if not force:
        try:
            os.link(temporary, path)
        except FileExistsError:
            refuse_existing(path, force=False)
        except OSError:
            pass  # a file system without hard links: the check above is all there is
        else:
            os.unlink(temporary)
            return
    os.replace(temporary, path)


def _output_error(path, error):
    return OutputError(f"cannot write {path}: {error.strerror or error}; nothing was left behind")


def _umask():
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder):
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
