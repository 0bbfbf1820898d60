"""What must be free before anything starts: the port, and the folder of the data."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Somebody else has what this run needs; the text says what to do."""


def require_free_port(host: str, port: int) -> None:
    """Check that nobody listens on the port, which the web server would silently share. Raises InUse."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror.lower() if error.strerror else "taken"
            raise InUse(
                f"Port {port} cannot be used ({reason}). Choose another one: make run PORT={port + 1}"
            ) from None


@contextmanager
def only_run(path: Path) -> Iterator[None]:
    """Hold the lock on a data folder: a second beat would send everything twice. Raises InUse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise InUse(f"Scrip already runs on {path.parent} as process {file.read().strip()}.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
