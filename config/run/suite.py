"""`make test` and `make bench`: find or start the servers, run, and stop what was started."""

import argparse
import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from config.run import servers
from config.settings.base import VAR_DIR

PYTEST = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup"]
BENCHMARKS = [sys.executable, "-m", "benchmarks"]
SQLITE_URL = f"sqlite:///{VAR_DIR / 'test.sqlite3'}"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with ExitStack() as stack:
        try:
            variables = environment(options.database, stack)
        except servers.MissingServer as error:
            sys.exit(f"scrip  | {error}")
        return _run(_command(options), variables)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make")
    parser.add_argument("--database", choices=("postgresql", "sqlite", "mariadb"), default="postgresql")
    parser.add_argument("what", choices=("test", "bench"))
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def environment(database: str, stack: ExitStack) -> dict[str, str]:
    """Return the environment of a run on `database`; the servers that it starts live as long as `stack`."""
    url = SQLITE_URL
    if database != "sqlite":
        url = stack.enter_context(servers.postgresql() if database == "postgresql" else servers.mariadb())
    redis_url = stack.enter_context(servers.redis_server())
    print(f"scrip  | database {without_password(url)}, Redis {without_password(redis_url)}", flush=True)
    settings = {"DATABASE_URL": url, "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return {**os.environ, **settings}


def without_password(url: str) -> str:
    """Return a server's URL as it may be printed."""
    before, at, after = url.rpartition("@")
    scheme, _, user = before.partition("://")
    return f"{scheme}://{user.partition(':')[0]}@{after}" if at else url


def _command(options: argparse.Namespace) -> list[str]:
    if options.what == "bench":
        return [*BENCHMARKS, *options.rest]
    return [*PYTEST, *([] if options.database == "postgresql" else ["-m", "database"]), *options.rest]


def _run(command: list[str], environment: dict[str, str]) -> int:
    """Run to the end; a Ctrl-C reaches the command too, which then ends by itself."""
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
        except SystemExit:
            process.terminate()
            process.wait()
            raise


if __name__ == "__main__":
    sys.exit(main())
