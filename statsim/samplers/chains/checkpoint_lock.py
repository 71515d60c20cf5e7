"""One process at a time in a checkpoint folder. The system drops the lock when its holder dies, however that comes about."""

import contextlib
import os

from statsim.errors import ArgumentError, OutputError

try:
    import fcntl
except ImportError:  # no locks on this system: two runs in one folder are not told apart
    fcntl = None


class FolderLock:
    """A lock on the folder `path`, made where it is missing.

    Attributes
    ----------
    taken_over : str
        Process number of a holder that died with the lock, else empty.
    """

    def __init__(self, path):
        self._place = os.path.join(path, "lock")
        try:
            os.makedirs(path, exist_ok=True)
            self._descriptor = os.open(self._place, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError as error:
            raise OutputError(f"cannot keep a checkpoint in {path}: {error.strerror or error}; name a folder that can be written") from error
        try:
            if fcntl is not None:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = self._read()
            os.close(self._descriptor)
            raise ArgumentError(f"checkpoint={path!r} is in use by process {holder or 'unknown'}; wait for it, or name another folder") from error
        except OSError:  # a file system without locks
            pass
        self.taken_over = self._read()
        self._write(str(os.getpid()))

    def _read(self):
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return os.read(self._descriptor, 20).decode("ascii", "replace").strip()

    def _write(self, text):
        with contextlib.suppress(OSError):  # a full disk: the number is for messages only
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, text.encode(), 0)

    def release(self):
        """Give the folder up; the empty lock file stays, so that nobody locks a file that is being removed."""
        self._write("")
        os.close(self._descriptor)
