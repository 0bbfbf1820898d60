"""`make run`: prepares the embedded installation, then keeps web, worker and beat running until Ctrl-C."""

import os
import shutil
import subprocess
import sys
import time

from config.run.doors import InUse, only_run, require_free_port
from config.run.program import Program
from config.run.supervisor import Supervisor
from config.run.welcome import Welcome
from config.settings.base import BASE_DIR, VAR_DIR

HOST = "127.0.0.1"
THREADS = "16"
# The web server is what people wait for, so it has the processors to itself while it starts.
HEAD_START_SECONDS = 3.0


def main() -> None:
    started = time.monotonic()
    port = _port(os.environ.get("PORT") or "8000")
    try:
        require_free_port(HOST, port)
        with only_run(VAR_DIR / "run.lock"):
            _prepare()
            welcome = Welcome(f"http://{HOST}:{port}", VAR_DIR, started)
            supervisor = Supervisor(_programs(port), lambda: welcome.when_ready(supervisor.say))
            supervisor.run()
    except InUse as error:
        sys.exit(f"scrip  | {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"scrip  | PORT={text} is not a port number.")
    return int(text)


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }


def _prepare() -> None:
    """Bring database and demo data up to date; forget messages, which are only wake-ups and may be half written."""
    shutil.rmtree(VAR_DIR / "broker", ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "config.run.prepare"], env=_environment(), cwd=BASE_DIR, check=False)
    if done.returncode:
        sys.exit(f"scrip  | Preparing the database failed; see above. Data: {VAR_DIR}")


def _programs(port: int) -> list[Program]:
    python, environment = [sys.executable, "-m"], _environment()
    celery = [*python, "celery", "--app", "config", "--quiet"]
    web = ["granian", "--interface", "wsgi", "--no-ws", "--host", HOST, "--port", str(port)]
    threads = ["--workers", "1", "--blocking-threads", THREADS, "--respawn-failed-workers", "--log-level", "error"]
    worker = ["worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = ["beat", "--max-interval", "5", "--pidfile="]
    return [
        Program("web", [*python, *web, *threads, "config.wsgi:application"], environment),
        Program("worker", [*celery, *worker], environment, HEAD_START_SECONDS),
        Program("beat", [*celery, *beat], environment, HEAD_START_SECONDS),
    ]


if __name__ == "__main__":
    main()
