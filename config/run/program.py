"""One supervised program: a process group of its own, and the backoff between its starts."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

SHORTEST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


class Program:
    """A command that should always run, under the name that its output carries."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.output = -1
        self._rest = b""
        self._started_at = 0.0
        self._due_at = time.monotonic() + delay_seconds
        self._pause = SHORTEST_PAUSE_SECONDS

    def is_due(self, now: float) -> bool:
        return self._process is None and now >= self._due_at

    def is_running(self) -> bool:
        return self._process is not None

    def ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def start(self, now: float) -> None:
        """Start the command, with an output that never blocks its reader."""
        self._started_at = now
        self.output, theirs = os.pipe()
        os.set_blocking(self.output, False)
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent if _LIBC else None,
        )
        os.close(theirs)

    def read(self) -> bytes:
        """Return what the program has said since the last call; nothing if it is silent or done."""
        try:
            return os.read(self.output, 65536)
        except BlockingIOError:
            return b""

    def lines(self, data: bytes) -> Iterator[str]:
        """Yield the complete lines that `data` brings; no data means that the output has ended."""
        *complete, self._rest = (self._rest + data).split(b"\n")
        if not data and self._rest:
            complete.append(self._rest)
            self._rest = b""
        return (line.decode(errors="replace") for line in complete)

    def clear(self, now: float) -> tuple[int | None, float]:
        """Forget the ended process, with what it left running; return its status and the pause in seconds."""
        if now - self._started_at > STEADY_SECONDS:
            self._pause = SHORTEST_PAUSE_SECONDS
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self._due_at = now + pause
        return self.kill(), pause

    def terminate(self) -> None:
        """Ask the program itself to end; it tells its own children."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> int | None:
        """Kill the whole process group, forget it, and return the program's status."""
        if self._process is None:
            return None
        # Nobody is left in the group, or on macOS only zombies are.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait()
        os.close(self.output)
        self._process = None
        return status


def _load_libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None


_LIBC = _load_libc()


def _die_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed, so that no port stays taken."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
