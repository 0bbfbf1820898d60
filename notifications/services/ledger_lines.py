"""The lines of the ledger file, numbered in the order in which the relay hands their events out."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from core import rows
from core.ids import uuid7
from core.json_text import canonical
from core.models import Event
from credits.models import LedgerEntry
from credits.store.news import NAMES

from ..models import LedgerEnd, LedgerLine
from ..models.ledger_lines import ERROR, SYSTEM, TRANSACTION
from ..selectors import wallet_of

LINES = rows.Table(
    "notifications_ledgerline",
    (
        ("position", "bigint"),
        ("line_id", "uuid"),
        ("event_type", "text"),
        ("name", "text"),
        ("wallet", "text"),
        ("details", "text"),
        ("created_at", "instant"),
    ),
)
NUMBERS = LINES.only("line_id", "position")
PAGE = 1_000
TRANSACTIONS = frozenset(NAMES.values())
REFUSED = "operation.refused"
SYSTEM_NAMES = frozenset({"wallet.opened", "webhook_endpoint.disabled", "ledger.violated"})


def add_lines(*, events: Sequence[Event]) -> None:
    """Add a line for each entry, refused operation and event of the system, in two or three statements."""
    told = [(event, event_type) for event in events if (event_type := _event_type(event.name))]
    if not told:
        return
    last = _claim_positions(len(told))
    rows.insert(LINES, [_row(last - len(told) + n, *pair) for n, pair in enumerate(told, 1)])


def _claim_positions(count: int) -> int:
    """Return the last of `count` new positions; who adds lines at the same time waits for the commit."""
    end = LedgerEnd.objects.filter(pk=LedgerEnd.ONLY)
    if not end.update(position=F("position") + count):
        LedgerEnd.objects.get_or_create(pk=LedgerEnd.ONLY)
        end.update(position=F("position") + count)
    return end.values_list("position", flat=True).get()


def _event_type(name: str) -> str | None:
    if name in TRANSACTIONS:
        return TRANSACTION
    if name == REFUSED:
        return ERROR
    return SYSTEM if name in SYSTEM_NAMES else None


def _row(position: int, event: Event, event_type: str) -> list[Any]:
    payload = event.payload
    names = {TRANSACTION: "entry", ERROR: "refusal"}
    line_id = payload[names[event_type]] if event_type in names else str(uuid7())
    # What an entry says is read from the entry.
    details = None if event_type == TRANSACTION else canonical(payload)
    return [position, line_id, event_type, event.name, wallet_of(event), details, event.created_at]


@transaction.atomic
def complete_lines(*, missing: QuerySet[LedgerEntry]) -> None:
    """Add the lines of entries that have none, and number all lines anew, in the order of their ids.

    Ids rise within a wallet as its entries do. Nothing happens while nothing is missing.
    """
    found = list(missing.select_related("wallet"))
    if not found:
        return
    last = _claim_positions(len(found))
    new = [_row_of_entry(last - len(found) + n, entry) for n, entry in enumerate(found, 1)]
    rows.insert(LINES, new)
    # Out of the way first: two lines cannot have one position even for a moment.
    LedgerLine.objects.update(position=F("position") + last)
    ids = [str(line_id) for line_id in LedgerLine.objects.order_by("line_id").values_list("line_id", flat=True)]
    for start in range(0, len(ids), PAGE):
        part = ids[start : start + PAGE]
        rows.write([rows.Change("update", NUMBERS, [(one, start + n) for n, one in enumerate(part, 1)])])


def _row_of_entry(position: int, entry: LedgerEntry) -> list[Any]:
    name, wallet = NAMES[entry.kind], entry.wallet.reference
    return [position, str(entry.pk), TRANSACTION, name, wallet, None, entry.created_at]
