"""The site behind real servers: uvicorn, and granian with either interface, on the test's own database."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from django.conf import settings

from config.run.servers import free_port
from tests.accounts.servers import database_url

START_SECONDS = 60
GRANIAN = ["granian", "--host", "127.0.0.1", "--log-level", "error"]
UVICORN = ["uvicorn", "--host", "127.0.0.1", "--log-level", "error", "--lifespan", "off"]
COMMANDS = {
    "uvicorn": [*UVICORN, "config.asgi:application"],
    "granian-asgi": [*GRANIAN, "--interface", "asginl", "config.asgi:application"],
    "granian-wsgi": [*GRANIAN, "--interface", "wsgi", "--blocking-threads", "8", "config.wsgi:application"],
}


class Site:
    """A running server; `kill` ends it as a lost machine would."""

    def __init__(self, process: "subprocess.Popen[bytes]", base: str) -> None:
        self.process, self.base = process, base

    def get(self, path: str, wallet: str = "shop", **options: Any) -> httpx.Response:
        return httpx.get(self.base + path, headers={"X-Wallet": wallet}, timeout=30, **options)

    def kill(self) -> None:
        """Kill the server and all its workers at once."""
        os.killpg(self.process.pid, 9)
        self.process.wait()


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
    process = subprocess.Popen(
        [sys.executable, "-m", *COMMANDS[server], "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=environment,
        start_new_session=True,
    )
    site = Site(process, f"http://127.0.0.1:{port}")
    try:
        _await(site)
        yield site
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                site.kill()


def _await(site: Site) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if site.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")
