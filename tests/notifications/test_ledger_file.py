"""The ledger file: every line once and in order, whatever was torn; compared with the database, and rebuilt."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from core.models import Event
from credits import services
from credits.exceptions import InsufficientCredits
from credits.models import LedgerEntry
from notifications.ledger_file import finished_files, write_ledger_file
from notifications.models import LedgerEnd, LedgerLine
from tests.concurrency.crew import race_in_threads
from tests.notifications.telling import consume, grant, relay

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=20)


@pytest.fixture
def path(tmp_path: Path, settings: Any) -> Path:
    settings.LEDGER_FILE = str(tmp_path / "ledger.jsonl")
    return tmp_path / "ledger.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    """Return all lines of all files, oldest first."""
    files = [*finished_files(path), path]
    return [json.loads(line) for file in files if file.exists() for line in file.read_text().splitlines()]


def busy(wallets: int = 3, entries: int = 4) -> None:
    for number in range(wallets):
        grant(f"w{number}", 100)
        for _ in range(entries - 1):
            consume(f"w{number}", 1)
    relay()


def check(*arguments: str) -> tuple[int, str]:
    """Run check_ledger as if twenty minutes had passed; return its exit code and what it found."""
    out = StringIO()
    with time_machine.travel(timezone.now() + LATER):
        try:
            call_command("check_ledger", *arguments, stdout=out, stderr=StringIO())
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_each_entry_and_each_refusal_is_one_line_with_its_members(path: Path) -> None:
    origin = services.Origin("service", "key:x", "k1", "order-1")
    services.issue_grant(reference="ada", amount=Decimal("10.5"), origin=origin)
    with pytest.raises(InsufficientCredits):
        services.consume(
            reference="ada", amount=Decimal(11), origin=services.Origin("service", "key:x", "k2", "order-2")
        )
    relay()
    assert write_ledger_file(path) == 3
    opened, issued, refused = lines(path)
    entry = LedgerEntry.objects.get()
    assert [line["event_type"] for line in (opened, issued, refused)] == ["system", "transaction", "error"]
    assert [line["position"] for line in (opened, issued, refused)] == [1, 2, 3]
    assert issued["id"] == str(entry.pk)
    assert (issued["wallet"], issued["correlation_id"], issued["message"]) == (
        "ada",
        "order-1",
        "issued 10.5, balance 10.5",
    )
    assert (issued["details"]["amount"], issued["details"]["hash"]) == ("10.5", entry.hash)
    assert issued["created_at"] == entry.created_at.isoformat().replace("+00:00", "Z")
    assert (refused["correlation_id"], refused["details"]["code"]) == ("order-2", "insufficient_credits")
    assert refused["id"] == refused["details"]["refusal"]
    assert write_ledger_file(path) == 0


def test_wallets_stand_in_their_order(path: Path) -> None:
    busy()
    write_ledger_file(path)
    entries = [line for line in lines(path) if line["event_type"] == "transaction"]
    for wallet in ("w0", "w1", "w2"):
        assert [line["details"]["sequence"] for line in entries if line["wallet"] == wallet] == [1, 2, 3, 4]


@pytest.mark.parametrize("torn", [b"{", b'{"position": 99, "id"', b"\x00\xff"])
def test_a_torn_last_line_is_cut_and_nothing_is_lost_or_doubled(path: Path, torn: bytes) -> None:
    busy(1)
    write_ledger_file(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert write_ledger_file(path) == 1
    assert path.read_bytes() == whole
    path.write_bytes(whole + torn)
    consume("w0", 1)
    relay()
    write_ledger_file(path)
    assert path.read_bytes().startswith(whole)
    assert [line["position"] for line in lines(path)] == list(range(1, len(lines(path)) + 1))


def test_a_file_is_finished_by_size_and_the_next_goes_on(path: Path, settings: Any) -> None:
    settings.LEDGER_FILE_MAX_BYTES = 2_000
    for _ in range(4):
        busy(1, 3)
        write_ledger_file(path)
    assert len(finished_files(path)) >= 2
    positions = [line["position"] for line in lines(path)]
    assert positions == list(range(1, LedgerEnd.objects.get().position + 1))
    assert check("--file", str(path)) == (0, "The ledger is right.\n")
    # Killed between the renaming and the first line of the next file.
    path.rename(path.with_name(f"ledger-{positions[-1]:012d}.jsonl"))
    busy(1, 2)
    write_ledger_file(path)
    assert [line["position"] for line in lines(path)] == list(range(1, LedgerEnd.objects.get().position + 1))


def test_a_file_is_finished_by_day(path: Path) -> None:
    with time_machine.travel("2026-11-20T23:59:50Z") as clock:
        busy(1, 2)
        clock.move_to("2026-11-21T00:00:10Z")
        busy(1, 2)
        write_ledger_file(path)
        clock.move_to("2026-11-22T00:00:10Z")
        busy(1, 2)
        write_ledger_file(path)
    days = [
        {json.loads(line)["created_at"][:10] for line in file.read_text().splitlines()}
        for file in [*finished_files(path), path]
    ]
    assert days == [{"2026-11-20"}, {"2026-11-21"}, {"2026-11-22"}]


def test_the_command_compares_and_rebuilds(path: Path) -> None:
    busy()
    write_ledger_file(path)
    assert check("--file") == (0, "The ledger is right.\n")
    whole = path.read_text()
    every = whole.splitlines(keepends=True)
    for damaged, found in (
        ("".join(every[:3] + every[4:]), "line 4 is missing"),
        ("".join(every[:-2]), "are missing at the end"),
        (whole.replace('"amount":"-1"', '"amount":"-2"', 1), "the database has it otherwise"),
        ("".join([*every[:5], every[2], *every[5:]]), "stands here once more"),
        ("".join([*every[:5], "no line at all\n", *every[5:]]), "is not in the database"),
    ):
        path.write_text(damaged)
        code, said = check("--file")
        assert (code, found in said) == (1, True), said
    assert check("--rebuild-file") == (0, "The ledger is right.\n")
    assert path.read_text() == whole
    assert Path(f"{path}.old").read_text() != whole


def test_entries_from_before_the_file_get_their_lines_in_order(path: Path, settings: Any) -> None:
    settings.EVENT_HANDLERS = "tests.core.batch_handlers"
    busy(2, 3)
    settings.EVENT_HANDLERS = "tests.notifications.event_handlers"
    consume("w0", 1)
    relay()
    write_ledger_file(path)
    code, said = check("--file")
    assert (code, said.count("ledger_line_of_each_entry")) == (1, 6)
    assert check("--rebuild-file") == (0, "The ledger is right.\n")
    first = [line["details"]["sequence"] for line in lines(path) if line["wallet"] == "w0"]
    assert first == [1, 2, 3, 4]
    assert LedgerLine.objects.count() == LedgerEnd.objects.get().position == 7


def test_a_database_that_was_set_back_stops_the_writer(path: Path) -> None:
    busy(1)
    write_ledger_file(path)
    LedgerLine.objects.filter(position__gt=2).delete()
    LedgerEnd.objects.update(position=2)
    whole = path.read_text()
    Event.objects.update(delivered_at=timezone.now())
    consume("w0", 1)
    relay()
    assert write_ledger_file(path) == 0
    assert path.read_text() == whole


@pytest.mark.django_db(transaction=True)
def test_writers_and_relays_at_once_write_each_line_once(path: Path) -> None:
    for number in range(8):
        grant(f"w{number}", 100)
        for _ in range(10):
            consume(f"w{number}", 1)
    race_in_threads(_relay_and_write, [(path,)] * 12)
    _relay_and_write(path)
    assert [line["position"] for line in lines(path)] == list(range(1, 8 * 12 + 1))
    assert check("--file") == (0, "The ledger is right.\n")


def _relay_and_write(path: Path) -> None:
    relay()
    write_ledger_file(path)
