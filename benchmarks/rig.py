"""What the measures stand on: a database of their own, a server, pgbench, and processes that work for a while."""

import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from django.conf import settings
from django.db import connection

from benchmarks.settings import url_of
from credits.engine import commands as c
from credits.services.posting import INTERNAL, command_of, post_many

HERE = Path(__file__).parent
WALLETS = 2000
RICH = 10**14
PORT = 18765


@dataclass(frozen=True)
class Figure:
    """One measured ratio: `ours` and `reference` in their `unit`, the target for their quotient."""

    name: str
    what: str
    unit: str
    ours: float
    reference: float
    target: float
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.reference if self.reference else 0.0

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


def make_database() -> None:
    """Create the benchmark's database anew, with wallets that can pay for everything."""
    with psycopg.connect(_libpq(url_of("postgres")), autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {settings.DATABASE_NAME} WITH (FORCE)")
        link.execute(f"CREATE DATABASE {settings.DATABASE_NAME}")
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
    fill_wallets("b", WALLETS)
    with connection.cursor() as cursor:
        cursor.execute((HERE / "reference.sql").read_text().replace("%", "%%"), [])
        cursor.execute("VACUUM ANALYZE")


def fill_wallets(prefix: str, count: int) -> None:
    """Open wallets with one grant each."""
    grants = [command_of(c.IssueGrant, INTERNAL, f"{prefix}{number}", amount=RICH) for number in range(count)]
    for start in range(0, count, 500):
        post_many(grants[start : start + 500])


def side_by_side(rounds: int, *measures: Callable[[], float]) -> list[float]:
    """Run the measures in turn, A B A B, and return the median of each."""
    figures = [[measure() for measure in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*figures, strict=True)]


def pgbench(clients: int, seconds: float, *, one_wallet: bool = False) -> float:
    """Return how many reference consumptions a second the database makes for `clients`."""
    wallet = "b0" if one_wallet else "b' || :number || '"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"\\set number random(0, {WALLETS - 1})\n")
        script.write(f"SELECT reference_consume('{wallet}', 500000, gen_random_uuid()::text);\n")
        script.flush()
        whole = str(max(1, round(seconds)))
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", whole, "-f", script.name]
        command.append(_libpq(url_of(settings.DATABASE_NAME)))
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


def _libpq(url: str) -> str:
    return "postgresql" + url[url.index("://") :]


def has_pgbench() -> bool:
    return shutil.which("pgbench") is not None


def in_processes(count: int, seconds: float, work: Callable[[int], int]) -> float:
    """Return how many units a second `count` processes do; `work` does one round and tells how many it did."""
    connection.close()
    context = multiprocessing.get_context("fork")
    done = context.Queue()
    workers = [context.Process(target=_repeat, args=(number, seconds, work, done)) for number in range(count)]
    for worker in workers:
        worker.start()
    total = sum(done.get() for _ in workers)
    for worker in workers:
        worker.join()
    return total / seconds


def _repeat(number: int, seconds: float, work: Callable[[int], int], done: "multiprocessing.Queue[int]") -> None:
    for _ in range(10):
        work(number)
    units, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        units += work(number)
    done.put(units)


@contextmanager
def server() -> Iterator[str]:
    """Serve the project as production does, two workers of 16 threads, and yield the base address."""
    command = ["granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1", "--port", str(PORT)]
    command += ["--workers", "2", "--blocking-threads", "16", "--log-level", "error", "config.wsgi:application"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env={**os.environ, "BENCH_POOL": "1"}, stdout=log, stderr=log
        )
        base = f"http://127.0.0.1:{PORT}"
        try:
            _wait_for(f"{base}/healthz")
            yield base
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urlopen(url, timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer at {url}.")
