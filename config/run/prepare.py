"""Bring the embedded database up to date, with its progress on one line; run by `make run` in a process of its own."""

import io
import sys
import time

import django
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


class Progress(io.TextIOBase):
    """A stream that counts the migrations which Django reports."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    def write(self, text: str) -> int:
        if text.strip() == "OK":
            self._done += 1
            self._show(last=self._done == self._total)
        return len(text)

    def _show(self, *, last: bool) -> None:
        if last or sys.stdout.isatty():
            end = "\n" if last else "\r"
            print(f"scrip  | database: {self._done} of {self._total} migrations", end=end, flush=True)


def main() -> None:
    django.setup()
    started = time.monotonic()
    if pending := _pending():
        call_command("migrate", interactive=False, verbosity=1, no_color=True, stdout=Progress(pending))
        print(f"scrip  | database ready in {time.monotonic() - started:.1f} s", flush=True)
    call_command("sync_roles", stdout=io.StringIO())
    call_command("load_demo")
    call_command("load_demo_packs")
    call_command("load_demo_plans", stdout=io.StringIO())


def _pending() -> int:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


if __name__ == "__main__":
    main()
