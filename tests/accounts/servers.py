"""A real server on the test's own database, with several worker processes."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.db import connection

SCHEMES = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite"}
START_SECONDS = 60


def database_url() -> str:
    """Return the URL of the database that the test runs on."""
    database = connection.settings_dict
    name = quote(str(database["NAME"]), safe="/")
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    user, password, host = (quote(str(database[part]), safe="") for part in ("USER", "PASSWORD", "HOST"))
    credentials = f"{user}:{password}" if password else user
    port = f":{database['PORT']}" if database["PORT"] else ""
    if host.startswith("%2F"):
        return f"{SCHEMES[connection.vendor]}://{credentials}@/{name}?host={host}"
    return f"{SCHEMES[connection.vendor]}://{credentials}@{host}{port}/{name}"


@contextmanager
def running_server(workers: int) -> Iterator[str]:
    """Serve the project with granian on a free port and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "config.wsgi:application"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _await(base)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=30)


def status_of(url: str, authorization: str = "") -> int:
    """Return the status of a GET over a connection of its own, so that any worker may answer."""
    headers = {"Authorization": authorization} if authorization else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _await(base: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if status_of(f"{base}/healthz") == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server did not start")
