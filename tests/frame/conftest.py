"""Real processes: a whole installation in a folder of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.run.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90


class Installation:
    """`make run` without make, on a data folder and port of its own."""

    def __init__(self, var: Path, port: int | None = None) -> None:
        self.var = var
        self.port = port or free_port()
        self.log = var.parent / f"log-{self.port}"
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL")
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                cwd=ROOT,
                env={**environment, "VAR_DIR": str(var), "PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until the output has `text` so often."""
        wait_until(lambda: self._has_ended() or self.output().count(text) >= times, self.output)
        assert self.output().count(text) >= times, self.output()

    def _has_ended(self) -> bool:
        return self.process.poll() is not None

    def status(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return int(answer.status)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Signal the supervisor, and return its status when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def processes(self) -> dict[int, str]:
        """Return the command lines of every process that runs on this data folder, whoever started it."""
        return dict(_with_variable(f"VAR_DIR={self.var}"))


def _with_variable(variable: str) -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()


def wait_until(condition: Callable[[], bool], explain: Callable[[], str]) -> None:
    """Wait until `condition` holds; fail with what `explain` says."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {PATIENCE_SECONDS} s in vain:\n{explain()}")
        time.sleep(0.1)


@contextlib.contextmanager
def started(var: Path) -> Iterator[Installation]:
    """Start an installation, wait until it is ready, and leave no process of it."""
    running = Installation(var)
    try:
        running.wait_for("ready after")
        yield running
    finally:
        running.stop()
        for process in running.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run one installation for the tests of a module."""
    with started(tmp_path_factory.mktemp("installation") / "var") as running:
        yield running
