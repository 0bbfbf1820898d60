"""Does the ledger file say what the database says? A part of `manage.py check_ledger`."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, QuerySet

from core import clock
from core.models import Event
from credits.invariants import Violation
from credits.models import LedgerEntry

from .ledger_file import PAGE, finished_files, rebuild_ledger_file
from .models import LedgerLine
from .services.ledger_lines import complete_lines
from .services.ledger_texts import lines_after

# What is younger may still be on its way.
PATIENCE = timedelta(minutes=10)
NAME = "ledger_file_matches_database"


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of this check to the command."""
    parser.add_argument(
        "--file",
        type=Path,
        nargs="?",
        const=Path(settings.LEDGER_FILE or "ledger.jsonl"),
        help="compare the ledger file with the database; by default that of the setting LEDGER_FILE",
    )
    parser.add_argument("--rebuild-file", action="store_true", help="write the ledger file anew before it is compared")


def violations(*, file: Path | None = None, rebuild_file: bool = False, **options: Any) -> Iterator[Violation]:
    """Yield each difference between the ledger file and the database, if there is a file to compare."""
    if file is None and not rebuild_file:
        return
    path = file or Path(settings.LEDGER_FILE or "ledger.jsonl")
    if rebuild_file:
        complete_lines(missing=_entries_without_line())
        rebuild_ledger_file(path)
    for entry in _entries_without_line().select_related("wallet")[:PAGE]:
        yield Violation("ledger_line_of_each_entry", entry.wallet.reference, f"entry {entry.sequence} has no line")
    yield from _differences(path)


def _entries_without_line() -> QuerySet[LedgerEntry]:
    """Return the entries that stand in no line although their events were delivered."""
    waiting = Event.objects.filter(delivered_at=None).aggregate(first=Min("created_at"))["first"] or clock.now()
    line = LedgerLine.objects.filter(line_id=OuterRef("pk"))
    return LedgerEntry.objects.filter(~Exists(line), created_at__lt=waiting - PATIENCE).order_by("pk")


def _differences(path: Path) -> Iterator[Violation]:
    stored = _stored_lines()
    expected = next(stored, None)
    for place, text in _file_lines(path):
        position = _position_of(text)
        while expected and position and expected[0] < position:
            yield Violation(NAME, "", f"line {expected[0]} is missing before {place}")
            expected = next(stored, None)
        if expected is None or expected[0] != position:
            yield Violation(NAME, "", f"{place}: this line is not in the database, or stands here once more")
            continue
        if expected[1] != text:
            yield Violation(NAME, str(json.loads(text)["wallet"] or ""), f"{place}: the database has it otherwise")
        expected = next(stored, None)
    if expected is not None and _is_old(expected[1]):
        yield Violation(NAME, "", f"the lines from {expected[0]} on are missing at the end")


def _stored_lines() -> Iterator[tuple[int, str]]:
    position = 0
    while page := lines_after(position, PAGE):
        yield from page
        position = page[-1][0]


def _file_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Give each whole line with its place; a last one that is being written is left out."""
    for file in [*finished_files(path), path]:
        if file.exists():
            with file.open(encoding="utf-8", newline="\n") as lines:
                for number, line in enumerate(lines, 1):
                    if line.endswith("\n"):
                        yield f"{file.name}:{number}", line[:-1]


def _position_of(text: str) -> int | None:
    try:
        position = json.loads(text)["position"]
    except (ValueError, TypeError, KeyError):
        return None
    return position if isinstance(position, int) else None


def _is_old(text: str) -> bool:
    written_at: str = json.loads(text)["created_at"]
    return written_at < (clock.now() - PATIENCE).isoformat()
