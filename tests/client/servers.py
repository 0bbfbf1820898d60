"""The sites behind real servers, each a process of its own that knows our server only by its address."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from django.conf import settings

from config.run.servers import free_port

SITES = "tests.client.sites"
UVICORN = ["uvicorn", "--host", "127.0.0.1", "--log-level", "error", "--lifespan", "off"]
GRANIAN = ["granian", "--host", "127.0.0.1", "--log-level", "error", "--interface", "wsgi", "--blocking-threads", "16"]
COMMANDS = {
    "fastapi": [*UVICORN, f"{SITES}.fastapi_site:app"],
    "flask": [*GRANIAN, f"{SITES}.flask_site:app"],
    "django-wsgi": [*GRANIAN, f"{SITES}.django_site:wsgi"],
    "django-asgi": [*UVICORN, f"{SITES}.django_site:asgi"],
}
START_SECONDS = 60


@contextmanager
def serve_command(command: list[str], **variables: str) -> Iterator[str]:
    """Run a server's command on a free port and give its address once it answers."""
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(settings.BASE_DIR), CLIENT]), **variables}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [sys.executable, "-m", *command, "--port", str(port)], cwd=settings.BASE_DIR, env=environment
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _await(f"{base}/up")
        yield base
    finally:
        process.terminate()
        process.wait(timeout=30)


CLIENT = str(settings.BASE_DIR / "client")


def _await(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the site did not start")
