"""Check every invariant of the ledger; see docs/operations.md for what to do about a violation."""

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connection

from core.progress import Progress

from ... import books, invariants
from ...invariants import Violation
from ...selectors.reports import trial_balance


class Command(BaseCommand):
    help = "Check every invariant of the ledger and name each violation; exits 1 if there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=1, help="check in so many processes")
        parser.add_argument("--checkpoint", type=Path, help="an older checkpoint file, to find what was cut since")
        for check in _checks_of_apps():
            check.add_arguments(parser)

    def handle(self, *, processes: int, checkpoint: Path | None, **options: Any) -> None:
        self.stderr.write(f"Checking {connection.vendor} {connection.settings_dict['NAME']}")
        found = 0
        for violation in self._violations(processes, checkpoint, options):
            found += 1
            self.stdout.write(f"{violation.name}: {violation.wallet or 'ledger'}: {violation.detail}")
        if found:
            self.stderr.write(f"{found} violations")
            sys.exit(1)
        self.stdout.write("The ledger is right.")

    def _violations(self, processes: int, checkpoint: Path | None, options: dict[str, Any]) -> Iterator[Violation]:
        with _workers(processes) as run:
            yield from invariants.violations_of_triggers()
            yield from _violations_of_trial_balance()
            packs = list(books.packs())
            progress = Progress(sum(pack.entries for pack in packs), "entries", self.stderr)  # type: ignore[arg-type]  # it has what is used
            for entries, found in run(_check, packs):
                progress.advance(entries)
                yield from found
            progress.finish()
        if checkpoint is not None:
            with checkpoint.open() as lines:
                yield from invariants.violations_against(lines)
        for check in _checks_of_apps():
            yield from check.violations(**options)


def _checks_of_apps() -> list[Any]:
    """Return the modules with further checks that upper apps name in their AppConfig: `ledger_checks`.

    Each has `add_arguments(parser)`, and `violations(**options)` that yields what it finds.
    """
    paths = (path for config in apps.get_app_configs() for path in getattr(config, "ledger_checks", ()))
    return [import_module(path) for path in paths]


@contextmanager
def _workers(processes: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """Give a `map` that runs in so many processes; they start while this one goes on."""
    if processes == 1:
        yield map
        return
    # A copy of this process is there at once, but it would share a database connection that is open already.
    can_copy = sys.platform == "linux" and connection.connection is None
    with get_context("fork" if can_copy else "spawn").Pool(processes, initializer=django.setup) as pool:
        yield pool.imap_unordered


def _check(pack: books.Pack) -> tuple[int, list[Violation]]:
    # A page is many small tuples and no cycles; looking for some would take a tenth of the time.
    gc.disable()
    found = invariants.violations_of(pack)
    gc.enable()
    return pack.entries, found


def _violations_of_trial_balance() -> Iterator[Violation]:
    balance = trial_balance()
    if balance["total"] != "0":
        yield Violation("wallets_and_contra_accounts_sum_to_zero", "", f"the sum is {balance['total']}")
    if balance["contra"].get("transfers", "0") != "0":
        yield Violation("transfers_sum_to_zero", "", f"the sum is {balance['contra']['transfers']}")
