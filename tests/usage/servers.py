"""The site behind real servers: uvicorn, and granian with either interface, on the test's own database."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from django.conf import settings
from django.db import connection

from config.run.servers import free_port
from tests.accounts.servers import database_url
from tests.concurrency import nursery
from tests.usage.metered import METERING

START_SECONDS = 60
GRANIAN = ["granian", "--host", "127.0.0.1", "--log-level", "error"]
UVICORN = ["uvicorn", "--host", "127.0.0.1", "--log-level", "error", "--lifespan", "off"]
COMMANDS = {
    "uvicorn": [*UVICORN, "config.asgi:application"],
    "granian-asgi": [*GRANIAN, "--interface", "asginl", "config.asgi:application"],
    "granian-wsgi": [*GRANIAN, "--interface", "wsgi", "--blocking-threads", "8", "config.wsgi:application"],
}


class Site:
    """A running server."""

    def __init__(self, base: str, kill: Callable[[], None] = lambda: None) -> None:
        self.base, self.kill = base, kill

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.base + path, headers={"X-Wallet": "shop"}, timeout=30)


@contextmanager
def serve(server: str, **members: Any) -> Iterator[Site]:
    """Serve the site, with members of METERING of its own."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.usage.site.settings",
        "SITE_METERING": json.dumps(members),
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", *COMMANDS[server], "--port", str(port)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, start_new_session=True)
    try:
        yield _ready(Site(f"http://127.0.0.1:{port}"))
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


@contextmanager
def serve_to_kill(**members: Any) -> Iterator[Site]:
    """Serve the site with uvicorn in a process that costs no start, and that `kill` ends as a lost machine would."""
    port = free_port()
    arguments = (str(connection.settings_dict["NAME"]), port, members)
    process = nursery.context().Process(target=_serve_here, args=arguments, daemon=True)
    process.start()
    try:
        yield _ready(Site(f"http://127.0.0.1:{port}", process.kill))
    finally:
        process.kill()
        process.join()


def _serve_here(database: str, port: int, members: dict[str, Any]) -> None:
    nursery.use_database(database)
    settings.ROOT_URLCONF = "tests.usage.site.urls"
    settings.TRUSTED_PROXIES = 1
    settings.METERING = {**METERING, **members}
    uvicorn.run("config.asgi:application", port=port, log_level="error", lifespan="off")


def _ready(site: Site) -> Site:
    """Wait until a server answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if site.get("/healthz").status_code == 200:
                return site
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")
