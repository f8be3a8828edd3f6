"""One run at a time in a run folder. What still ends from a run that was killed is waited for."""

import os
import time

try:
    import fcntl
except ImportError:
    fcntl = None

PATIENCE = 10.0


class InUse(Exception):
    """Another run works in the folder."""


class Lock:
    """Held as long as the file is open here or in a step's process."""

    def __init__(self, path):
        self._path = path
        self.number = None

    def __enter__(self):
        if fcntl is None:
            return self
        self.number = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self.number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self
            except OSError:
                if time.monotonic() > until:
                    os.close(self.number)
                    folder = self._path.parent.parent
                    raise InUse(
                        "Another run works in %s. Wait for it, or choose another folder with --run-folder." % folder
                    ) from None
                time.sleep(0.05)

    def __exit__(self, *_):
        if self.number is not None:
            os.close(self.number)
            self.number = None
